import { InvalidModelFileError } from '../../../errors.ts';
import type { Activation } from '../../architectures/blocks/activation.ts';
import { layerNorm } from '../../architectures/blocks/layer-norm.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import type { Weights } from '../../weights.ts';
import type { FeatureMap } from './feature-map.ts';

/** An activation over a whole map. */
export function activate(graph: GraphBuilder, input: FeatureMap, activation: Activation): FeatureMap {
  return { ...input, value: activation(graph, input.value) };
}

/** The sum of two maps of one size. */
export function addMaps(graph: GraphBuilder, weights: Weights, left: FeatureMap, right: FeatureMap): FeatureMap {
  const sizeOf = ({ channels, height, width }: FeatureMap): string => `${channels} × ${height} × ${width}`;
  if (sizeOf(left) === sizeOf(right)) return { ...left, value: graph.add(left.value, right.value) };
  const message = `Maps of ${sizeOf(left)} and ${sizeOf(right)} are to be added: the tensors are not those of the named architecture.`;
  throw new InvalidModelFileError({ file: weights.file, message });
}

/** Each channel times a factor of its own ("Going deeper with Image Transformers", 2.1). `shape` is the one it is stored in. */
export function scaleChannels(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { name, shape = [input.channels, 1, 1] }: { name: string; shape?: readonly number[] },
): FeatureMap {
  const stored = weights.tensor(name, shape);
  const factors = shape.length === 1 ? graph.unsqueeze(stored, [1, 2]) : stored;
  return { ...input, value: graph.multiply(input.value, factors) };
}

/** Channels last: F32 [batch, height, width, channels]. */
export function channelsLast(graph: GraphBuilder, input: FeatureMap): Value {
  return graph.transpose(input.value, [0, 2, 3, 1]);
}

/** A value with channels last as a map of the size of `like`. */
export function channelsFirst(graph: GraphBuilder, value: Value, like: FeatureMap): FeatureMap {
  return { ...like, value: graph.transpose(value, [0, 3, 1, 2]) };
}

/** A layer norm over the channels at each place: timm's `LayerNorm2d`. */
export function layerNorm2d(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { name, epsilon }: { name: string; epsilon: number },
): FeatureMap {
  const normed = layerNorm(graph, weights, channelsLast(graph, input), { name, size: input.channels, epsilon });
  return channelsFirst(graph, normed, input);
}

/** A map's places as tokens in row-major order: F32 [batch, height × width, channels]. */
export function tokensOf(graph: GraphBuilder, input: FeatureMap): Value {
  return graph.reshape(channelsLast(graph, input), [0, input.height * input.width, input.channels]);
}

/** Tokens in row-major order as a map of the size of `like`. */
export function mapOfTokens(graph: GraphBuilder, tokens: Value, like: FeatureMap): FeatureMap {
  return channelsFirst(graph, graph.reshape(tokens, [0, like.height, like.width, like.channels]), like);
}
