import { InvalidModelFileError, quote } from '../../errors.ts';
import type { StoredTensor, StoredTensors } from '../safetensors-types.ts';
import { type CausalConfig, unsupported } from './causal-config.ts';

/** One weight of the model under both of its names. */
export interface PlannedTensor {
  /** As transformers calls it. */
  readonly source: string;
  /** As llama.cpp calls it. */
  readonly target: string;
  /** Sizes of the dimensions, outermost first. */
  readonly shape: readonly number[];
  /**
   * How many heads the rows belong to where each head's rows change places: transformers turns a head's first half against its
   * second, llama.cpp turns neighbours in the architecture `llama`. 0 for all other tensors.
   */
  readonly interleavedHeads: number;
}

/** All weights of a model, in the order in which they are written. */
export function planTensors(config: CausalConfig): PlannedTensor[] {
  const { width, vocabularySize, layers, hasTiedEmbeddings } = config;
  return [
    whole('model.embed_tokens.weight', 'token_embd.weight', [vocabularySize, width]),
    ...Array.from({ length: layers }, (_, layer) => planLayer(config, layer)).flat(),
    whole('model.norm.weight', 'output_norm.weight', [width]),
    ...(hasTiedEmbeddings ? [] : [whole('lm_head.weight', 'output.weight', [vocabularySize, width])]),
  ];
}

/** What the linear layers of a llama's blocks are as large as. */
export type BlockSizes = Pick<CausalConfig, 'architecture' | 'width' | 'feedForward' | 'layers' | 'heads' | 'kvHeads' | 'headWidth'>;

/** The weights of the linear layers of one block, without their ending: what a LoRA can be on. */
export function planProjections(
  { architecture, width, feedForward, heads, kvHeads, headWidth }: BlockSizes,
  layer: number,
): PlannedTensor[] {
  const from = `model.layers.${layer}`;
  const to = `blk.${layer}`;
  const isTurned = architecture === 'llama';
  const queries = heads * headWidth;
  const keys = kvHeads * headWidth;
  return [
    { source: `${from}.self_attn.q_proj`, target: `${to}.attn_q`, shape: [queries, width], interleavedHeads: isTurned ? heads : 0 },
    { source: `${from}.self_attn.k_proj`, target: `${to}.attn_k`, shape: [keys, width], interleavedHeads: isTurned ? kvHeads : 0 },
    whole(`${from}.self_attn.v_proj`, `${to}.attn_v`, [keys, width]),
    whole(`${from}.self_attn.o_proj`, `${to}.attn_output`, [width, queries]),
    whole(`${from}.mlp.gate_proj`, `${to}.ffn_gate`, [feedForward, width]),
    whole(`${from}.mlp.up_proj`, `${to}.ffn_up`, [feedForward, width]),
    whole(`${from}.mlp.down_proj`, `${to}.ffn_down`, [width, feedForward]),
  ];
}

function planLayer(config: CausalConfig, layer: number): PlannedTensor[] {
  const { architecture, width, headWidth } = config;
  const from = `model.layers.${layer}`;
  const to = `blk.${layer}`;
  const projections = planProjections(config, layer).flatMap(({ source, target, shape, interleavedHeads }) => [
    { source: `${source}.weight`, target: `${target}.weight`, shape, interleavedHeads },
    ...(hasBias(config, source)
      ? [{ source: `${source}.bias`, target: `${target}.bias`, shape: shape.slice(0, 1), interleavedHeads }]
      : []),
  ]);
  return [
    whole(`${from}.input_layernorm.weight`, `${to}.attn_norm.weight`, [width]),
    ...projections,
    ...(architecture === 'qwen3'
      ? ['q', 'k'].map((part) => whole(`${from}.self_attn.${part}_norm.weight`, `${to}.attn_${part}_norm.weight`, [headWidth]))
      : []),
    whole(`${from}.post_attention_layernorm.weight`, `${to}.ffn_norm.weight`, [width]),
  ];
}

function hasBias({ architecture, hasAttentionBias, hasFeedForwardBias }: CausalConfig, source: string): boolean {
  if (source.includes('.mlp.')) return hasFeedForwardBias;
  // qwen2 has none on the output of attention.
  return hasAttentionBias && !(architecture === 'qwen2' && source.endsWith('.o_proj'));
}

function whole(source: string, target: string, shape: readonly number[]): PlannedTensor {
  return { source, target, shape, interleavedHeads: 0 };
}

/** What a checkpoint may have besides: frequencies that follow from the config, and an output that is tied to the table. */
const leftOut = [/\.rotary_emb\.inv_freq$/, /\.attention\.(bias|masked_bias)$/];

/**
 * Finds each planned weight among the stored ones. Throws `INVALID_MODEL_FILE` for one that is missing or has another shape,
 * `UNSUPPORTED_MODEL` for a weight that would be lost, or that is stored in a type that is not read.
 */
export function findTensors(
  plan: readonly PlannedTensor[],
  stored: StoredTensors,
  { hasTiedEmbeddings }: CausalConfig,
): Map<PlannedTensor, StoredTensor> {
  const found = new Map(plan.map((planned) => [planned, requireTensor(planned, stored)]));
  const known = new Set(plan.map(({ source }) => source));
  const isKnown = (name: string) =>
    known.has(name) || leftOut.some((pattern) => pattern.test(name)) || (hasTiedEmbeddings && name === 'lm_head.weight');
  const unknown = [...stored.keys()].find((name) => !isKnown(name));
  if (unknown !== undefined) throw unsupported(`its tensor ${quote(unknown)} has no place in the llama layout`);
  return found;
}

function requireTensor({ source, shape }: PlannedTensor, stored: StoredTensors): StoredTensor {
  const tensor = stored.get(source);
  if (!tensor)
    throw new InvalidModelFileError({ file: 'config.json', message: `By it there is a tensor ${quote(source)}; no file has it.` });
  if (tensor.shape.length !== shape.length || shape.some((size, axis) => tensor.shape[axis] !== size)) {
    const message = `Tensor ${quote(source)} has shape [${tensor.shape.slice(0, 8).join(', ')}]; by config.json it is [${shape.join(', ')}].`;
    throw new InvalidModelFileError({ file: tensor.file, message });
  }
  if (!['F32', 'F16', 'BF16'].includes(tensor.dtype)) throw unsupported(`its tensor ${quote(source)} is stored as ${tensor.dtype}`);
  return tensor;
}
