import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';

/** The most negative float32: what torch adds to the score of a padded position (`torch.finfo(float32).min`). */
const mostNegative = -3.4028234663852886e38;

/** A padding mask INT32 [batch, sequence] as something to add to scores: F32 [batch, 1, 1, sequence], 0 for tokens. */
export function additiveMask(graph: GraphBuilder, mask: Value): Value {
  const padding = graph.subtract(graph.float(1), graph.cast(mask, 'FLOAT'));
  return graph.unsqueeze(graph.multiply(padding, graph.float(mostNegative)), [1, 2]);
}

/**
 * Scaled dot-product attention in several heads ("Attention Is All You Need", 3.2).
 *
 * @returns F32 [batch, sequence, heads × headSize]
 */
export function multiHeadAttention(
  graph: GraphBuilder,
  {
    query,
    key,
    value,
    heads,
    headSize,
    bias,
  }: {
    /** F32 [batch, sequence, heads × headSize], as `key` and `value`. */
    query: Value;
    key: Value;
    value: Value;
    heads: number;
    headSize: number;
    /** Added to the scores [batch, heads, sequence, sequence]: mask, relative positions. */
    bias: Value;
  },
): Value {
  const split = (projected: Value, order: readonly number[]): Value =>
    graph.transpose(graph.reshape(projected, [0, 0, heads, headSize]), order);
  const scores = graph.multiply(graph.matMul(split(query, [0, 2, 1, 3]), split(key, [0, 2, 3, 1])), graph.float(1 / Math.sqrt(headSize)));
  const probabilities = graph.softmax(graph.add(scores, bias), -1);
  const context = graph.matMul(probabilities, split(value, [0, 2, 1, 3]));
  return graph.reshape(graph.transpose(context, [0, 2, 1, 3]), [0, 0, heads * headSize]);
}
