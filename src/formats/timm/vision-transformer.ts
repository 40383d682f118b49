import { InvalidModelFileError } from '../../errors.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { embedPatches, prependTokens, tokenAt } from '../towers/tokens.ts';
import type { Weights } from '../weights.ts';
import type { FeatureMap } from './blocks/feature-map.ts';
import { kernelShape } from './blocks/kernel.ts';
import { tokensOf } from './blocks/map-functions.ts';
import { patchGrid, readPositionTable } from './blocks/position-table.ts';
import type { Grid } from './blocks/resample-grid.ts';
import { convStem, hasConvStem } from './conv-stem.ts';
import { activationOf, refuseOverrides } from './overrides.ts';
import type { ImageFeatures, TimmFamily, TimmOptions } from './timm-family.ts';
import { type VitStyle, vitBlock } from './vit-block.ts';
import { vitPool } from './vit-pool.ts';
import { vitVariant } from './vit-variants.ts';

/** More layers than any published model has. */
const most = 1000;
/** Learned tokens in front of the patches, in their order. */
const prefixNames = ['cls_token', 'dist_token', 'reg_token'];

/**
 * Vision transformers ("An Image is Worth 16x16 Words", arXiv 2010.11929): DeiT, DINOv2, and the image towers of CLIP and SigLIP too. Whether
 * there are class, distillation and register tokens, layer scales, norms before the layers, of queries and keys, or after the pooling can be
 * told from the tensors.
 *
 * Reference: timm, `models/vision_transformer.py`, `models/deit.py`.
 */
export const visionTransformer: TimmFamily = {
  has: (architecture) => vitVariant(architecture) !== undefined,
  build(graph, weights, pixels, options) {
    refuseOverrides(options.overrides, {
      dynamic_img_pad: false,
      norm_layer: null,
      block_fn: null,
      attn_layer: null,
      embed_layer: null,
      embed_norm_layer: null,
    });
    const width = weights.shape('blocks.0.norm1.weight', 1)[0] as number;
    const style = styleOf(options, { width, file: weights.file });
    const { tokens, prefixCount } = embed(graph, weights, pixels, { width, ...expectedTokens(options) });
    const norm = (name: string, value: Value): Value =>
      weights.hasPart(name) ? layerNorm(graph, weights, value, { name, size: width, epsilon: style.epsilon }) : value;
    let hidden = norm('norm_pre', tokens);
    for (let layer = 0; layer < most && weights.hasPart(`blocks.${layer}`); layer += 1) {
      hidden = vitBlock(graph, weights.withPrefix(`blocks.${layer}.`), hidden, style);
    }
    hidden = norm('norm', hidden);
    if (weights.has('dist_token')) return distilled(graph, hidden, width);
    const features = norm('fc_norm', vitPool(graph, weights, hidden, { style, prefixCount, options }));
    return { features, width, classifiers: [{ name: 'head', input: features, from: width }] };
  },
};

function styleOf({ architecture, overrides }: TimmOptions, { width, file }: { width: number; file: string }): VitStyle {
  const variant = vitVariant(architecture);
  if (!variant) throw new Error(`${architecture} is none of the family.`);
  const heads = overrides.integer('num_heads', { min: 1, default: variant.heads });
  if (width % heads !== 0) throw new InvalidModelFileError({ file, message: `A width of ${width} cannot be split into ${heads} heads.` });
  return {
    width,
    heads,
    epsilon: variant.epsilon,
    activation: activationOf(overrides, variant.activation),
    hasProjectionBias: overrides.boolean('qkv_bias', { default: variant.hasProjectionBias }),
    hasLinearBias: overrides.boolean('proj_bias', { default: true }),
  };
}

/** What the name and config.json tell of a model's tokens; the rest is seen in the tensors. */
interface ExpectedTokens {
  /** Whether the tokens in front of the patches are certain to have no positions. */
  readonly isWithoutPrefix: boolean;
  readonly hasPositions: boolean;
  /** Tokens that must be there. */
  readonly expected: readonly string[];
}

function expectedTokens({ architecture, overrides }: TimmOptions): ExpectedTokens {
  const usuallyHasClass = !/_gap_|_siglip_|_map_|^test_/.test(architecture);
  const hasClass = overrides.boolean('class_token', { default: usuallyHasClass });
  const registers = overrides.integer('reg_tokens', { default: /_reg\d/.test(architecture) ? 1 : 0 });
  return {
    isWithoutPrefix: overrides.boolean('no_embed_class', { default: false }),
    hasPositions: !['', 'none'].includes(overrides.string('pos_embed', { default: 'learn' })),
    expected: [...(hasClass ? ['cls_token'] : []), ...(registers > 0 ? ['reg_token'] : [])],
  };
}

/** Patches with their positions behind the learned tokens: F32 [batch, tokens, width]. */
function embed(
  graph: GraphBuilder,
  weights: Weights,
  pixels: FeatureMap,
  { width, isWithoutPrefix, hasPositions, expected }: { width: number } & ExpectedTokens,
): { tokens: Value; prefixCount: number } {
  const { patches, grid } = embedImage(graph, weights, pixels, width);
  const prefix = prefixNames
    .filter((name) => weights.has(name) || expected.includes(name))
    .map((name) => {
      const rows = weights.shape(name, 3)[1] as number;
      return { rows, value: graph.reshape(weights.tensor(name, [1, rows, width]), [rows, width]) };
    });
  const prefixCount = prefix.reduce((sum, { rows }) => sum + rows, 0);
  let front =
    prefix.length > 1
      ? graph.concat(
          prefix.map(({ value }) => value),
          0,
        )
      : prefix[0]?.value;
  let placed = patches;
  if (hasPositions) {
    const places = weights.shape('pos_embed', 3)[1] as number;
    const positioned = isWithoutPrefix || !coversPrefix(places, prefixCount, grid) ? 0 : prefixCount;
    const table = readPositionTable(graph, weights, {
      name: 'pos_embed',
      width,
      prefix: positioned,
      grid,
      resampling: 'ANTIALIASED_BICUBIC',
      keepsShape: true,
    });
    placed = graph.add(patches, table.patches);
    if (front !== undefined && table.prefix !== null) front = graph.add(front, table.prefix);
  }
  return { tokens: front === undefined ? placed : prependTokens(graph, placed, front), prefixCount };
}

/** An image's patches as tokens F32 [batch, patches, width], row by row. */
function embedImage(graph: GraphBuilder, weights: Weights, pixels: FeatureMap, width: number): { patches: Value; grid: Grid } {
  if (hasConvStem(weights)) {
    const map = convStem(graph, weights, pixels);
    return { patches: tokensOf(graph, map), grid: { rows: map.height, columns: map.width } };
  }
  const [, , height, patchWidth] = kernelShape(weights, 'patch_embed.proj');
  const patch = { height, width: patchWidth };
  // timm leaves it out where a norm follows.
  const bias = !weights.hasPart('norm_pre');
  const grid = patchGrid(pixels, patch, weights.file);
  return { patches: embedPatches(graph, weights, pixels.value, { name: 'patch_embed.proj', width, patch, bias }), grid };
}

/** Whether a table of positions has some for the tokens in front; of another image size it is a square with them or without. */
function coversPrefix(places: number, prefixCount: number, { rows, columns }: Grid): boolean {
  if (places === rows * columns) return false;
  return places === rows * columns + prefixCount || !Number.isInteger(Math.sqrt(places));
}

/** DeiT's distilled models (arXiv 2012.12877): class and distillation token, each with a classifier of its own. */
function distilled(graph: GraphBuilder, hidden: Value, width: number): ImageFeatures {
  const [first, second] = [tokenAt(graph, hidden, 0), tokenAt(graph, hidden, 1)];
  const features = graph.multiply(graph.add(first, second), graph.float(0.5));
  return {
    features,
    width,
    classifiers: [
      { name: 'head', input: first, from: width },
      { name: 'head_dist', input: second, from: width },
    ],
  };
}
