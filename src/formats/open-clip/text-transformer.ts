import { additiveMask } from '../architectures/blocks/attention.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { linear } from '../architectures/blocks/linear.ts';
import { causalMask } from '../architectures/blocks/position-masks.ts';
import { countingPositions } from '../architectures/blocks/positions.ts';
import { jsonFields } from '../json-fields.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { tokenWhere } from '../towers/text-pooling.ts';
import { rowsForEach, tokenAt } from '../towers/tokens.ts';
import type { TextTowerDescription } from '../towers/tower-description.ts';
import type { Weights } from '../weights.ts';
import { openClipConfigFile as file, type OpenClipConfig } from './config.ts';
import { refuseUnknownKeys, unsupportedOption } from './known-keys.ts';
import { type OpenClipTransformer, readTransformer, transformerKeys, writeTransformer } from './residual-block.ts';

const textKeys = new Set([
  ...transformerKeys,
  'context_length',
  'vocab_size',
  'heads',
  'embed_cls',
  'pad_id',
  'eos_id',
  'no_causal_mask',
  'use_pad_mask',
  'correct_cls_mask',
  'pool_type',
  'proj_type',
  'proj_bias',
  // Of the tokenizer: read beside it.
  'hf_tokenizer_name',
  'tokenizer_kwargs',
  'tokenizer_mode',
  // Which upstream reads and does not use.
  'final_ln_after_pool',
  'output_tokens',
  // Without a name of transformers' the others of its settings mean nothing.
  'hf_model_name',
  'hf_model_pretrained',
  'hf_proj_type',
  'hf_pooler_type',
]);

const pools = ['first', 'last', 'argmax', 'eos'] as const;

interface TextTransformer {
  readonly transformer: OpenClipTransformer;
  readonly contextLength: number;
  readonly vocabularySize: number;
  readonly isCausal: boolean;
  /** CoCa's class token, put behind the text. */
  readonly hasClassToken: boolean;
  /** Whether padding is kept from attention, and whether the class token's place in that mask is the last one, as it should be. */
  readonly masksPadding: boolean;
  readonly hasRightClassMask: boolean;
  readonly padId: number;
  readonly endId: number;
  readonly pool: (typeof pools)[number];
  readonly projection: 'MATRIX' | 'LINEAR' | 'NONE';
  readonly embedDimensions: number;
}

/** open_clip's own text tower: `TextTransformer` in its `transformer.py`, whose parts `CLIP` holds flat. */
export function readTextTransformer({ text, embedDimensions, quickGelu, customText }: OpenClipConfig): TextTowerDescription {
  refuseUnknownKeys(text, textKeys, { file, path: 'text_cfg' });
  const fields = jsonFields(text, file);
  const flag = (name: string): boolean => fields.boolean(name, { default: false });
  const width = fields.integer('width', { min: 1, max: 65_536, default: 512 });
  const layers = fields.integer('layers', { max: 1000, default: 12 });
  const poolName = fields.string('pool_type', { default: 'argmax' });
  const pool = pools.find((candidate) => candidate === poolName);
  if (!pool) throw unsupportedOption(`text_cfg.pool_type ${JSON.stringify(poolName.slice(0, 100))}`);
  const hasProjection = fields.string('proj_type', { default: 'linear' }) !== 'none';
  const isCausal = !flag('no_causal_mask');
  const hasClassToken = flag('embed_cls');
  const tower: TextTransformer = {
    transformer: readTransformer(text, { heads: fields.integer('heads', { min: 1, default: 8 }), width, layers, quickGelu, file }),
    contextLength: fields.integer('context_length', { min: 1, max: 1_000_000, default: 77 }),
    vocabularySize: fields.integer('vocab_size', { min: 1, default: 49_408 }),
    isCausal,
    hasClassToken,
    masksPadding: hasClassToken || (customText && flag('use_pad_mask') && !isCausal),
    hasRightClassMask: flag('correct_cls_mask'),
    padId: fields.integer('pad_id', { default: 0 }),
    endId: fields.integer('eos_id', { default: 2 }),
    pool,
    projection: hasProjection ? (flag('proj_bias') ? 'LINEAR' : 'MATRIX') : 'NONE',
    embedDimensions: hasProjection ? embedDimensions : width,
  };
  // What comes behind a token is not seen by it, so a causal tower can do without the padding, unless its last place is asked for.
  const isShort = isCausal && !hasClassToken && pool !== 'last';
  return {
    contextLength: tower.contextLength,
    padding: isShort ? 'LONGEST' : 'CONTEXT',
    vocabularySize: tower.vocabularySize,
    summary: `a text transformer of ${layers} layers of width ${width}`,
    write: (graph, weights, { ids }) => writeTextTransformer(graph, weights, ids, tower),
  };
}

function writeTextTransformer(graph: GraphBuilder, weights: Weights, ids: Value, tower: TextTransformer): Value {
  const { transformer, contextLength, vocabularySize, hasClassToken, embedDimensions } = tower;
  const { width, epsilon } = transformer;
  const words = weights.rows('token_embedding.weight', [vocabularySize, width], ids);
  const tokens = hasClassToken ? appendClassToken(graph, weights, words, width) : words;
  const places = hasClassToken ? contextLength + 1 : contextLength;
  const positions = weights.rows('positional_embedding', [places, width], countingPositions(graph, tokens));
  const mask = maskOf(graph, { ids, tokens, tower });
  const hidden = writeTransformer(graph, weights.withPrefix('transformer.'), graph.add(tokens, positions), { transformer, mask });
  // The norm works on each token alone, so it can come after the choice of one.
  const chosen = chooseToken(graph, { hidden, ids, tower });
  const pooled = layerNorm(graph, weights, chosen, { name: 'ln_final', size: width, epsilon });
  switch (tower.projection) {
    case 'NONE':
      return pooled;
    case 'LINEAR':
      return linear(graph, weights, pooled, { name: 'text_projection', from: width, to: embedDimensions });
    case 'MATRIX':
      return graph.matMul(pooled, weights.tensor('text_projection', [width, embedDimensions]));
  }
}

function appendClassToken(graph: GraphBuilder, weights: Weights, words: Value, width: number): Value {
  const row = graph.reshape(weights.tensor('cls_emb', [width]), [1, width]);
  return graph.concat([words, rowsForEach(graph, row, words)], 1);
}

/** What is added to the attention's scores; nothing where every token sees every other. */
function maskOf(graph: GraphBuilder, { ids, tokens, tower }: { ids: Value; tokens: Value; tower: TextTransformer }): Value | undefined {
  const { isCausal, masksPadding, hasClassToken, hasRightClassMask, padId } = tower;
  const causal = isCausal ? causalMask(graph, tokens) : undefined;
  if (!masksPadding) return causal;
  const isWord = graph.cast(graph.node('Not', [graph.node('Equal', [graph.cast(ids, 'INT64'), graph.integers(padId)])]), 'INT32');
  // Upstream's first CoCa put the class token's place in front of the mask though the token stands behind: trained weights want that.
  const pads = graph.integers(hasRightClassMask ? [0, 0, 0, 1] : [0, 1, 0, 0]);
  const seen = hasClassToken ? graph.node('Pad', [isWord, pads, graph.cast(graph.integers(1), 'INT32')]) : isWord;
  const padding = additiveMask(graph, seen);
  return causal === undefined ? padding : graph.add(causal, padding);
}

/** `text_global_pool`: one token's hidden state, F32 [batch, width]. */
function chooseToken(graph: GraphBuilder, { hidden, ids, tower }: { hidden: Value; ids: Value; tower: TextTransformer }): Value {
  if (tower.hasClassToken) return tokenAt(graph, hidden, -1);
  switch (tower.pool) {
    case 'first':
      return tokenAt(graph, hidden, 0);
    case 'last':
      return tokenAt(graph, hidden, -1);
    case 'argmax':
      return tokenWhere(graph, hidden, ids);
    case 'eos':
      return tokenWhere(graph, hidden, graph.cast(graph.node('Equal', [graph.cast(ids, 'INT64'), graph.integers(tower.endId)]), 'INT32'));
  }
}
