import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';

/** The most negative float32: what torch adds to the score of a padded position (`torch.finfo(float32).min`). */
export const mostNegative = -3.4028234663852886e38;

/** A padding mask INT32 [batch, sequence] as something to add to scores: F32 [batch, 1, 1, sequence], 0 for tokens. */
export function additiveMask(graph: GraphBuilder, mask: Value): Value {
  const padding = graph.subtract(graph.float(1), graph.cast(mask, 'FLOAT'));
  return graph.unsqueeze(graph.multiply(padding, graph.float(mostNegative)), [1, 2]);
}

/** F32 [batch, sequence, heads × headSize] as F32 [batch, heads, sequence, headSize]. */
export function splitHeads(graph: GraphBuilder, projected: Value, { heads, headSize }: { heads: number; headSize: number }): Value {
  return graph.transpose(graph.reshape(projected, [0, 0, heads, headSize]), [0, 2, 1, 3]);
}

/**
 * Scaled dot-product attention over split heads ("Attention Is All You Need", 3.2).
 *
 * @returns F32 [batch, sequence, heads × headSize]
 */
export function attendHeads(
  graph: GraphBuilder,
  {
    query,
    key,
    value,
    heads,
    headSize,
    bias,
    scale = 1 / Math.sqrt(headSize),
  }: {
    /** F32 [batch, heads, sequence, headSize], as `key` and `value`. */
    query: Value;
    key: Value;
    value: Value;
    heads: number;
    headSize: number;
    /** Added to the scores [batch, heads, sequence, sequence]: mask, relative positions. None where every position sees every other. */
    bias?: Value | undefined;
    /** What the scores are multiplied by. */
    scale?: number;
  },
): Value {
  const scores = graph.multiply(graph.matMul(query, graph.transpose(key, [0, 1, 3, 2])), graph.float(scale));
  const probabilities = graph.softmax(bias === undefined ? scores : graph.add(scores, bias), -1);
  const context = graph.matMul(probabilities, value);
  return graph.reshape(graph.transpose(context, [0, 2, 1, 3]), [0, 0, heads * headSize]);
}

/** Attention over projections F32 [batch, sequence, heads × headSize]; see `attendHeads`. */
export function multiHeadAttention(
  graph: GraphBuilder,
  { query, key, value, ...rest }: { query: Value; key: Value; value: Value; heads: number; headSize: number; bias?: Value | undefined },
): Value {
  const split = (projected: Value): Value => splitHeads(graph, projected, rest);
  return attendHeads(graph, { query: split(query), key: split(key), value: split(value), ...rest });
}
