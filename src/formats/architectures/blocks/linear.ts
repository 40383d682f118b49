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
  const weight = weights.matrix(`${name}.weight`, [to, from]);
  const offset = bias ? weights.tensor(`${name}.bias`, [to]) : null;
  if (weights.precision === 'INT8') return quantizedLinear(graph, input, { weight, bias: offset, to });
  const product = graph.matMul(input, graph.transpose(weight, [1, 0]));
  return offset === null ? product : graph.add(product, offset);
}
