import { InvalidModelFileError } from '../../errors.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import { batchNorm } from './blocks/batch-norm.ts';
import { convolution } from './blocks/convolution.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { addMaps, scaleChannels } from './blocks/map-functions.ts';

/** How far apart keys and values are taken where a convolution thins them out; timm's networks know no other distance. */
const keyStride = 2;

/**
 * MobileNetV4's attention ("Mobile MQA", arXiv 2404.10518, 5): many queries at each place, one key and one value, which some blocks take from
 * every second place only. Without the shortcut around it.
 */
export function mobileAttention(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { epsilon, layerScale }: { epsilon: number; layerScale: boolean },
): FeatureMap {
  const positioned = weights.hasPart('conv_cpe_dw')
    ? addMaps(graph, weights, input, convolution(graph, weights, input, { name: 'conv_cpe_dw' }))
    : input;
  const normed = batchNorm(graph, weights, positioned, { name: 'norm', epsilon });
  const attended = multiQueryAttention(graph, weights.withPrefix('attn.'), normed, epsilon);
  if (!layerScale) return attended;
  return scaleChannels(graph, weights, attended, { name: 'layer_scale.gamma', shape: [attended.channels] });
}

function multiQueryAttention(graph: GraphBuilder, weights: Weights, input: FeatureMap, epsilon: number): FeatureMap {
  const query = convolution(graph, weights, input, { name: 'query.proj' });
  const [key, value] = [projection(graph, weights, input, 'key', epsilon), projection(graph, weights, input, 'value', epsilon)];
  const heads = query.channels / key.channels;
  if (!Number.isInteger(heads)) {
    const message = `Queries of ${query.channels} channels cannot be split into heads of ${key.channels}, the keys' channels.`;
    throw new InvalidModelFileError({ file: weights.file, message });
  }
  const places = (map: FeatureMap): number => map.height * map.width;
  const queries = graph.transpose(graph.reshape(query.value, [0, heads, key.channels, places(query)]), [0, 1, 3, 2]);
  const keys = graph.reshape(key.value, [0, 1, key.channels, places(key)]);
  const values: Value = graph.transpose(graph.reshape(value.value, [0, 1, value.channels, places(value)]), [0, 1, 3, 2]);
  const scores = graph.multiply(graph.matMul(queries, keys), graph.float(1 / Math.sqrt(key.channels)));
  const context = graph.transpose(graph.matMul(graph.softmax(scores, -1), values), [0, 1, 3, 2]);
  const channels = heads * value.channels;
  const joined = { ...query, channels, value: graph.reshape(context, [0, channels, query.height, query.width]) };
  return convolution(graph, weights, joined, { name: 'output.proj' });
}

function projection(graph: GraphBuilder, weights: Weights, input: FeatureMap, name: string, epsilon: number): FeatureMap {
  const thinned = weights.hasPart(`${name}.down_conv`)
    ? convolution(graph, weights, input, { name: `${name}.down_conv`, stride: keyStride, folded: { norm: `${name}.norm`, epsilon } })
    : input;
  return convolution(graph, weights, thinned, { name: `${name}.proj` });
}
