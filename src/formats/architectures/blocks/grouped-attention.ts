import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';
import { attendHeads, splitHeads } from './attention.ts';
import { linear } from './linear.ts';
import { rmsNorm } from './rms-norm.ts';
import { type RotaryAngles, rotate } from './rotary.ts';

/** Sizes of an attention whose key and value heads each serve several query heads. */
export interface GroupedSizes {
  readonly size: number;
  readonly heads: number;
  readonly keyValueHeads: number;
  readonly headSize: number;
  readonly epsilon: number;
  /** See `rmsNorm`. */
  readonly normOffset: number;
  readonly attentionBias: boolean;
  /** What the scores are multiplied by. */
  readonly scale: number;
}

/**
 * Grouped-query attention (arXiv 2305.13245) with rotary positions and normed queries and keys, as Qwen3 and Gemma 3 have it.
 *
 * Reference: transformers, `Qwen3Attention`, `Gemma3Attention`.
 *
 * @param weights of `self_attn`.
 * @param bias added to the scores.
 */
export function groupedAttention(
  graph: GraphBuilder,
  weights: Weights,
  { input, sizes, bias, angles }: { input: Value; sizes: GroupedSizes; bias: Value; angles: RotaryAngles },
): Value {
  const { size, heads, keyValueHeads, headSize, epsilon, normOffset, attentionBias, scale } = sizes;
  const project = (name: string, count: number): Value => {
    const projected = linear(graph, weights, input, { name, from: size, to: count * headSize, bias: attentionBias });
    return splitHeads(graph, projected, { heads: count, headSize });
  };
  const turn = (states: Value, name: string): Value =>
    rotate(graph, rmsNorm(graph, weights, states, { name, size: headSize, epsilon, offset: normOffset }), angles);
  const servedHeads = Array.from({ length: heads }, (_, head) => Math.floor((head * keyValueHeads) / heads));
  const repeat = (states: Value): Value => (heads === keyValueHeads ? states : graph.gather(states, graph.integers(servedHeads), 1));
  const context = attendHeads(graph, {
    query: turn(project('q_proj', heads), 'q_norm'),
    key: repeat(turn(project('k_proj', keyValueHeads), 'k_norm')),
    value: repeat(project('v_proj', keyValueHeads)),
    heads,
    headSize,
    bias,
    scale,
  });
  return linear(graph, weights, context, { name: 'o_proj', from: heads * headSize, to: size, bias: attentionBias });
}

/** The feed-forward of the same models: activation(gate) · up, and down again. */
export function gatedFeedForward(
  graph: GraphBuilder,
  weights: Weights,
  {
    input,
    size,
    intermediate,
    activation,
  }: { input: Value; size: number; intermediate: number; activation: (graph: GraphBuilder, input: Value) => Value },
): Value {
  const project = (name: string): Value => linear(graph, weights, input, { name, from: size, to: intermediate, bias: false });
  const gated = graph.multiply(activation(graph, project('gate_proj')), project('up_proj'));
  return linear(graph, weights, gated, { name: 'down_proj', from: intermediate, to: size, bias: false });
}
