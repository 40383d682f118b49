import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/** An image tower as a configuration describes it. */
export interface ImageTowerDescription {
  /** Size of its input in pixels. */
  readonly image: { readonly height: number; readonly width: number };
  /** A few words for people. */
  readonly summary: string;
  /** Writes it: F32 [batch, 3, height, width] to features F32 [batch, dimensions]. */
  write(graph: GraphBuilder, weights: Weights, pixels: Value): Value;
}

/** A text tower as a configuration describes it. */
export interface TextTowerDescription {
  /** The most tokens, special tokens included. */
  readonly contextLength: number;
  /** As `TextTower.padding`. */
  readonly padding: 'CONTEXT' | 'LONGEST';
  readonly vocabularySize: number;
  readonly summary: string;
  /** Writes it: ids INT32 [batch, sequence] to features F32 [batch, dimensions]. */
  write(graph: GraphBuilder, weights: Weights, inputs: { ids: Value; mask: Value | null }): Value;
}
