import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';
import type { FeatureMap } from './feature-map.ts';

/** `torch.nn.BatchNorm2d`'s default. */
export const batchNormEpsilon = 1e-5;

/**
 * `torch.nn.BatchNorm2d` with its running statistics, as y = x · scale + shift. Both are F32 `[size]`, computed by nodes over the
 * checkpoint's tensors that the runtime folds when it loads.
 */
export function batchNormFactors(
  graph: GraphBuilder,
  weights: Weights,
  { name, size, epsilon }: { name: string; size: number; epsilon: number },
): { scale: Value; shift: Value } {
  const [weight, bias, mean, variance] = ['weight', 'bias', 'running_mean', 'running_var'].map((part) =>
    weights.tensor(`${name}.${part}`, [size]),
  ) as [Value, Value, Value, Value];
  const deviation = graph.node('Sqrt', [graph.add(variance, graph.float(epsilon))]);
  const scale = graph.divide(weight, deviation);
  return { scale, shift: graph.subtract(bias, graph.multiply(mean, scale)) };
}

/** A batch norm that follows no convolution into which it could be folded. */
export function batchNorm(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { name, epsilon }: { name: string; epsilon: number },
): FeatureMap {
  const { scale, shift } = batchNormFactors(graph, weights, { name, size: input.channels, epsilon });
  const perChannel = (values: Value): Value => graph.unsqueeze(values, [1, 2]);
  return { ...input, value: graph.add(graph.multiply(input.value, perChannel(scale)), perChannel(shift)) };
}
