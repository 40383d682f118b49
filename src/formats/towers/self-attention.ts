import { attendHeads, splitHeads } from '../architectures/blocks/attention.ts';
import { linear, namedLinear } from '../architectures/blocks/linear.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/** How a layer makes queries, keys and values of its input F32 [batch, sequence, width]: each F32 [batch, sequence, heads × headSize]. */
export type Projection = (graph: GraphBuilder, weights: Weights, input: Value) => { query: Value; key: Value; value: Value };

/** Queries, keys and values side by side in one matrix [3 × to, from]: open_clip's `in_proj_weight`, timm's `qkv.weight`. */
export function fusedProjection({ weight, bias, from, to }: { weight: string; bias: string | null; from: number; to: number }): Projection {
  return (graph, weights, input) => {
    const fused = namedLinear(graph, weights, input, { weight, bias, from, to: 3 * to });
    const [query, key, value] = graph.nodes('Split', [fused], 3, { axis: -1 }) as [Value, Value, Value];
    return { query, key, value };
  };
}

/** Three linear layers of their own: transformers' `q_proj`, `k_proj`, `v_proj`. */
export function splitProjection({
  query,
  key,
  value,
  from,
  to,
  bias = true,
  keyBias = bias,
}: {
  query: string;
  key: string;
  value: string;
  from: number;
  to: number;
  bias?: boolean;
  keyBias?: boolean;
}): Projection {
  return (graph, weights, input) => ({
    query: linear(graph, weights, input, { name: query, from, to, bias }),
    key: linear(graph, weights, input, { name: key, from, to, bias: keyBias }),
    value: linear(graph, weights, input, { name: value, from, to, bias }),
  });
}

/** What a layer's attention is made of. */
export interface SelfAttention {
  /** Width of the layer's input and output. */
  readonly width: number;
  readonly heads: number;
  readonly headSize: number;
  readonly project: Projection;
  /** What becomes of queries and keys F32 [batch, heads, sequence, headSize]: their norms, rotary positions. */
  readonly prepare?: (graph: GraphBuilder, weights: Weights, states: Value, part: 'query' | 'key') => Value;
  /** Added to the scores; none where every position sees every other. */
  readonly bias?: Value | undefined;
  /** What the scores are multiplied by, where it is not 1/√headSize. */
  readonly scale?: number;
  /** What becomes of the joined heads F32 [batch, sequence, heads × headSize] before the last layer: an inner norm. */
  readonly finish?: (graph: GraphBuilder, weights: Weights, context: Value) => Value;
  /** Name of the linear layer at the end. */
  readonly output: string;
  readonly outputBias?: boolean;
}

/** Self-attention over F32 [batch, sequence, width] ("Attention Is All You Need", 3.2). */
export function selfAttention(graph: GraphBuilder, weights: Weights, input: Value, attention: SelfAttention): Value {
  const { width, heads, headSize, project, prepare, bias, scale, finish, output, outputBias = true } = attention;
  const projected = project(graph, weights, input);
  const split = (part: 'query' | 'key' | 'value'): Value => {
    const states = splitHeads(graph, projected[part], { heads, headSize });
    return prepare && part !== 'value' ? prepare(graph, weights, states, part) : states;
  };
  const parts = { query: split('query'), key: split('key'), value: split('value') };
  const context = attendHeads(graph, { ...parts, heads, headSize, bias, ...(scale === undefined ? {} : { scale }) });
  const finished = finish ? finish(graph, weights, context) : context;
  return linear(graph, weights, finished, { name: output, from: heads * headSize, to: width, bias: outputBias });
}
