import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';

/**
 * Root mean square norm over the last dimension (arXiv 1910.07467).
 *
 * @param offset added to the weights: Gemma stores the distance from one.
 */
export function rmsNorm(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { name, size, epsilon, offset = 0 }: { name: string; size: number; epsilon: number; offset?: number },
): Value {
  const stored = weights.tensor(`${name}.weight`, [size]);
  const scale = offset === 0 ? stored : graph.add(stored, graph.float(offset));
  const mean = graph.node('ReduceMean', [graph.multiply(input, input)], { axes: [-1], keepdims: 1 });
  const root = graph.node('Sqrt', [graph.add(mean, graph.float(epsilon))]);
  return graph.multiply(graph.divide(input, root), scale);
}
