import type { Activation } from '../architectures/blocks/activation.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear } from '../architectures/blocks/linear.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/** What a transformer's feed-forward part is made of. */
export interface FeedForward {
  readonly width: number;
  readonly innerWidth: number;
  readonly activation: Activation;
  /** Names of the two linear layers. */
  readonly wide: string;
  readonly narrow: string;
  /** Whether they have a bias; they have where it is missing. */
  readonly bias?: boolean;
  /** A norm between them; none where it is missing. */
  readonly norm?: { readonly name: string; readonly epsilon: number } | undefined;
}

/** Two linear layers with an activation between them ("Attention Is All You Need", 3.3). */
export function feedForward(graph: GraphBuilder, weights: Weights, input: Value, options: FeedForward): Value {
  const { width, innerWidth, activation, wide, narrow, bias = true, norm } = options;
  const inner = activation(graph, linear(graph, weights, input, { name: wide, from: width, to: innerWidth, bias }));
  const normed = norm ? layerNorm(graph, weights, inner, { ...norm, size: innerWidth }) : inner;
  return linear(graph, weights, normed, { name: narrow, from: innerWidth, to: width, bias });
}

/** A gated one ("GLU Variants Improve Transformer"): narrow(norm(activation(gate(x)) · wide(x))). */
export function gatedFeedForward(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  options: FeedForward & { readonly gate: string },
): Value {
  const { width, innerWidth, activation, gate, wide, narrow, bias = true, norm } = options;
  const opened = activation(graph, linear(graph, weights, input, { name: gate, from: width, to: innerWidth, bias }));
  const inner = graph.multiply(opened, linear(graph, weights, input, { name: wide, from: width, to: innerWidth, bias }));
  const normed = norm ? layerNorm(graph, weights, inner, { ...norm, size: innerWidth }) : inner;
  return linear(graph, weights, normed, { name: narrow, from: innerWidth, to: width, bias });
}

/** A gated one whose gate and wide layer are the halves of one matrix, the gate's first: DINOv2's and timm's packed SwiGLU. */
export function packedFeedForward(graph: GraphBuilder, weights: Weights, input: Value, options: FeedForward): Value {
  const { width, innerWidth, activation, wide, narrow, bias = true, norm } = options;
  const both = linear(graph, weights, input, { name: wide, from: width, to: 2 * innerWidth, bias });
  const [gate, values] = graph.nodes('Split', [both], 2, { axis: -1 }) as [Value, Value];
  const inner = graph.multiply(activation(graph, gate), values);
  const normed = norm ? layerNorm(graph, weights, inner, { ...norm, size: innerWidth }) : inner;
  return linear(graph, weights, normed, { name: narrow, from: innerWidth, to: width, bias });
}
