import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';

const epsilon = 1e-6;

/**
 * Global response normalization ("ConvNeXt V2", arXiv 2301.00808, algorithm 1): each channel is weighed by its length over all places,
 * relative to the other channels'.
 *
 * @param input F32 [batch, height, width, channels]
 */
export function globalResponseNorm(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { name, width }: { name: string; width: number },
): Value {
  const lengths = graph.node('ReduceL2', [input], { axes: [1, 2], keepdims: 1 });
  const mean = graph.node('ReduceMean', [lengths], { axes: [-1], keepdims: 1 });
  const relative = graph.divide(lengths, graph.add(mean, graph.float(epsilon)));
  const weighed = graph.multiply(graph.multiply(input, relative), weights.tensor(`${name}.weight`, [width]));
  return graph.add(input, graph.add(weighed, weights.tensor(`${name}.bias`, [width])));
}
