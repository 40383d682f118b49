import { InvalidModelFileError } from '../../errors.ts';
import { activationNamed } from '../architectures/blocks/activation.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import { fusedProjection, selfAttention } from '../towers/self-attention.ts';
import type { Weights } from '../weights.ts';
import { batchNorm, batchNormEpsilon } from './blocks/batch-norm.ts';
import { convolution, convolve } from './blocks/convolution.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { identityKernel, type Kernel, readKernel, sumOfKernels } from './blocks/kernel.ts';
import { activate, addMaps, layerNorm2d, mapOfTokens, scaleChannels, tokensOf } from './blocks/map-functions.ts';
import { squeezeExcite } from './blocks/squeeze-excite.ts';

/** timm's `fastvit.py` builds its norms with PyTorch's default. */
const epsilon = batchNormEpsilon;
const headSize = 32;

/** A convolution `name.conv` with the batch norm `name.bn`. */
function branch(graph: GraphBuilder, weights: Weights, name: string): Kernel {
  return readKernel(graph, weights, `${name}.conv`, { folded: { norm: `${name}.bn`, epsilon } });
}

/** A "MobileOne" block (arXiv 2206.04040, 3.2): branches over one input, summed. Here they are one convolution. */
export function mobileOne(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { name, stride = 1, isActive = true }: { name: string; stride?: number; isActive?: boolean },
): FeatureMap {
  const kernel = weights.hasPart(`${name}.reparam_conv`)
    ? readKernel(graph, weights, `${name}.reparam_conv`, { bias: true })
    : sumOfKernels(graph, mobileOneBranches(graph, weights, name, input), weights.file);
  const sum = excite(graph, weights, convolve(graph, input, kernel, { stride, file: weights.file }), name);
  return isActive ? activate(graph, sum, activationNamed('gelu', weights.file)) : sum;
}

function mobileOneBranches(graph: GraphBuilder, weights: Weights, name: string, input: FeatureMap): Kernel[] {
  const kernels: Kernel[] = [];
  for (let index = 0; weights.hasPart(`${name}.conv_kxk.${index}`); index += 1) {
    kernels.push(branch(graph, weights, `${name}.conv_kxk.${index}`));
  }
  if (weights.hasPart(`${name}.conv_scale`)) kernels.push(branch(graph, weights, `${name}.conv_scale`));
  if (weights.hasPart(`${name}.identity`)) {
    // Alone it is the norm of a token mixer, which works on each channel by itself.
    const shape = kernels[0]?.shape ?? [input.channels, 1, 1, 1];
    kernels.push(identityKernel(graph, weights, { norm: `${name}.identity`, epsilon, shape }));
  }
  return kernels;
}

/** Squeeze-and-excitation with ReLU where the block has one. */
function excite(graph: GraphBuilder, weights: Weights, input: FeatureMap, name: string): FeatureMap {
  if (!weights.hasPart(`${name}.se`)) return input;
  return squeezeExcite(graph, weights, input, {
    reduce: `${name}.se.fc1`,
    expand: `${name}.se.fc2`,
    activation: activationNamed('relu', weights.file),
    gate: activationNamed('sigmoid', weights.file),
  });
}

/** A stage's downsampling: a large and a small kernel summed (RepLKNet, arXiv 2203.06717), then a MobileOne block. */
export function patchEmbedding(
  graph: GraphBuilder,
  weights: Weights,
  input: FeatureMap,
  { name, isActive }: { name: string; isActive: boolean },
): FeatureMap {
  const large = `${name}.0`;
  const kernel = weights.hasPart(`${large}.reparam_conv`)
    ? readKernel(graph, weights, `${large}.reparam_conv`, { bias: true })
    : sumOfKernels(
        graph,
        ['large_conv', 'small_conv']
          .filter((part) => weights.hasPart(`${large}.${part}`))
          .map((part) => branch(graph, weights, `${large}.${part}`)),
        weights.file,
      );
  const sum = excite(graph, weights, convolve(graph, input, kernel, { stride: 2, file: weights.file }), large);
  const active = isActive ? activate(graph, sum, activationNamed('gelu', weights.file)) : sum;
  return mobileOne(graph, weights, active, { name: `${name}.1` });
}

/** x + pos_enc(x): positions that a depthwise convolution sees (arXiv 2102.10882). */
export function conditionalPositions(graph: GraphBuilder, weights: Weights, input: FeatureMap, name: string): FeatureMap {
  if (weights.hasPart(`${name}.reparam_conv`)) return convolution(graph, weights, input, { name: `${name}.reparam_conv`, bias: true });
  if (!weights.hasPart(`${name}.pos_enc`)) return input;
  return addMaps(graph, weights, input, convolution(graph, weights, input, { name: `${name}.pos_enc`, bias: true }));
}

/** A block of a stage: tokens mixed by a convolution or by attention, then channels by a feed-forward part. */
export function fastVitBlock(graph: GraphBuilder, weights: Weights, input: FeatureMap): FeatureMap {
  const hasAttention = weights.hasPart('token_mixer.qkv');
  const mixed = hasAttention ? attentionMixer(graph, weights, input) : repMixer(graph, weights, input);
  const fed = feedForward(graph, weights, mixed);
  return addMaps(graph, weights, mixed, scaled(graph, weights, fed, hasAttention ? 'layer_scale_2' : 'layer_scale'));
}

/** Either all parts of a block weigh their channels or none. */
function scaled(graph: GraphBuilder, weights: Weights, input: FeatureMap, name: string): FeatureMap {
  const isScaled = ['layer_scale', 'layer_scale_1', 'layer_scale_2', 'token_mixer.layer_scale'].some((part) => weights.hasPart(part));
  return isScaled ? scaleChannels(graph, weights, input, { name: `${name}.gamma` }) : input;
}

/** x + γ · (mixer(x) − norm(x)), "RepMixer" (arXiv 2303.14189, 3.2.1). */
function repMixer(graph: GraphBuilder, weights: Weights, input: FeatureMap): FeatureMap {
  if (weights.hasPart('token_mixer.reparam_conv'))
    return convolution(graph, weights, input, { name: 'token_mixer.reparam_conv', bias: true });
  const mixed = mobileOne(graph, weights, input, { name: 'token_mixer.mixer', isActive: false });
  const normed = mobileOne(graph, weights, input, { name: 'token_mixer.norm', isActive: false });
  const difference = addMaps(graph, weights, mixed, { ...normed, value: graph.node('Neg', [normed.value]) });
  return addMaps(graph, weights, input, scaled(graph, weights, difference, 'token_mixer.layer_scale'));
}

/** x + γ · attention(norm(x)) over the map's places. */
function attentionMixer(graph: GraphBuilder, weights: Weights, input: FeatureMap): FeatureMap {
  const width = input.channels;
  if (width % headSize !== 0) {
    const message = `Attention over ${width} channels: ${headSize} of them make a head.`;
    throw new InvalidModelFileError({ file: weights.file, message });
  }
  const isBatchNorm = weights.has('norm.running_mean');
  const norm = isBatchNorm ? batchNorm : layerNorm2d;
  const normed = norm(graph, weights, input, { name: 'norm', epsilon });
  const bias = weights.has('token_mixer.qkv.bias') ? 'token_mixer.qkv.bias' : null;
  const attended = selfAttention(graph, weights, tokensOf(graph, normed), {
    width,
    heads: width / headSize,
    headSize,
    project: fusedProjection({ weight: 'token_mixer.qkv.weight', bias, from: width, to: width }),
    output: 'token_mixer.proj',
  });
  return addMaps(graph, weights, input, scaled(graph, weights, mapOfTokens(graph, attended, input), 'layer_scale_1'));
}

function feedForward(graph: GraphBuilder, weights: Weights, input: FeatureMap): FeatureMap {
  const folded = { norm: 'mlp.conv.bn', epsilon };
  const near = convolution(graph, weights, input, { name: 'mlp.conv.conv', folded });
  const wide = convolution(graph, weights, near, { name: 'mlp.fc1', bias: true });
  return convolution(graph, weights, activate(graph, wide, activationNamed('gelu', weights.file)), { name: 'mlp.fc2', bias: true });
}
