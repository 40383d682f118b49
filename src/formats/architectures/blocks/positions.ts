import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';

/** 0, 1, 2 … up to the sequence length of `ids` [batch, sequence]: INT64 [sequence]. */
export function countingPositions(graph: GraphBuilder, ids: Value): Value {
  const length = graph.gather(graph.node('Shape', [ids]), graph.integers(1));
  return graph.node('Range', [graph.integers(0), length, graph.integers(1)]);
}

/**
 * Positions as fairseq counts them: padding tokens stay at `padId`, the others are `padId + 1`, `padId + 2` … INT64 [batch, sequence].
 * A padding token that is typed in a text is not counted either.
 *
 * Reference: transformers, `create_position_ids_from_input_ids` in `models/roberta/modeling_roberta.py`.
 */
export function positionsAfterPadding(graph: GraphBuilder, ids: Value, padId: number): Value {
  const isPadding = graph.node('Equal', [graph.cast(ids, 'INT64'), graph.integers(padId)]);
  const counts = graph.cast(graph.node('Not', [isPadding]), 'INT64');
  const ordinals = graph.node('CumSum', [counts, graph.integers(1)]);
  return graph.add(graph.multiply(ordinals, counts), graph.integers(padId));
}

/** How far each position is from each other, key minus query: INT64 [sequence, sequence]. */
export function relativePositions(graph: GraphBuilder, ids: Value): Value {
  const positions = countingPositions(graph, ids);
  return graph.subtract(graph.unsqueeze(positions, [0]), graph.unsqueeze(positions, [1]));
}
