import { join } from 'node:path/posix';
import { InvalidModelFileError } from '../../errors.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { jsonFields } from '../json-fields.ts';
import { readJsonObject } from '../json-file.ts';
import { countParameters, type VectorModule } from './module.ts';
import { readModuleWeights } from './module-weights.ts';

/** torch's default for `nn.LayerNorm`. */
const epsilon = 1e-5;

/** A layer norm over the vector. Reference: sentence_transformers `LayerNorm`. */
export async function readLayerNorm(folder: string, path: string, inputDimensions: number): Promise<VectorModule> {
  const file = join(path, 'config.json');
  const size = jsonFields(await readJsonObject(folder, file), file).integer('dimension', { min: 1 });
  if (size !== inputDimensions) {
    throw new InvalidModelFileError({ file, message: `dimension is ${size}, but the module before gives ${inputDimensions} values.` });
  }
  const { tensors, open } = await readModuleWeights(folder, path);
  return {
    dimensions: size,
    summary: 'layer norm',
    parameterCount: countParameters(tensors),
    build: (graph, vectors) => layerNorm(graph, open(graph), vectors, { name: 'norm', size, epsilon }),
  };
}
