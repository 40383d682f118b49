import { InvalidModelFileError } from '../../errors.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { jsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { embedPatches, meanOfTokens, prependTokens, tokenAt } from '../towers/tokens.ts';
import type { ImageTowerDescription } from '../towers/tower-description.ts';
import type { Weights } from '../weights.ts';
import { type AttentionPooler, poolByAttention, readAttentionPooler } from './attention-pooler.ts';
import type { OpenClipConfig } from './config.ts';
import { openClipConfigFile as file } from './config.ts';
import { imageSizeOf, sizePair } from './image-size.ts';
import { refuseUnknownKeys, unsupportedOption } from './known-keys.ts';
import { type OpenClipTransformer, readTransformer, transformerKeys, writeTransformer } from './residual-block.ts';

const visionKeys = new Set([
  ...transformerKeys,
  'head_width',
  'patch_size',
  'image_size',
  'attentional_pool',
  'attn_pooler_queries',
  'attn_pooler_heads',
  'no_ln_pre',
  'pos_embed_type',
  'final_ln_after_pool',
  'pool_type',
  // Training, and what else the tower can give.
  'patch_dropout',
  'output_tokens',
  // Without a name of timm's the others of its settings mean nothing.
  'timm_model_name',
  'timm_model_pretrained',
  'timm_pool',
  'timm_proj',
  'timm_proj_bias',
  'timm_drop',
  'timm_drop_path',
]);

interface VisionTransformer {
  readonly transformer: OpenClipTransformer;
  readonly patch: { readonly height: number; readonly width: number };
  readonly patches: number;
  readonly hasFirstNorm: boolean;
  readonly normsAfterPool: boolean;
  readonly pool: 'tok' | 'avg';
  readonly pooler: AttentionPooler | null;
  readonly outputDimensions: number;
}

/** open_clip's own vision transformer: `VisionTransformer` in its `transformer.py`. */
export function readVisionTransformer({ vision, embedDimensions, quickGelu }: OpenClipConfig): ImageTowerDescription {
  refuseUnknownKeys(vision, visionKeys, { file, path: 'vision_cfg' });
  const fields = jsonFields(vision, file);
  const image = imageSizeOf(vision);
  const patch = sizePair(vision, 'patch_size', { default: 16, max: 1024 });
  const width = fields.integer('width', { min: 1, max: 65_536, default: 768 });
  const layers = fields.integer('layers', { max: 1000, default: 12 });
  const heads = Math.floor(width / fields.integer('head_width', { min: 1, default: 64 }));
  const transformer = readTransformer(vision, { heads, width, layers, quickGelu, file });
  const positions = fields.string('pos_embed_type', { default: 'learnable' });
  if (!['learnable', 'sin_cos_2d'].includes(positions)) throw unsupportedOption(`pos_embed_type ${JSON.stringify(positions)}`);
  const pooler = readAttentionPooler(vision, { outputDimensions: embedDimensions, contextWidth: width });
  const pool = fields.string('pool_type', { default: 'tok' });
  if (pool !== 'tok' && pool !== 'avg') throw unsupportedOption(`vision_cfg.pool_type ${JSON.stringify(pool)}`);
  const grid = { rows: Math.floor(image.height / patch.height), columns: Math.floor(image.width / patch.width) };
  if (grid.rows * grid.columns === 0) throw new InvalidModelFileError({ file, message: 'image_size must not be below patch_size.' });
  const tower: VisionTransformer = {
    transformer,
    patch,
    patches: grid.rows * grid.columns,
    hasFirstNorm: !fields.boolean('no_ln_pre', { default: false }),
    normsAfterPool: fields.boolean('final_ln_after_pool', { default: false }),
    pool,
    pooler,
    outputDimensions: embedDimensions,
  };
  return {
    image,
    summary: `a vision transformer of ${layers} layers of width ${width}, patches of ${patch.height} × ${patch.width}`,
    write: (graph, weights, pixels) => writeVisionTransformer(graph, weights, pixels, tower),
  };
}

function writeVisionTransformer(graph: GraphBuilder, weights: Weights, pixels: Value, tower: VisionTransformer): Value {
  const { transformer, patch, patches, hasFirstNorm, outputDimensions } = tower;
  const { width, epsilon } = transformer;
  const embedded = embedPatches(graph, weights, pixels, { name: 'conv1', width, patch, bias: false });
  const classToken = graph.reshape(weights.tensor('class_embedding', [width]), [1, width]);
  const placed = graph.add(prependTokens(graph, embedded, classToken), weights.tensor('positional_embedding', [patches + 1, width]));
  const first = hasFirstNorm ? layerNorm(graph, weights, placed, { name: 'ln_pre', size: width, epsilon }) : placed;
  const hidden = writeTransformer(graph, weights.withPrefix('transformer.'), first, { transformer });
  const pooled = pool(graph, weights, hidden, tower);
  const from = tower.pooler === null ? width : outputDimensions;
  return graph.matMul(pooled, weights.tensor('proj', [from, outputDimensions]));
}

/** One vector of all tokens, normed: `VisionTransformer._pool`. */
function pool(graph: GraphBuilder, weights: Weights, hidden: Value, tower: VisionTransformer): Value {
  const { transformer, normsAfterPool, pool: type, pooler, outputDimensions } = tower;
  const { width, epsilon } = transformer;
  if (pooler !== null) return poolByAttention(graph, weights, hidden, { pooler, type, width, outputDimensions, epsilon });
  const norm = (value: Value): Value => layerNorm(graph, weights, value, { name: 'ln_post', size: width, epsilon });
  // The norm works on each token alone, so the class token's can be taken before or after.
  if (type === 'tok') return norm(tokenAt(graph, hidden, 0));
  return normsAfterPool ? norm(meanOfTokens(graph, hidden, 1)) : meanOfTokens(graph, norm(hidden), 1);
}
