import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';

/** A sentence-transformers module that comes after pooling: one vector in, one vector out. */
export interface VectorModule {
  /** Width of what it gives. */
  readonly dimensions: number;
  /** A word for people, e.g. `normalised`. */
  readonly summary: string;
  /** Number of its own weights. */
  readonly parameterCount: number;
  /** Writes it: F32 [batch, width] to F32 [batch, dimensions]. */
  build(graph: GraphBuilder, vectors: Value): Value;
}
