import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { causalMask } from '../architectures/blocks/position-masks.ts';
import { countingPositions } from '../architectures/blocks/positions.ts';
import { jsonFields } from '../json-fields.ts';
import type { JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { tokenWhere } from '../towers/text-pooling.ts';
import { tokenAt } from '../towers/tokens.ts';
import type { TextTowerDescription } from '../towers/tower-description.ts';
import type { Weights } from '../weights.ts';
import { type ClipTransformer, readClipTransformer, writeClipTransformer } from './clip-transformer.ts';

interface ClipText {
  readonly transformer: ClipTransformer;
  readonly contextLength: number;
  readonly vocabularySize: number;
}

/** Configurations from before the right id was written into them; the highest id, the end token's, is looked for then. */
const legacyEndId = 2;
const defaults = { width: 512, innerWidth: 2048, heads: 8 };

/** `CLIPTextModelWithProjection`: transformers, `models/clip/modeling_clip.py`. */
export function readClipText(config: JsonObject, { file, projection }: { file: string; projection: number }): TextTowerDescription {
  const fields = jsonFields(config, file);
  const text = readSizes(config, { epsilon: 1e-5, activation: 'quick_gelu', positions: 77, words: 49_408, file });
  const endId = fields.integer('eos_token_id', { default: 49_407 });
  return {
    contextLength: text.contextLength,
    padding: 'LONGEST',
    vocabularySize: text.vocabularySize,
    summary: summaryOf(text),
    write(graph, weights, { ids }) {
      const own = weights.withPrefix('text_model.');
      const hidden = encode(graph, own, ids, { ...text, mask: causalMask(graph, ids) });
      const isEnd = (): Value => graph.cast(graph.node('Equal', [graph.cast(ids, 'INT64'), graph.integers(endId)]), 'INT32');
      const chosen = tokenWhere(graph, hidden, endId === legacyEndId ? ids : isEnd());
      const pooled = finalNorm(graph, own, chosen, text);
      return linear(graph, weights, pooled, { name: 'text_projection', from: text.transformer.width, to: projection, bias: false });
    },
  };
}

/** `SiglipTextModel`: every token sees every other, padding too, and the last one is the feature. */
export function readSiglipText(config: JsonObject, { file, dimensions }: { file: string; dimensions: number }): TextTowerDescription {
  const text = readSizes(config, { epsilon: 1e-6, activation: 'gelu_pytorch_tanh', positions: 64, words: 32_000, file });
  return {
    contextLength: text.contextLength,
    padding: 'CONTEXT',
    vocabularySize: text.vocabularySize,
    summary: summaryOf(text),
    write(graph, weights, { ids }) {
      const own = weights.withPrefix('text_model.');
      const hidden = encode(graph, own, ids, text);
      const pooled = finalNorm(graph, own, tokenAt(graph, hidden, -1), text);
      return linear(graph, own, pooled, { name: 'head', from: text.transformer.width, to: dimensions });
    },
  };
}

function readSizes(
  config: JsonObject,
  { epsilon, activation, positions, words, file }: { epsilon: number; activation: string; positions: number; words: number; file: string },
): ClipText {
  const fields = jsonFields(config, file);
  const usual = activation === 'quick_gelu' ? defaults : { width: 768, innerWidth: 3072, heads: 12 };
  return {
    transformer: readClipTransformer(fields, { ...usual, epsilon, activation }, file),
    contextLength: fields.integer('max_position_embeddings', { min: 1, max: 1_000_000, default: positions }),
    vocabularySize: fields.integer('vocab_size', { min: 1, default: words }),
  };
}

function encode(graph: GraphBuilder, weights: Weights, ids: Value, { mask, ...text }: ClipText & { mask?: Value }): Value {
  const { transformer, contextLength, vocabularySize } = text;
  const table = weights.withPrefix('embeddings.');
  const words = table.rows('token_embedding.weight', [vocabularySize, transformer.width], ids);
  const places = table.rows('position_embedding.weight', [contextLength, transformer.width], countingPositions(graph, ids));
  return writeClipTransformer(graph, weights, graph.add(words, places), { transformer, mask });
}

/** The norm works on each token alone, so it can come after the choice of one. */
function finalNorm(graph: GraphBuilder, weights: Weights, chosen: Value, { transformer }: ClipText): Value {
  return layerNorm(graph, weights, chosen, { name: 'final_layer_norm', size: transformer.width, epsilon: transformer.epsilon });
}

function summaryOf({ transformer }: ClipText): string {
  return `a text transformer of ${transformer.layers} layers of width ${transformer.width}`;
}
