import { InvalidModelFileError } from '../../errors.ts';
import { layerNorm } from '../architectures/blocks/layer-norm.ts';
import { jsonFields } from '../json-fields.ts';
import type { JsonObject } from '../json-file.ts';
import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';
import { meanOfTokens, slice, tokenAt } from '../towers/tokens.ts';
import { torchAttention } from '../towers/torch-attention.ts';
import type { Weights } from '../weights.ts';
import { openClipConfigFile as file } from './config.ts';
import { unsupportedOption } from './known-keys.ts';

/** Learned queries over an image's tokens, as CoCa pools them (arXiv 2205.01917, 3.2). */
export interface AttentionPooler {
  /** SHARED: one pooler, of whose answers the feature is taken. The others have a second one with a single query, beside it or behind it. */
  readonly kind: 'SHARED' | 'PARALLEL' | 'CASCADE';
  readonly queries: number;
  readonly heads: number;
}

const kinds: Readonly<Record<string, AttentionPooler['kind']>> = { parallel: 'PARALLEL', cascade: 'CASCADE' };

/** Reads `attentional_pool` and its settings; null where the tower pools otherwise. */
export function readAttentionPooler(
  vision: JsonObject,
  { outputDimensions, contextWidth }: { outputDimensions: number; contextWidth: number },
): AttentionPooler | null {
  const { attentional_pool: wanted } = vision;
  if (wanted === undefined || wanted === null || wanted === false || wanted === '') return null;
  const kind = wanted === true ? 'SHARED' : typeof wanted === 'string' && Object.hasOwn(kinds, wanted) ? kinds[wanted] : undefined;
  if (kind === undefined) throw unsupportedOption(`vision_cfg.attentional_pool ${JSON.stringify(wanted)?.slice(0, 100)}`);
  const fields = jsonFields(vision, file);
  const heads = fields.integer('attn_pooler_heads', { min: 1, default: 8 });
  if (outputDimensions % heads !== 0) {
    throw new InvalidModelFileError({ file, message: `embed_dim ${outputDimensions} is no multiple of attn_pooler_heads ${heads}.` });
  }
  if (kind !== 'SHARED' && outputDimensions !== contextWidth) {
    throw new InvalidModelFileError({
      file,
      message: `attentional_pool ${JSON.stringify(wanted)} needs an embed_dim of the width ${contextWidth}.`,
    });
  }
  return { kind, queries: fields.integer('attn_pooler_queries', { min: 1, max: 65_536, default: 256 }), heads };
}

/** `VisionTransformer._pool` with `attn_pool`: F32 [batch, sequence, width] to F32 [batch, outputDimensions]. */
export function poolByAttention(
  graph: GraphBuilder,
  weights: Weights,
  hidden: Value,
  {
    pooler,
    type,
    width,
    outputDimensions,
    epsilon,
  }: { pooler: AttentionPooler; type: 'tok' | 'avg'; width: number; outputDimensions: number; epsilon: number },
): Value {
  const sizes = { heads: pooler.heads, contextWidth: width, width: outputDimensions, epsilon };
  const norm = (value: Value): Value => layerNorm(graph, weights, value, { name: 'ln_post', size: outputDimensions, epsilon });
  const shared = weights.withPrefix('attn_pool.');
  if (pooler.kind === 'SHARED') {
    // A query's answer does not depend on the others: those that the feature is not made of are not asked.
    const used = type === 'tok' ? { from: 0, to: 1 } : { from: 1, to: pooler.queries };
    const answers = norm(attend(graph, shared, hidden, { ...sizes, queries: pooler.queries, used }));
    return type === 'tok' ? tokenAt(graph, answers, 0) : meanOfTokens(graph, answers);
  }
  const normed = norm(hidden);
  const one = { ...sizes, queries: 1, used: { from: 0, to: 1 } };
  const all = { ...sizes, queries: pooler.queries, used: { from: 0, to: pooler.queries } };
  const context = pooler.kind === 'CASCADE' ? attend(graph, shared, normed, all) : normed;
  return tokenAt(graph, attend(graph, weights.withPrefix('attn_pool_contrastive.'), context, one), 0);
}

/** `AttentionalPooler.forward`, for some of its queries. */
function attend(
  graph: GraphBuilder,
  weights: Weights,
  hidden: Value,
  {
    queries,
    used,
    heads,
    width,
    contextWidth,
    epsilon,
  }: { queries: number; used: { from: number; to: number }; heads: number; width: number; contextWidth: number; epsilon: number },
): Value {
  const table = slice(graph, weights.tensor('query', [queries, width]), { ...used, axis: 0 });
  const query = graph.unsqueeze(layerNorm(graph, weights, table, { name: 'ln_q', size: width, epsilon }), [0]);
  const context = layerNorm(graph, weights, hidden, { name: 'ln_k', size: contextWidth, epsilon });
  return torchAttention(graph, weights.withPrefix('attn.'), { query, context }, { width, contextWidth, heads });
}
