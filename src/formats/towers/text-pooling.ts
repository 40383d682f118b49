import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';

/**
 * The hidden state of the first token whose score is the largest: CLIP's end-of-text token has the highest id.
 *
 * @param hidden F32 [batch, sequence, width]
 * @param scores INT32 [batch, sequence]
 * @returns F32 [batch, width]
 */
export function tokenWhere(graph: GraphBuilder, hidden: Value, scores: Value): Value {
  const place = graph.node('ArgMax', [scores], { axis: 1, keepdims: 1 });
  return graph.node('GatherND', [hidden, place], { batch_dims: 1 });
}
