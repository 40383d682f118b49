import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Weights } from '../../weights.ts';
import type { FeatureMap } from './feature-map.ts';
import { averageOfPlaces } from './pooling.ts';

/** Weighs each channel by a gate that sees its neighbours' averages ("ECA-Net", arXiv 1910.03151). */
export function efficientChannelAttention(graph: GraphBuilder, weights: Weights, input: FeatureMap, name: string): FeatureMap {
  const [, , size = 1] = weights.shape(`${name}.weight`, 3);
  const kernel = weights.tensor(`${name}.weight`, [1, 1, size]);
  const half = Math.floor((size - 1) / 2);
  const channels = graph.reshape(averageOfPlaces(graph, input).value, [0, 1, input.channels]);
  const mixed = graph.node('Conv', [channels, kernel], { kernel_shape: [size], pads: [half, half] });
  const gates = graph.reshape(graph.node('Sigmoid', [mixed]), [0, input.channels, 1, 1]);
  return { ...input, value: graph.multiply(input.value, gates) };
}
