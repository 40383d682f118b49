import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import { activationNamed } from '../architectures/blocks/activation.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear, linearOf } from '../architectures/blocks/linear.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { feedForward, gatedFeedForward } from '../towers/feed-forward.ts';
import { type GridRotation, gridRotation, rotateInGrid } from '../towers/grid-rotation.ts';
import { type Projection, type SelfAttention, selfAttention, splitProjection } from '../towers/self-attention.ts';
import { embedPatches, meanOfTokens, prependTokens, tokenAt } from '../towers/tokens.ts';
import { preNormBlock } from '../towers/vision-transformer-block.ts';
import type { Weights } from '../weights.ts';
import { refuseOverrides } from './overrides.ts';
import type { TimmFamily } from './timm-family.ts';

/** Names of timm's: EVA, and EVA-02 with rotary positions or, in the largest one, norms behind each part. */
const names =
  /^(eva_giant_patch14_(224|336|560|clip_224)|eva02_(tiny|small|base|large)_patch(14|16)_(clip_)?\d+|eva02_enormous_patch14_clip_224)$/;
/** What timm's own LayerNorm adds to the variance. */
const epsilon = 1e-6;
/** The grid that rotary positions are stretched to: 224 pixels in patches of 14. */
const referenceGrid = 16;
const mostBlocks = 1000;
/** Angles are written into the graph for each patch; published models have up to 1,600. */
const mostPatches = 16_384;
/** Of a head in all but the largest models, which have 16 heads. */
const usualHeadSize = 64;

/**
 * EVA and EVA-02 (arXiv 2211.07636, 2303.11331). Widths and the kinds of the parts come from the tensors.
 *
 * Reference: timm, `models/eva.py`, `Eva`.
 */
export const eva: TimmFamily = {
  has: (architecture) => names.test(architecture),
  build(graph, weights, pixels, { architecture, overrides }) {
    refuseOverrides(overrides, { class_token: true, num_reg_tokens: 0, norm_layer: null, attn_head_dim: null, use_fc_norm: null });
    const [width, , patchHeight, patchWidth] = weights.shape('patch_embed.proj.weight', 4) as [number, number, number, number];
    const patch = { height: patchHeight, width: patchWidth };
    const grid = { rows: Math.floor(pixels.height / patch.height), columns: Math.floor(pixels.width / patch.width) };
    const isLargest = architecture.includes('_giant_') || architecture.includes('_enormous_');
    const hasRotation = architecture.startsWith('eva02_') && !isLargest;
    const heads = overrides.integer('num_heads', { min: 1, default: isLargest ? 16 : Math.max(1, Math.floor(width / usualHeadSize)) });
    const headSize = width / heads;
    if (grid.rows * grid.columns > mostPatches) {
      throw new InvalidModelFileError({
        file: weights.file,
        message: `An image makes ${grid.rows * grid.columns} patches; at most ${mostPatches} are taken.`,
      });
    }
    if (!Number.isInteger(headSize) || (hasRotation && headSize % 4 !== 0)) {
      throw new InvalidModelFileError({ file: weights.file, message: `A width of ${width} does not make ${heads} attention heads.` });
    }
    const embedded = embedPatches(graph, weights, pixels.value, { name: 'patch_embed.proj', width, patch, bias: true });
    const classToken = graph.reshape(weights.tensor('cls_token', [1, 1, width]), [1, width]);
    const positions = weights.tensor('pos_embed', [1, grid.rows * grid.columns + 1, width]);
    const rotation = hasRotation ? gridRotation(graph, { ...grid, referenceGrid, headSize, prefixTokens: 1 }) : null;
    const sizes = { width, heads, headSize, rotation, normsAfter: architecture.includes('_enormous_') };
    let hidden = graph.add(prependTokens(graph, embedded, classToken), positions);
    for (let block = 0; block < mostBlocks && weights.hasPart(`blocks.${block}`); block += 1) {
      hidden = evaBlock(graph, weights.withPrefix(`blocks.${block}.`), hidden, sizes);
    }
    const pool = overrides.string('global_pool', { default: architecture.includes('_clip_') ? 'token' : 'avg' });
    const features = poolTokens(graph, weights, hidden, { pool, width });
    return { features, width, classifiers: [{ name: 'head', input: features, from: width }] };
  },
};

/** The class token, or the mean of the patches, and the norm that belongs to it. */
function poolTokens(graph: GraphBuilder, weights: Weights, hidden: Value, { pool, width }: { pool: string; width: number }): Value {
  const norm = (name: string, input: Value): Value => layerNorm(graph, weights, input, { name, size: width, epsilon });
  if (pool === 'token') return norm('norm', tokenAt(graph, hidden, 0));
  if (pool === 'avg') return norm('fc_norm', meanOfTokens(graph, hidden, 1));
  throw new UnsupportedModelError({
    reason: `EVA with the pooling ${quote(pool)} is not built here.`,
    remedy: 'Choose another checkpoint.',
  });
}

interface BlockSizes {
  readonly width: number;
  readonly heads: number;
  readonly headSize: number;
  readonly rotation: GridRotation | null;
  readonly normsAfter: boolean;
}

function evaBlock(graph: GraphBuilder, weights: Weights, hidden: Value, { normsAfter, ...sizes }: BlockSizes): Value {
  const { width, heads, headSize, rotation } = sizes;
  const attention: SelfAttention = {
    width,
    heads,
    headSize,
    project: projectionOf(weights, width),
    prepare: (_graph, _weights, states) => (rotation === null ? states : rotateInGrid(graph, states, rotation)),
    finish: (_graph, _weights, context) => optionalNorm(graph, weights, context, { name: 'attn.norm', size: width }),
    output: 'attn.proj',
  };
  const attend = (_graph: GraphBuilder, _weights: Weights, input: Value): Value => selfAttention(graph, weights, input, attention);
  const feed = (_graph: GraphBuilder, _weights: Weights, input: Value): Value => feedInner(graph, weights, input, width);
  if (normsAfter) {
    const norm = (name: string, input: Value): Value => layerNorm(graph, weights, input, { name, size: width, epsilon });
    const middle = graph.add(hidden, norm('norm1', attend(graph, weights, hidden)));
    return graph.add(middle, norm('norm2', feed(graph, weights, middle)));
  }
  return preNormBlock(graph, weights, hidden, {
    width,
    epsilon,
    attentionNorm: 'norm1',
    feedForwardNorm: 'norm2',
    attentionScale: weights.has('gamma_1') ? 'gamma_1' : null,
    feedForwardScale: weights.has('gamma_2') ? 'gamma_2' : null,
    attend,
    feed,
  });
}

/** `EvaAttention`: keys have no bias. In a fused matrix that is a bias of zeros between two others. */
function projectionOf(weights: Weights, width: number): Projection {
  if (!weights.hasPart('attn.qkv')) {
    const names = { query: 'attn.q_proj', key: 'attn.k_proj', value: 'attn.v_proj' };
    return splitProjection({ ...names, from: width, to: width, bias: weights.has('attn.q_proj.bias'), keyBias: false });
  }
  return (graph, _weights, input) => {
    const [queryBias, valueBias] = ['attn.q_bias', 'attn.v_bias'].map((name) => (weights.has(name) ? weights.tensor(name, [width]) : null));
    const bias = queryBias && valueBias ? graph.concat([queryBias, graph.multiply(valueBias, graph.float(0)), valueBias], 0) : null;
    const fused = linearOf(graph, weights, input, { weight: weights.matrix('attn.qkv.weight', [3 * width, width]), bias, to: 3 * width });
    const [query, key, value] = graph.nodes('Split', [fused], 3, { axis: -1 }) as [Value, Value, Value];
    return { query, key, value };
  };
}

/** The feed-forward part: gated with two matrices, gated with one, or plain. */
function feedInner(graph: GraphBuilder, weights: Weights, input: Value, width: number): Value {
  const [, innerWidth = 0] = weights.shape('mlp.fc2.weight', 2);
  const norm = weights.hasPart('mlp.norm') ? { name: 'mlp.norm', epsilon } : undefined;
  const silu = activationNamed('silu', weights.file);
  const common = { width, innerWidth, narrow: 'mlp.fc2', norm };
  if (weights.hasPart('mlp.fc1_g')) {
    return gatedFeedForward(graph, weights, input, { ...common, activation: silu, gate: 'mlp.fc1_g', wide: 'mlp.fc1_x' });
  }
  const [wide] = weights.shape('mlp.fc1.weight', 2);
  if (wide !== 2 * innerWidth) {
    return feedForward(graph, weights, input, { ...common, activation: activationNamed('gelu', weights.file), wide: 'mlp.fc1' });
  }
  const fused = linear(graph, weights, input, { name: 'mlp.fc1', from: width, to: wide });
  const [gate, value] = graph.nodes('Split', [fused], 2, { axis: -1 }) as [Value, Value];
  const inner = optionalNorm(graph, weights, graph.multiply(silu(graph, gate), value), { name: 'mlp.norm', size: innerWidth });
  return linear(graph, weights, inner, { name: 'mlp.fc2', from: innerWidth, to: width });
}

function optionalNorm(graph: GraphBuilder, weights: Weights, input: Value, { name, size }: { name: string; size: number }): Value {
  return weights.hasPart(name) ? layerNorm(graph, weights, input, { name, size, epsilon }) : input;
}
