import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';

/**
 * Cuts an image into patches and projects each ("An Image is Worth 16x16 Words", 3.1): a convolution whose stride is its kernel.
 *
 * @param pixels F32 [batch, 3, height, width]
 * @returns F32 [batch, patches, width], row by row
 */
export function embedPatches(
  graph: GraphBuilder,
  weights: Weights,
  pixels: Value,
  { name, width, patch, bias }: { name: string; width: number; patch: { height: number; width: number }; bias: boolean },
): Value {
  const kernel = [patch.height, patch.width];
  const inputs = [pixels, weights.tensor(`${name}.weight`, [width, 3, ...kernel])];
  if (bias) inputs.push(weights.tensor(`${name}.bias`, [width]));
  const map = graph.node('Conv', inputs, { kernel_shape: kernel, strides: kernel });
  return graph.transpose(graph.reshape(map, [0, 0, -1]), [0, 2, 1]);
}

/** The same learned rows F32 [rows, width] for every item of a batch like `hidden`: F32 [batch, rows, width]. */
export function rowsForEach(graph: GraphBuilder, rows: Value, hidden: Value): Value {
  const batch = graph.node('Shape', [hidden], { start: 0, end: 1 });
  return graph.node('Expand', [graph.unsqueeze(rows, [0]), graph.concat([batch, graph.integers([1, 1])], 0)]);
}

/** Puts learned rows F32 [rows, width] in front of each item's tokens F32 [batch, sequence, width]: class tokens, registers. */
export function prependTokens(graph: GraphBuilder, hidden: Value, rows: Value): Value {
  return graph.concat([rowsForEach(graph, rows, hidden), hidden], 1);
}

/** A part of an axis, from index `from` up to but not including `to`. */
export function slice(graph: GraphBuilder, value: Value, { from, to, axis }: { from: number; to: number; axis: number }): Value {
  return graph.node('Slice', [value, graph.integers([from]), graph.integers([to]), graph.integers([axis])]);
}

/** One token of each item: F32 [batch, sequence, width] to F32 [batch, width]. A negative index counts from the end. */
export function tokenAt(graph: GraphBuilder, hidden: Value, index: number): Value {
  return graph.gather(hidden, graph.integers(index), 1);
}

/** The mean over tokens, the first `skip` of them left out: F32 [batch, sequence, width] to F32 [batch, width]. */
export function meanOfTokens(graph: GraphBuilder, hidden: Value, skip = 0): Value {
  const counted = skip === 0 ? hidden : slice(graph, hidden, { from: skip, to: 2 ** 31 - 1, axis: 1 });
  return graph.node('ReduceMean', [counted], { axes: [1], keepdims: 0 });
}
