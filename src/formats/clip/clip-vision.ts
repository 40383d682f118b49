import { InvalidModelFileError } from '../../errors.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { jsonFields } from '../json-fields.ts';
import type { JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { feedForward } from '../towers/feed-forward.ts';
import { embedPatches, prependTokens, tokenAt } from '../towers/tokens.ts';
import { torchAttention } from '../towers/torch-attention.ts';
import type { Weights } from '../weights.ts';
import { type ClipTransformer, readClipTransformer, writeClipTransformer } from './clip-transformer.ts';

/** An image tower of transformers. */
export interface ClipVision {
  /** Edge of its square input in pixels. */
  readonly edge: number;
  /** Width of its features. */
  readonly dimensions: number;
  readonly summary: string;
  /** Writes it: F32 [batch, 3, edge, edge] to features F32 [batch, dimensions]. */
  write(graph: GraphBuilder, weights: Weights, pixels: Value): Value;
}

interface Patches {
  readonly edge: number;
  readonly patch: number;
  readonly places: number;
}

const defaults = { width: 768, innerWidth: 3072, heads: 12 };

/** `CLIPVisionModel`, with its projection where the model has one: transformers, `models/clip/modeling_clip.py`. */
export function readClipVision(config: JsonObject, { file, projection }: { file: string; projection: number | null }): ClipVision {
  const fields = jsonFields(config, file);
  const transformer = readClipTransformer(fields, { ...defaults, epsilon: 1e-5, activation: 'quick_gelu' }, file);
  const patches = readPatches(config, file, 32);
  const { width, epsilon } = transformer;
  return {
    edge: patches.edge,
    dimensions: projection ?? width,
    summary: summaryOf(transformer, patches),
    write(graph, weights, pixels) {
      const own = towerOf(weights);
      const table = own.withPrefix('embeddings.');
      const patch = { height: patches.patch, width: patches.patch };
      const embedded = embedPatches(graph, table, pixels, { name: 'patch_embedding', width, patch, bias: false });
      const classToken = graph.reshape(table.tensor('class_embedding', [width]), [1, width]);
      const positions = table.tensor('position_embedding.weight', [patches.places + 1, width]);
      const placed = graph.add(prependTokens(graph, embedded, classToken), positions);
      // Upstream's spelling.
      const first = layerNorm(graph, own, placed, { name: 'pre_layrnorm', size: width, epsilon });
      const hidden = writeClipTransformer(graph, own, first, { transformer });
      const pooled = layerNorm(graph, own, tokenAt(graph, hidden, 0), { name: 'post_layernorm', size: width, epsilon });
      if (projection === null) return pooled;
      return linear(graph, weights, pooled, { name: 'visual_projection', from: width, to: projection, bias: false });
    },
  };
}

/** `SiglipVisionModel`: no class token, attention with one learned query as its head. transformers, `models/siglip/modeling_siglip.py`. */
export function readSiglipVision(config: JsonObject, { file }: { file: string }): ClipVision {
  const fields = jsonFields(config, file);
  const transformer = readClipTransformer(fields, { ...defaults, epsilon: 1e-6, activation: 'gelu_pytorch_tanh' }, file);
  if (!fields.boolean('vision_use_head', { default: true })) {
    throw new InvalidModelFileError({
      file,
      message: 'vision_use_head must be true: without a head there is no feature of the whole image.',
    });
  }
  const patches = readPatches(config, file, 16);
  const { width, epsilon } = transformer;
  return {
    edge: patches.edge,
    dimensions: width,
    summary: summaryOf(transformer, patches),
    write(graph, weights, pixels) {
      const own = towerOf(weights);
      const table = own.withPrefix('embeddings.');
      const patch = { height: patches.patch, width: patches.patch };
      const embedded = embedPatches(graph, table, pixels, { name: 'patch_embedding', width, patch, bias: true });
      const placed = graph.add(embedded, table.tensor('position_embedding.weight', [patches.places, width]));
      const hidden = writeClipTransformer(graph, own, placed, { transformer });
      const normed = layerNorm(graph, own, hidden, { name: 'post_layernorm', size: width, epsilon });
      return poolWithProbe(graph, own.withPrefix('head.'), normed, transformer);
    },
  };
}

/** A tower that stands alone is saved flat by later versions of the library. */
function towerOf(weights: Weights): Weights {
  const isFlat = weights.has('embeddings.patch_embedding.weight');
  return isFlat ? weights : weights.withPrefix('vision_model.');
}

/** `SiglipMultiheadAttentionPoolingHead`. */
function poolWithProbe(graph: GraphBuilder, weights: Weights, hidden: Value, transformer: ClipTransformer): Value {
  const { width, heads, innerWidth, activation, epsilon } = transformer;
  const query = weights.tensor('probe', [1, 1, width]);
  const sizes = { width, contextWidth: width, heads };
  const attended = tokenAt(graph, torchAttention(graph, weights.withPrefix('attention.'), { query, context: hidden }, sizes), 0);
  const normed = layerNorm(graph, weights, attended, { name: 'layernorm', size: width, epsilon });
  const fed = feedForward(graph, weights, normed, { width, innerWidth, activation, wide: 'mlp.fc1', narrow: 'mlp.fc2' });
  return graph.add(attended, fed);
}

function readPatches(config: JsonObject, file: string, usualPatch: number): Patches {
  const fields = jsonFields(config, file);
  if (fields.integer('num_channels', { default: 3 }) !== 3) throw new InvalidModelFileError({ file, message: 'num_channels must be 3.' });
  const edge = fields.integer('image_size', { min: 1, max: 16_384, default: 224 });
  const patch = fields.integer('patch_size', { min: 1, max: edge, default: usualPatch });
  return { edge, patch, places: Math.floor(edge / patch) ** 2 };
}

function summaryOf({ layers, width }: ClipTransformer, { patch }: Patches): string {
  return `a vision transformer of ${layers} layers of width ${width}, patches of ${patch} × ${patch}`;
}
