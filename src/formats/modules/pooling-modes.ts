import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';

type PoolingBuilder = (graph: GraphBuilder, hidden: Value, mask: Value) => Value;

/** Torch clamps the divisor so that a row without tokens is not a division by zero. */
const smallestDivisor = 1e-9;

/** Σ weight · embedding over the tokens, and Σ weight. */
function weightedSums(graph: GraphBuilder, hidden: Value, weights: Value): { sum: Value; divisor: Value } {
  const sum = graph.reduceSum(graph.multiply(hidden, graph.unsqueeze(weights, [2])), [1]);
  const total = graph.reduceSum(weights, [1], { keepDimensions: true });
  return { sum, divisor: graph.node('Max', [total, graph.float(smallestDivisor)]) };
}

/** 1, 2, 3 … per position as F32 [1, sequence]. */
function ordinals(graph: GraphBuilder, mask: Value): Value {
  const length = graph.gather(graph.node('Shape', [mask]), graph.integers(1));
  const range = graph.node('Range', [graph.integers(1), graph.add(length, graph.integers(1)), graph.integers(1)]);
  return graph.unsqueeze(graph.cast(range, 'FLOAT'), [0]);
}

/** The embedding of the position where `rank` [batch, sequence] is largest. */
function atLargest(graph: GraphBuilder, hidden: Value, rank: Value): Value {
  const index = graph.node('ArgMax', [rank], { axis: 1, keepdims: 1 });
  return graph.node('Squeeze', [graph.node('GatherND', [hidden, graph.unsqueeze(index, [1])], { batch_dims: 1 }), graph.integers([1])]);
}

/** Each mode of sentence_transformers' `Pooling.forward` for rows that are padded at their end. */
export const poolingModes = {
  cls: (graph, hidden) => graph.gather(hidden, graph.integers(0), 1),
  mean(graph, hidden, mask) {
    const { sum, divisor } = weightedSums(graph, hidden, graph.cast(mask, 'FLOAT'));
    return graph.divide(sum, divisor);
  },
  mean_sqrt_len_tokens(graph, hidden, mask) {
    const { sum, divisor } = weightedSums(graph, hidden, graph.cast(mask, 'FLOAT'));
    return graph.divide(sum, graph.node('Sqrt', [divisor]));
  },
  max(graph, hidden, mask) {
    const counts = graph.unsqueeze(graph.cast(mask, 'BOOL'), [2]);
    return graph.node('ReduceMax', [graph.node('Where', [counts, hidden, graph.float(-1e9)])], { axes: [1], keepdims: 0 });
  },
  weightedmean(graph, hidden, mask) {
    const weights = graph.multiply(graph.cast(mask, 'FLOAT'), ordinals(graph, mask));
    const { sum, divisor } = weightedSums(graph, hidden, weights);
    return graph.divide(sum, divisor);
  },
  lasttoken: (graph, hidden, mask) => atLargest(graph, hidden, graph.multiply(graph.cast(mask, 'FLOAT'), ordinals(graph, mask))),
} as const satisfies Record<string, PoolingBuilder>;

/** A way of pooling, by its name in sentence-transformers 6. */
export type PoolingMode = keyof typeof poolingModes;
