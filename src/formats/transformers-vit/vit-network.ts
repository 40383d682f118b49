import { InvalidModelFileError } from '../../errors.ts';
import { activationNamed } from '../architectures/blocks/activation.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { jsonFields } from '../json-fields.ts';
import type { JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { patchGrid, readPositionTable } from '../timm/blocks/position-table.ts';
import { type FeedForward, feedForward, packedFeedForward } from '../towers/feed-forward.ts';
import { selfAttention, splitProjection } from '../towers/self-attention.ts';
import { embedPatches, prependTokens } from '../towers/tokens.ts';
import { preNormBlock } from '../towers/vision-transformer-block.ts';
import type { Weights } from '../weights.ts';
import type { VitFamily } from './vit-family.ts';

/** Sizes of one vision transformer of transformers, as its config.json says them. */
export interface VitSizes {
  readonly width: number;
  readonly layers: number;
  readonly heads: number;
  /** Null where the tensors say it. */
  readonly innerWidth: number | null;
  readonly patch: { readonly height: number; readonly width: number };
  readonly epsilon: number;
  readonly activation: string;
  readonly hasProjectionBias: boolean;
}

/** Reads the sizes. Throws `INVALID_MODEL_FILE` for what is malformed. */
export function readVitSizes(config: JsonObject, file: string, family: VitFamily): VitSizes {
  const fields = jsonFields(config, file);
  const width = fields.integer('hidden_size', { min: 1, max: 65_536, default: 768 });
  const heads = fields.integer('num_attention_heads', { min: 1, default: 12 });
  if (width % heads !== 0) {
    throw new InvalidModelFileError({ file, message: `hidden_size ${width} is no multiple of num_attention_heads ${heads}.` });
  }
  if (fields.integer('num_channels', { default: 3 }) !== 3) {
    throw new InvalidModelFileError({ file, message: 'num_channels must be 3: images have red, green and blue.' });
  }
  return {
    width,
    heads,
    layers: fields.integer('num_hidden_layers', { max: 1000, default: 12 }),
    innerWidth: family.packed ? null : fields.integer('intermediate_size', { min: 1, default: 3072 }),
    patch: readPair(config, 'patch_size', family.patchSize, file),
    epsilon: fields.number('layer_norm_eps', { default: family.epsilon }),
    activation: fields.string('hidden_act', { default: 'gelu' }),
    hasProjectionBias: fields.boolean('qkv_bias', { default: true }),
  };
}

/** A size in pixels: one number for both edges, or [height, width]. */
export function readPair(config: JsonObject, name: string, usual: number, file: string): { height: number; width: number } {
  const value = config[name] ?? usual;
  const [height, width] = Array.isArray(value) && value.length === 2 ? value : [value, value];
  const fields = jsonFields({ [name]: height, [`${name}[1]`]: width }, file);
  return { height: fields.integer(name, { min: 1, max: 16_384 }), width: fields.integer(`${name}[1]`, { min: 1, max: 16_384 }) };
}

/** Writes the encoder: F32 [batch, 3, height, width] to F32 [batch, tokens, width] behind the last norm. */
export function writeVit(
  graph: GraphBuilder,
  weights: Weights,
  pixels: { value: Value; height: number; width: number },
  { family, sizes }: { family: VitFamily; sizes: VitSizes },
): { hidden: Value; prefixTokens: number } {
  const { width, epsilon } = sizes;
  const { tokens, prefixTokens } = embed(graph, weights.withPrefix('embeddings.'), pixels, { family, sizes });
  let hidden = tokens;
  for (let layer = 0; layer < sizes.layers; layer += 1) {
    hidden = writeLayer(graph, weights.withPrefix(`encoder.layer.${layer}.`), hidden, { family, sizes });
  }
  return { hidden: layerNorm(graph, weights, hidden, { name: 'layernorm', size: width, epsilon }), prefixTokens };
}

function embed(
  graph: GraphBuilder,
  weights: Weights,
  pixels: { value: Value; height: number; width: number },
  { family, sizes }: { family: VitFamily; sizes: VitSizes },
): { tokens: Value; prefixTokens: number } {
  const { width, patch } = sizes;
  const patches = embedPatches(graph, weights, pixels.value, { name: 'patch_embeddings.projection', width, patch, bias: true });
  const tokens = family.tokens.map((token) => ({ ...token, rows: weights.shape(token.name, 3)[1] as number }));
  const rowsOf = (list: typeof tokens): number => list.reduce((sum, { rows }) => sum + rows, 0);
  const table = readPositionTable(graph, weights, {
    name: 'position_embeddings',
    width,
    prefix: rowsOf(tokens.filter(({ hasPosition }) => hasPosition)),
    grid: patchGrid(pixels, patch, weights.file),
    resampling: family.resampling,
    keepsShape: false,
  });
  const valuesOf = (list: typeof tokens): Value[] =>
    list.map(({ name, rows }) => graph.reshape(weights.tensor(name, [1, rows, width]), [rows, width]));
  const [placed, others] = [tokens.filter(({ hasPosition }) => hasPosition), tokens.filter(({ hasPosition }) => !hasPosition)];
  const front = table.prefix === null ? [] : [graph.add(graph.concat(valuesOf(placed), 0), table.prefix)];
  const prefix = graph.concat([...front, ...valuesOf(others)], 0);
  return { tokens: prependTokens(graph, graph.add(patches, table.patches), prefix), prefixTokens: rowsOf(tokens) };
}

function writeLayer(
  graph: GraphBuilder,
  weights: Weights,
  hidden: Value,
  { family, sizes }: { family: VitFamily; sizes: VitSizes },
): Value {
  const { width, heads, epsilon, hasProjectionBias: bias } = sizes;
  const name = (part: string): string => `attention.attention.${part}`;
  const project = splitProjection({ query: name('query'), key: name('key'), value: name('value'), from: width, to: width, bias });
  const attention = { width, heads, headSize: width / heads, project, output: 'attention.output.dense' };
  return preNormBlock(graph, weights, hidden, {
    width,
    epsilon,
    attentionNorm: family.attentionNorm,
    feedForwardNorm: family.feedForwardNorm,
    attentionScale: family.attentionScale,
    feedForwardScale: family.feedForwardScale,
    attend: (_, __, input) => selfAttention(graph, weights, input, attention),
    feed: (_, __, input) => writeFeedForward(graph, weights, input, { family, sizes }),
  });
}

function writeFeedForward(
  graph: GraphBuilder,
  weights: Weights,
  input: Value,
  { family, sizes }: { family: VitFamily; sizes: VitSizes },
): Value {
  const { packed } = family;
  const isPacked = packed !== null && weights.has(`${packed.wide}.weight`);
  const { wide, narrow } = isPacked ? packed : family;
  const innerWidth = sizes.innerWidth ?? (weights.shape(`${narrow}.weight`, 2)[1] as number);
  const activation = activationNamed(isPacked ? 'silu' : sizes.activation, weights.file);
  const options: FeedForward = { width: sizes.width, innerWidth, activation, wide, narrow };
  return isPacked ? packedFeedForward(graph, weights, input, options) : feedForward(graph, weights, input, options);
}
