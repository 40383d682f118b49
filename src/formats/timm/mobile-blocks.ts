import { InvalidModelFileError } from '../../errors.ts';
import { type Activation, activationNamed } from '../architectures/blocks/activation.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Weights } from '../weights.ts';
import { convolution, type Padding } from './blocks/convolution.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { activate, addMaps, scaleChannels } from './blocks/map-functions.ts';
import { squeezeExcite } from './blocks/squeeze-excite.ts';
import { mobileAttention } from './mobile-attention.ts';

/** What a block's tensors do not tell. */
export interface MobileBlock {
  readonly stride: number;
  readonly activation: Activation;
  readonly exciteActivation: Activation;
  readonly gate: Activation;
  readonly padding: Padding;
  readonly epsilon: number;
  /** Whether its input is added where the sizes allow it. */
  readonly hasShortcut: boolean;
  /** The same, of a block of one convolution. */
  readonly convolutionShortcut: boolean;
  readonly activeSeparable: boolean;
  readonly layerScale: boolean;
}

type WriteBlock = (graph: GraphBuilder, weights: Weights, input: FeatureMap, block: MobileBlock) => FeatureMap;

/** Kinds of blocks by a part that only they have. */
const kinds: readonly (readonly [part: string, write: WriteBlock])[] = [
  ['attn.query', mobileAttention],
  ['pw_exp', universalInvertedBottleneck],
  ['conv_exp', edgeResidual],
  ['conv_pwl', invertedResidual],
  ['conv_pw', depthwiseSeparable],
  ['conv', convolutionBlock],
];

/** A block of a mobile network, of the kind that its tensors tell. Reference: timm, `models/_efficientnet_blocks.py`. */
export function mobileBlock(graph: GraphBuilder, weights: Weights, input: FeatureMap, block: MobileBlock): FeatureMap {
  const [, write] = kinds.find(([part]) => weights.hasPart(part)) ?? [];
  if (!write) throw new InvalidModelFileError({ file: weights.file, message: 'The tensors of a block are of no kind that is known.' });
  const map = write(graph, weights, input, block);
  const isConvolution = write === convolutionBlock;
  const isSameSize = block.stride === 1 && map.channels === input.channels;
  return block.hasShortcut && isSameSize && (!isConvolution || block.convolutionShortcut) ? addMaps(graph, weights, map, input) : map;
}

/** A convolution with its batch norm, and the block's activation where `isActive`. */
export function convNorm(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  options: Pick<MobileBlock, 'padding' | 'epsilon'> & { conv: string; norm: string; stride?: number; activation?: Activation | undefined },
): FeatureMap {
  const { conv, norm, stride = 1, activation, padding, epsilon } = options;
  const map = convolution(graph, weights, input, { name: conv, stride, padding, folded: { norm, epsilon } });
  return activation ? activate(graph, map, activation) : map;
}

/** Squeeze-and-excitation where the block has one. */
function excite(graph: GraphBuilder, weights: Weights, input: FeatureMap, { exciteActivation, gate }: MobileBlock): FeatureMap {
  if (!weights.hasPart('se')) return input;
  return squeezeExcite(graph, weights, input, { reduce: 'se.conv_reduce', expand: 'se.conv_expand', activation: exciteActivation, gate });
}

function convolutionBlock(graph: GraphBuilder, weights: Weights, input: FeatureMap, block: MobileBlock): FeatureMap {
  return convNorm(graph, weights, input, { ...block, conv: 'conv', norm: 'bn1' });
}

/** MobileNet (arXiv 1704.04861): a depthwise convolution, then one over channels. */
function depthwiseSeparable(graph: GraphBuilder, weights: Weights, input: FeatureMap, block: MobileBlock): FeatureMap {
  const deep = excite(graph, weights, convNorm(graph, weights, input, { ...block, conv: 'conv_dw', norm: 'bn1' }), block);
  const activation = block.activeSeparable ? block.activation : undefined;
  return convNorm(graph, weights, deep, { ...block, conv: 'conv_pw', norm: 'bn2', stride: 1, activation });
}

/** MobileNetV2 (arXiv 1801.04381): widen, a depthwise convolution, narrow. */
function invertedResidual(graph: GraphBuilder, weights: Weights, input: FeatureMap, block: MobileBlock): FeatureMap {
  const wide = convNorm(graph, weights, input, { ...block, conv: 'conv_pw', norm: 'bn1', stride: 1 });
  const deep = excite(graph, weights, convNorm(graph, weights, wide, { ...block, conv: 'conv_dw', norm: 'bn2' }), block);
  return convNorm(graph, weights, deep, { ...block, conv: 'conv_pwl', norm: 'bn3', stride: 1, activation: undefined });
}

/** EfficientNet-EdgeTPU and V2 (arXiv 2104.00298, "Fused-MBConv"): one dense convolution widens, one narrows. */
function edgeResidual(graph: GraphBuilder, weights: Weights, input: FeatureMap, block: MobileBlock): FeatureMap {
  const wide = excite(graph, weights, convNorm(graph, weights, input, { ...block, conv: 'conv_exp', norm: 'bn1' }), block);
  return convNorm(graph, weights, wide, { ...block, conv: 'conv_pwl', norm: 'bn2', stride: 1, activation: undefined });
}

/** MobileNetV4 (arXiv 2404.10518, 4): an inverted bottleneck with depthwise convolutions where it has them. */
function universalInvertedBottleneck(graph: GraphBuilder, weights: Weights, input: FeatureMap, block: MobileBlock): FeatureMap {
  const depthwise = ['dw_mid', 'dw_start', 'dw_end'].filter((part) => weights.hasPart(part));
  const apply = (map: FeatureMap, part: string, activation?: Activation): FeatureMap => {
    // The stride is the middle one's; the one at the start or the end has it where there is none before it in this list.
    const stride = depthwise[0] === part ? block.stride : 1;
    return convNorm(graph, weights, map, { ...block, conv: `${part}.conv`, norm: `${part}.bn`, stride, activation });
  };
  const applyIfThere = (map: FeatureMap, part: string, activation?: Activation): FeatureMap =>
    depthwise.includes(part) ? apply(map, part, activation) : map;
  const wide = apply(applyIfThere(input, 'dw_start'), 'pw_exp', block.activation);
  const deep = excite(graph, weights, applyIfThere(wide, 'dw_mid', block.activation), block);
  const narrow = applyIfThere(apply(deep, 'pw_proj'), 'dw_end');
  if (!block.layerScale) return narrow;
  return scaleChannels(graph, weights, narrow, { name: 'layer_scale.gamma', shape: [narrow.channels] });
}

/** The functions of a block, by their names. */
export function blockActivations(
  names: { activation: string; exciteActivation: string; gate: string },
  file: string,
): Pick<MobileBlock, 'activation' | 'exciteActivation' | 'gate'> {
  return {
    activation: activationNamed(names.activation, file),
    exciteActivation: activationNamed(names.exciteActivation, file),
    gate: activationNamed(names.gate, file),
  };
}
