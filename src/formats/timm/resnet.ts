import { activationNamed } from '../architectures/blocks/activation.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Weights } from '../weights.ts';
import { batchNormEpsilon } from './blocks/batch-norm.ts';
import { convolution } from './blocks/convolution.ts';
import { efficientChannelAttention } from './blocks/efficient-channel-attention.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { activate, addMaps } from './blocks/map-functions.ts';
import { globalPool, halveByAverage, maxPool, vectorOf } from './blocks/pooling.ts';
import { squeezeExcite } from './blocks/squeeze-excite.ts';
import { activationOf, refuseOverrides } from './overrides.ts';
import type { TimmFamily } from './timm-family.ts';

/** Names with `aa` average where others stride (`aa_layer=AvgPool2d`). */
const names = /^(eca|se)?(resnet|resnext|resnetrs|resnetaa|resnextaa|resnetlight|wide_resnet)\d*[a-z]?(_\w+)?$|^senet154$|^test_resnet$/;
/** Networks with other norms or blurred strides, and some that share the name only. */
const others = /blur|_gn$|_clip|_mlp$|\dq$/;
/** More blocks in a stage than any published model has. */
const most = 1000;

/** What the blocks of one network have in common. */
interface Style {
  readonly activation: string;
  /** Whether a stride is a convolution without one, and the mean of four places. */
  readonly strideByAverage: boolean;
  /** How the blocks weigh their channels, where the name says it. */
  readonly attention: 'ECA' | null;
}

/**
 * Residual networks ("Deep Residual Learning for Image Recognition", arXiv 1512.03385) and their kin: ResNeXt's groups, wide ones, "bag of
 * tricks" variants (arXiv 1812.01187: deep stem, average before the shortcut's convolution), squeeze-and-excitation, ECA. All but the activation
 * and the anti-aliasing can be told from the tensors.
 *
 * Reference: timm, `models/resnet.py`.
 */
export const resnet: TimmFamily = {
  has: (architecture) => names.test(architecture) && !others.test(architecture),
  build(graph, weights, pixels, { architecture, overrides }) {
    refuseOverrides(overrides, { output_stride: 32, norm_layer: null, aa_layer: null });
    const style = {
      activation: activationOf(overrides, 'relu'),
      strideByAverage: /aa\d/.test(architecture),
      attention: architecture.startsWith('eca') ? ('ECA' as const) : null,
    };
    let map = stem(graph, weights, pixels, style);
    for (let stage = 1; stage < most && weights.hasPart(`layer${stage}`); stage += 1) {
      for (let block = 0; block < most && weights.hasPart(`layer${stage}.${block}`); block += 1) {
        const stride = block === 0 && stage > 1 ? 2 : 1;
        map = residualBlock(graph, weights.withPrefix(`layer${stage}.${block}.`), map, { ...style, stride });
      }
    }
    const pooled = globalPool(graph, map, overrides.string('global_pool', { default: 'avg' }));
    const features = vectorOf(graph, pooled);
    return { features, width: pooled.channels, classifiers: [{ name: 'fc', input: features, from: pooled.channels }] };
  },
};

/** A convolution with a batch norm, and the activation unless `isActive` says otherwise. */
function convNorm(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { conv, norm, stride = 1, activation }: { conv: string; norm: string; stride?: number; activation?: string },
): FeatureMap {
  const map = convolution(graph, weights, input, { name: conv, stride, folded: { norm, epsilon: batchNormEpsilon } });
  return activation === undefined ? map : activate(graph, map, activationNamed(activation, weights.file));
}

/** One 7×7 convolution or three 3×3 ones, then a pooling that halves, or a convolution in its place. */
function stem(graph: GraphBuilder, weights: Weights, pixels: FeatureMap, { activation, strideByAverage }: Style): FeatureMap {
  let map = pixels;
  if (weights.has('conv1.weight')) {
    map = convNorm(graph, weights, map, { conv: 'conv1', norm: 'bn1', stride: 2, activation });
  } else {
    map = convNorm(graph, weights, map, { conv: 'conv1.0', norm: 'conv1.1', stride: 2, activation });
    map = convNorm(graph, weights, map, { conv: 'conv1.3', norm: 'conv1.4', activation });
    map = convNorm(graph, weights, map, { conv: 'conv1.6', norm: 'bn1', activation });
  }
  if (weights.has('maxpool.0.weight'))
    return convNorm(graph, weights, map, { conv: 'maxpool.0', norm: 'maxpool.1', stride: 2, activation });
  return strideByAverage ? halveByAverage(graph, map, { ceil: false }) : maxPool(graph, map, { size: 3, stride: 2, padding: 'HALF' });
}

/** Two 3×3 convolutions, or one between two of 1×1; then attention over channels, the shortcut, the activation. */
function residualBlock(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { activation, strideByAverage, attention, stride }: Style & { stride: number },
): FeatureMap {
  const isBottleneck = weights.hasPart('conv3');
  const averages = strideByAverage && stride > 1;
  const halved = (map: FeatureMap): FeatureMap => (averages ? halveByAverage(graph, map, { ceil: false }) : map);
  const step = averages ? 1 : stride;
  let map: FeatureMap;
  if (isBottleneck) {
    map = convNorm(graph, weights, input, { conv: 'conv1', norm: 'bn1', activation });
    map = halved(convNorm(graph, weights, map, { conv: 'conv2', norm: 'bn2', stride: step, activation }));
    map = convNorm(graph, weights, map, { conv: 'conv3', norm: 'bn3' });
  } else {
    map = halved(convNorm(graph, weights, input, { conv: 'conv1', norm: 'bn1', stride: step, activation }));
    map = convNorm(graph, weights, map, { conv: 'conv2', norm: 'bn2' });
  }
  const sum = addMaps(graph, weights, attend(graph, weights, map, attention), shortcut(graph, weights, input, stride));
  return activate(graph, sum, activationNamed(activation, weights.file));
}

function attend(graph: GraphBuilder, weights: Weights, map: FeatureMap, attention: Style['attention']): FeatureMap {
  if (attention === 'ECA' || weights.has('se.conv.weight')) return efficientChannelAttention(graph, weights, map, 'se.conv');
  if (!weights.hasPart('se')) return map;
  const [activation, gate] = [activationNamed('relu', weights.file), activationNamed('sigmoid', weights.file)];
  return squeezeExcite(graph, weights, map, { reduce: 'se.fc1', expand: 'se.fc2', activation, gate });
}

function shortcut(graph: GraphBuilder, weights: Weights, input: FeatureMap, stride: number): FeatureMap {
  if (weights.hasPart('downsample.0')) return convNorm(graph, weights, input, { conv: 'downsample.0', norm: 'downsample.1', stride });
  if (!weights.hasPart('downsample')) return input;
  const smaller = stride > 1 ? halveByAverage(graph, input, { ceil: true }) : input;
  return convNorm(graph, weights, smaller, { conv: 'downsample.1', norm: 'downsample.2' });
}
