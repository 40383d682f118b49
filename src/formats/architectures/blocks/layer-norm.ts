import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';

/**
 * `torch.nn.LayerNorm` over the last dimension, which some models have without a bias. Checkpoints from TensorFlow call its tensors
 * `gamma` and `beta`.
 */
export function layerNorm(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { name, size, epsilon, bias: hasBias = true }: { name: string; size: number; epsilon: number; bias?: boolean },
): Value {
  const isOld = !weights.has(`${name}.weight`) && weights.has(`${name}.gamma`);
  const scale = weights.tensor(`${name}.${isOld ? 'gamma' : 'weight'}`, [size]);
  const bias = hasBias ? [weights.tensor(`${name}.${isOld ? 'beta' : 'bias'}`, [size])] : [];
  return graph.node('LayerNormalization', [input, scale, ...bias], { axis: -1, epsilon: { float: epsilon } });
}
