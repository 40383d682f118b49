import { activationNamed } from '../architectures/blocks/activation.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear, linearOf } from '../architectures/blocks/linear.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import type { Weights } from '../weights.ts';
import { convolution } from './blocks/convolution.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { globalResponseNorm } from './blocks/global-response-norm.ts';
import { kernelShape } from './blocks/kernel.ts';
import { activate, addMaps, channelsFirst, channelsLast, layerNorm2d, scaleChannels } from './blocks/map-functions.ts';
import { globalPool, vectorOf } from './blocks/pooling.ts';
import { activationOf, refuseOverrides } from './overrides.ts';
import type { TimmFamily } from './timm-family.ts';

const names = /^(convnext|convnextv2)_[a-z]+(_ols|_mlp|_hnf|_in22k|_in22ft1k|_384_in22ft1k|_384_in22k)*$|^test_convnext\d?$/;
/** More blocks in a stage than any published model has. */
const most = 1000;

/** What the blocks of one network have in common. */
interface Style {
  readonly activation: string;
  readonly epsilon: number;
  /** Whether blocks weigh their channels. */
  readonly isScaled: boolean;
  /** Whether convolutions have a bias. */
  readonly bias: boolean;
}

/**
 * ConvNeXt ("A ConvNet for the 2020s", arXiv 2201.03545) and V2 (arXiv 2301.00808: global response norm in place of the layer scale).
 * All sizes, the stem, the order of the head and whether its feed-forward layers are convolutions can be told from the tensors.
 *
 * Reference: timm, `models/convnext.py`.
 */
export const convnext: TimmFamily = {
  has: (architecture) => names.test(architecture),
  build(graph, weights, pixels, { architecture, overrides }) {
    refuseOverrides(overrides, { output_stride: 32, norm_layer: null });
    const isLarge = architecture.startsWith('convnext_xxlarge') || architecture.startsWith('test_');
    const usualActivation = { test_convnext: 'gelu_tanh', test_convnext2: 'gelu_tanh', test_convnext3: 'silu' }[architecture] ?? 'gelu';
    const style = {
      activation: activationOf(overrides, usualActivation),
      epsilon: overrides.number('norm_eps', { default: isLarge ? 1e-5 : 1e-6 }),
      isScaled: ['stages.0', 'stages.1'].some((stage) => weights.has(`${stage}.blocks.0.gamma`)),
      bias: overrides.boolean('conv_bias', { default: true }),
    };
    let map = stem(graph, weights, pixels, style);
    for (let stage = 0; stage < most && weights.hasPart(`stages.${stage}`); stage += 1) {
      map = downsample(graph, weights.withPrefix(`stages.${stage}.downsample.`), map, style);
      for (let block = 0; block < most && weights.hasPart(`stages.${stage}.blocks.${block}`); block += 1) {
        map = convNextBlock(graph, weights.withPrefix(`stages.${stage}.blocks.${block}.`), map, style);
      }
    }
    if (weights.hasPart('norm_pre')) map = layerNorm2d(graph, weights, map, { name: 'norm_pre', epsilon: style.epsilon });
    const pooled = globalPool(graph, map, overrides.string('global_pool', { default: 'avg' }));
    const head = headFeatures(graph, weights, { value: vectorOf(graph, pooled), width: pooled.channels, epsilon: style.epsilon });
    return { features: head.value, width: head.width, classifiers: [{ name: 'head.fc', input: head.value, from: head.width }] };
  },
};

/** One convolution over patches, or two of 3×3 that overlap, with an activation between where the second is the third layer. */
function stem(graph: GraphBuilder, weights: Weights, pixels: FeatureMap, { activation, epsilon, bias }: Style): FeatureMap {
  const second = ['stem.1', 'stem.2'].find((name) => weights.has(`${name}.weight`) && rankOf(weights, `${name}.weight`) === 4);
  if (second === undefined) {
    const patches = convolution(graph, weights, pixels, {
      name: 'stem.0',
      bias,
      stride: kernelShape(weights, 'stem.0')[2],
      padding: 'VALID',
    });
    return layerNorm2d(graph, weights, patches, { name: 'stem.1', epsilon });
  }
  const first = convolution(graph, weights, pixels, { name: 'stem.0', bias, stride: 2 });
  const active = second === 'stem.2' ? activate(graph, first, activationNamed(activation, weights.file)) : first;
  const map = convolution(graph, weights, active, { name: second, bias, stride: 2 });
  return layerNorm2d(graph, weights, map, { name: second === 'stem.2' ? 'stem.3' : 'stem.2', epsilon });
}

/** A norm and a 2×2 convolution that halves, between stages. */
function downsample(graph: GraphBuilder, weights: Weights, input: FeatureMap, { epsilon, bias }: Style): FeatureMap {
  if (!weights.hasPart('0')) return input;
  const normed = layerNorm2d(graph, weights, input, { name: '0', epsilon });
  return convolution(graph, weights, normed, { name: '1', bias, stride: kernelShape(weights, '1')[2], padding: 'VALID' });
}

/** A depthwise convolution, then norm and two linear layers over the channels at each place. */
function convNextBlock(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { activation, epsilon, isScaled, bias }: Style,
): FeatureMap {
  const near = convolution(graph, weights, input, { name: 'conv_dw', bias });
  const normed = layerNorm(graph, weights, channelsLast(graph, near), { name: 'norm', size: near.channels, epsilon });
  const wide = activationNamed(activation, weights.file)(graph, channelLinear(graph, weights, normed, 'mlp.fc1', near.channels));
  const innerWidth = weights.shape('mlp.fc1.bias', 1)[0] as number;
  const answered = weights.hasPart('mlp.grn') ? globalResponseNorm(graph, weights, wide, { name: 'mlp.grn', width: innerWidth }) : wide;
  const fed = channelsFirst(graph, channelLinear(graph, weights, answered, 'mlp.fc2', innerWidth), near);
  const scaled = isScaled ? scaleChannels(graph, weights, fed, { name: 'gamma', shape: [fed.channels] }) : fed;
  return addMaps(graph, weights, input, scaled);
}

/** A linear layer over the last dimension, whether it is stored as one or as a 1×1 convolution. */
function channelLinear(graph: GraphBuilder, weights: Weights, input: Value, name: string, from: number): Value {
  const to = weights.shape(`${name}.bias`, 1)[0] as number;
  if (rankOf(weights, `${name}.weight`) === 2) return linear(graph, weights, input, { name, from, to });
  const weight = graph.reshape(weights.matrix(`${name}.weight`, [to, from, 1, 1]), [to, from]);
  return linearOf(graph, weights, input, { weight, bias: weights.tensor(`${name}.bias`, [to]), to });
}

/** What comes between pooling and classifier: a norm, and in some models a hidden layer. */
function headFeatures(
  graph: GraphBuilder,
  weights: Weights,
  { value, width, epsilon }: { value: Value; width: number; epsilon: number },
): { value: Value; width: number } {
  const normed = weights.hasPart('head.norm') ? layerNorm(graph, weights, value, { name: 'head.norm', size: width, epsilon }) : value;
  if (!weights.hasPart('head.pre_logits')) return { value: normed, width };
  const to = weights.shape('head.pre_logits.fc.weight', 2)[0] as number;
  const hidden = linear(graph, weights, normed, { name: 'head.pre_logits.fc', from: width, to });
  return { value: activationNamed('gelu', weights.file)(graph, hidden), width: to };
}

function rankOf(weights: Weights, name: string): number {
  return weights.shape(name).length;
}
