import { join } from 'node:path/posix';
import { quote, UnsupportedModelError } from '../../errors.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import { hasSafetensors, readStoredTensors } from '../safetensors.ts';
import type { StoredTensors } from '../safetensors-types.ts';
import { createWeights, type Weights } from '../weights.ts';

/** A module's own weights. */
export interface ModuleWeights {
  readonly tensors: StoredTensors;
  /** The weights as values of a graph. */
  open(graph: GraphBuilder): Weights;
}

/** Reads the safetensors in a module's folder. Throws `UNSUPPORTED_MODEL` where the weights are there only as a pickle. */
export async function readModuleWeights(folder: string, path: string): Promise<ModuleWeights> {
  if (!(await hasSafetensors(folder, path))) {
    throw new UnsupportedModelError({
      reason: `The module in ${quote(path)} has no model.safetensors.`,
      remedy: 'Save the model again with a present sentence-transformers: pickled weights are never read.',
    });
  }
  const tensors = await readStoredTensors(folder, path);
  return { tensors, open: (graph) => createWeights(graph, tensors, { file: join(path, 'model.safetensors') }) };
}
