import { multiHeadAttention } from '../architectures/blocks/attention.ts';
import { linear, linearOf } from '../architectures/blocks/linear.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import { slice } from './tokens.ts';

/**
 * `torch.nn.MultiheadAttention` of queries over a context, as it stores its weights: one matrix where the context is as wide as the
 * queries, else three.
 *
 * @param query F32 [batch or 1, queries, width]
 * @param context F32 [batch, sequence, contextWidth]
 * @returns F32 [batch, queries, width]
 */
export function torchAttention(
  graph: GraphBuilder,
  weights: Weights,
  { query, context }: { query: Value; context: Value },
  { width, contextWidth, heads }: { width: number; contextWidth: number; heads: number },
): Value {
  const biases = weights.tensor('in_proj_bias', [3 * width]);
  const fused = width === contextWidth ? weights.matrix('in_proj_weight', [3 * width, width]) : null;
  const project = (input: Value, part: number, name: string, from: number): Value => {
    const rows = { from: part * width, to: (part + 1) * width, axis: 0 };
    const weight = fused === null ? weights.matrix(`${name}_proj_weight`, [width, from]) : slice(graph, fused, rows);
    return linearOf(graph, weights, input, { weight, bias: slice(graph, biases, rows), to: width });
  };
  const attended = multiHeadAttention(graph, {
    query: project(query, 0, 'q', width),
    key: project(context, 1, 'k', contextWidth),
    value: project(context, 2, 'v', contextWidth),
    heads,
    headSize: width / heads,
  });
  return linear(graph, weights, attended, { name: 'out_proj', from: width, to: width });
}
