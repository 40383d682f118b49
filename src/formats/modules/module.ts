import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { type StoredTensors, sizeOf } from '../safetensors-types.ts';

/** A sentence-transformers module that comes after pooling: one vector in, one vector out. */
export interface VectorModule {
  /** Width of what it gives. */
  readonly dimensions: number;
  /** A word for people, e.g. `normalised`; null where there is nothing to say. */
  readonly summary: string | null;
  /** Number of its own weights. */
  readonly parameterCount: number;
  /** Writes it: F32 [batch, width] to F32 [batch, dimensions]. */
  build(graph: GraphBuilder, vectors: Value): Value;
}

/** Number of weights in a module's file. */
export function countParameters(tensors: StoredTensors): number {
  return [...tensors.values()].reduce((sum, tensor) => sum + sizeOf(tensor.shape), 0);
}
