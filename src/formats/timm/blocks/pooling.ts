import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import { type Padding, spread } from './convolution.ts';
import type { FeatureMap } from './feature-map.ts';

/** The mean over all places, as a map of one place. */
export function averageOfPlaces(graph: GraphBuilder, input: FeatureMap): FeatureMap {
  return { ...input, value: graph.node('GlobalAveragePool', [input.value]), height: 1, width: 1 };
}

/** A map of one place as vectors F32 [batch, channels]. */
export function vectorOf(graph: GraphBuilder, input: FeatureMap): Value {
  return graph.reshape(input.value, [0, input.channels * input.height * input.width]);
}

/** `torch.nn.MaxPool2d`, whose padding never wins. */
export function maxPool(
  graph: GraphBuilder,
  input: FeatureMap,
  { size, stride, padding }: { size: number; stride: number; padding: Padding },
): FeatureMap {
  const [vertical, horizontal] = [input.height, input.width].map((length) => spread(length, { size, stride, padding }));
  if (!vertical || !horizontal) return input;
  const value = graph.node('MaxPool', [input.value], {
    kernel_shape: [size, size],
    strides: [stride, stride],
    pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
  });
  return { ...input, value, height: vertical.length, width: horizontal.length };
}
