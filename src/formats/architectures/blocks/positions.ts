import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';

/** 0, 1, 2 … up to the sequence length of `ids` [batch, sequence]: INT64 [sequence]. */
export function countingPositions(graph: GraphBuilder, ids: Value): Value {
  const length = graph.gather(graph.node('Shape', [ids]), graph.integers(1));
  return graph.node('Range', [graph.integers(0), length, graph.integers(1)]);
}
