import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';
import { quantizedLinear } from './quantized-linear.ts';

/**
 * `torch.nn.Linear`: x · Wᵀ + b over the last dimension, in the precision of `weights`. Checkpoints store W as [out, in]; the
 * runtime folds the transposition when it loads.
 */
export function linear(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { name, from, to, bias = true }: { name: string; from: number; to: number; bias?: boolean },
): Value {
  return namedLinear(graph, weights, input, { weight: `${name}.weight`, bias: bias ? `${name}.bias` : null, from, to });
}

/** As `linear`, for tensors whose names do not end in `.weight` and `.bias`; no bias where its name is null. */
export function namedLinear(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { weight, bias, from, to }: { weight: string; bias: string | null; from: number; to: number },
): Value {
  const matrix = weights.matrix(weight, [to, from]);
  return linearOf(graph, weights, input, { weight: matrix, bias: bias === null ? null : weights.tensor(bias, [to]), to });
}

/** As `linear`, over values that are already in the graph: `weight` is F32 [to, from]. */
export function linearOf(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { weight, bias: offset, to }: { weight: Value; bias: Value | null; to: number },
): Value {
  if (weights.precision === 'INT8') return quantizedLinear(graph, input, { weight, bias: offset, to });
  const product = graph.matMul(input, graph.transpose(weight, [1, 0]));
  return offset === null ? product : graph.add(product, offset);
}
