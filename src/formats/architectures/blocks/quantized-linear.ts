import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';

/** The largest int8: symmetric, so that -128 stays unused and the zero point is 0. */
const largestInteger = 127;
/** What a row of zeros is divided by, whose own scale would be 0. */
const smallestScale = 1e-30;

/**
 * x · Wᵀ + b with W as signed int8, one scale per output ("Integer Quantization for Deep Learning Inference", arXiv 2004.09602,
 * 3.2). The runtime computes scales and integers once, when it loads, and keeps only those.
 *
 * The input is quantised as it comes, with one scale for the whole tensor. So a row's result depends a little on the rows that
 * share its batch.
 *
 * @param weight F32 [to, from]
 * @param bias F32 [to], or null for none
 */
export function quantizedLinear(
  graph: GraphBuilder,
  input: Value,
  { weight, bias, to }: { weight: Value; bias: Value | null; to: number },
): Value {
  const largest = graph.node('ReduceMax', [graph.node('Abs', [weight])], { axes: [1], keepdims: 0 });
  const scales = graph.node('Max', [graph.divide(largest, graph.float(largestInteger)), graph.float(smallestScale)]);
  // Signed: with unsigned weights the runtime's kernel is no faster than float.
  const integers = graph.node('QuantizeLinear', [graph.transpose(weight, [1, 0]), scales, graph.int8Zeros(to)], { axis: 1 });
  return graph.node('com.microsoft.DynamicQuantizeMatMul', [input, integers, scales, '', bias ?? '']);
}
