import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';

/**
 * `torch.nn.Linear`: x · Wᵀ + b over the last dimension. Checkpoints store W as [out, in]; the runtime folds the transposition
 * when it loads.
 */
export function linear(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { name, from, to, bias = true }: { name: string; from: number; to: number; bias?: boolean },
): Value {
  const weight = graph.transpose(weights.tensor(`${name}.weight`, [to, from]), [1, 0]);
  const product = graph.matMul(input, weight);
  return bias ? graph.add(product, weights.tensor(`${name}.bias`, [to])) : product;
}
