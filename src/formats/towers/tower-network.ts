import type { Precision } from '../checkpoint-facts.ts';
import type { TowerNetwork } from '../image-checkpoint.ts';
import { commonDtype, countParameters, memoryOfNetwork } from '../network-size.ts';
import { createGraph, type GraphBuilder } from '../onnx-graph.ts';
import type { StoredTensor, StoredTensors } from '../safetensors-types.ts';
import { createWeights, type Weights } from '../weights.ts';

/** A tower's graph, and which of the checkpoint's tensors it is made of. */
export interface BuiltTower extends TowerNetwork {
  readonly used: ReadonlySet<StoredTensor>;
  readonly matrices: ReadonlySet<StoredTensor>;
}

/** Makes one graph over a checkpoint's tensors: `write` says its inputs, what is computed and its outputs. */
export function buildTower(
  tensors: StoredTensors,
  { file, precision }: { file: string; precision: Precision },
  write: (graph: GraphBuilder, weights: Weights) => void,
): BuiltTower {
  const graph = createGraph();
  const weights = createWeights(graph, tensors, { file, precision });
  write(graph, weights);
  return { graph: graph.finish(), weightsFile: file, used: weights.used, matrices: weights.matrices };
}

/** What a checkpoint's tensors and towers say of its size. */
export function sizeFacts(
  tensors: StoredTensors,
  towers: readonly BuiltTower[],
): { parameterCount: number; quantization: string | null; memoryBytes: number; int8MemoryBytes: number } {
  const used = new Set(towers.flatMap((tower) => [...tower.used]));
  const matrices = new Set(towers.flatMap((tower) => [...tower.matrices]));
  return { parameterCount: countParameters(tensors), quantization: commonDtype(tensors), ...memoryOfNetwork(used, matrices) };
}
