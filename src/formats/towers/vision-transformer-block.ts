import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/** What a pre-norm layer is made of; its two parts are written by `selfAttention` and `feedForward`, or by the family itself. */
export interface PreNormBlock {
  readonly width: number;
  readonly epsilon: number;
  /** Name of the norm before each part. */
  readonly attentionNorm: string;
  readonly feedForwardNorm: string;
  /** Names of the layer scales F32 [width] after each part; null for none. */
  readonly attentionScale: string | null;
  readonly feedForwardScale: string | null;
  readonly attend: (graph: GraphBuilder, weights: Weights, input: Value) => Value;
  readonly feed: (graph: GraphBuilder, weights: Weights, input: Value) => Value;
}

/**
 * A layer of vision transformers ("An Image is Worth 16x16 Words", 3.1), and of CLIP's text towers: norm, attention, add; norm,
 * feed-forward, add. A layer scale ("Going deeper with Image Transformers", 2.1) weighs each part's channels.
 */
export function preNormBlock(graph: GraphBuilder, weights: Weights, hidden: Value, block: PreNormBlock): Value {
  const { width, epsilon, attentionNorm, feedForwardNorm, attentionScale, feedForwardScale, attend, feed } = block;
  const norm = (name: string, input: Value): Value => layerNorm(graph, weights, input, { name, size: width, epsilon });
  const scaled = (name: string | null, input: Value): Value =>
    name === null ? input : graph.multiply(input, weights.tensor(name, [width]));
  const attended = attend(graph, weights, norm(attentionNorm, hidden));
  const middle = graph.add(hidden, scaled(attentionScale, attended));
  return graph.add(middle, scaled(feedForwardScale, feed(graph, weights, norm(feedForwardNorm, middle))));
}
