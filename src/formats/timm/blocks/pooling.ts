import { quote, UnsupportedModelError } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import { type Padding, spread } from './convolution.ts';
import type { FeatureMap } from './feature-map.ts';

/** The mean over all places, as a map of one place. */
export function averageOfPlaces(graph: GraphBuilder, input: FeatureMap): FeatureMap {
  return { ...input, value: graph.node('GlobalAveragePool', [input.value]), height: 1, width: 1 };
}

/** timm's `SelectAdaptivePool2d` to one place, by the names of its `pool_type`. */
export function globalPool(graph: GraphBuilder, input: FeatureMap, type: string): FeatureMap {
  const average = (): Value => averageOfPlaces(graph, input).value;
  const largest = (): Value => graph.node('GlobalMaxPool', [input.value]);
  const pooled = { ...input, height: 1, width: 1 };
  switch (type) {
    case 'avg':
    case 'fast':
    case 'fastavg':
      return { ...pooled, value: average() };
    case 'max':
    case 'fastmax':
      return { ...pooled, value: largest() };
    case 'avgmax':
    case 'fastavgmax':
      return { ...pooled, value: graph.multiply(graph.add(average(), largest()), graph.float(0.5)) };
    case 'catavgmax':
    case 'fastcatavgmax':
      return { ...pooled, value: graph.concat([average(), largest()], 1), channels: 2 * input.channels };
    default:
      throw new UnsupportedModelError({
        reason: `global_pool ${quote(type)} gives no one vector for an image.`,
        remedy: 'Use a model with global_pool avg, max, avgmax or catavgmax.',
      });
  }
}

/** A map of one place as vectors F32 `[batch, channels]`. */
export function vectorOf(graph: GraphBuilder, input: FeatureMap): Value {
  return graph.reshape(input.value, [0, input.channels * input.height * input.width]);
}

/** `torch.nn.MaxPool2d`, whose padding never wins. */
export function maxPool(
  graph: GraphBuilder,
  input: FeatureMap,
  { size, stride, padding }: { size: number; stride: number; padding: Padding },
): FeatureMap {
  const vertical = spread(input.height, { size, stride, padding });
  const horizontal = spread(input.width, { size, stride, padding });
  const value = graph.node('MaxPool', [input.value], {
    kernel_shape: [size, size],
    strides: [stride, stride],
    pads: [vertical.before, horizontal.before, vertical.after, horizontal.after],
  });
  return { ...input, value, height: vertical.length, width: horizontal.length };
}

/** The means of squares of four places. Where an edge is odd its last row or column is dropped, or stands for itself (`ceil`). */
export function halveByAverage(graph: GraphBuilder, input: FeatureMap, { ceil }: { ceil: boolean }): FeatureMap {
  const round = ceil ? Math.ceil : Math.floor;
  const value = graph.node('AveragePool', [input.value], {
    kernel_shape: [2, 2],
    strides: [2, 2],
    ceil_mode: ceil ? 1 : 0,
    count_include_pad: 0,
  });
  return { ...input, value, height: round(input.height / 2), width: round(input.width / 2) };
}
