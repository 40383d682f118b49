import { InvalidModelFileError, quote } from '../../errors.ts';
import { type GgufFields, ggufFields } from './gguf-fields.ts';
import type { GgufHeader } from './gguf-header.ts';
import { tokensKey } from './gguf-keys.ts';
import { isRecurrent, kindOfArchitecture } from './llama-architectures.ts';

/** A model's sizes, as far as every architecture has them. */
export interface Hyperparameters {
  readonly architecture: string;
  readonly contextLength: number;
  readonly width: number;
  readonly layers: number;
  /** Of each layer; 0 where it has no attention. */
  readonly heads: readonly number[];
  readonly kvHeads: readonly number[];
  readonly feedForward: readonly number[];
  /** Width of one head's keys, and of its values. */
  readonly keyLength: number;
  readonly valueLength: number;
  /** Of experts; 0 for none. */
  readonly experts: number;
  readonly vocabularySize: number;
  /** How token vectors become one: 0 not at all, 1 mean, 2 the first, 3 the last, 4 a score; null where nothing is said. */
  readonly poolingType: number | null;
}

/** What llama.cpp has room for. */
const maxLayers = 512;
const maxExperts = 1024;
const ropeScalings = ['none', 'linear', 'yarn', 'longrope'];

/** Reads the sizes. Throws `INVALID_MODEL_FILE` where one is missing or is one that llama.cpp would abort at. */
export function readHyperparameters(header: GgufHeader, architecture: string): Hyperparameters {
  const fields = ggufFields(header);
  const at = (key: string) => `${architecture}.${key}`;
  const fail = (message: string) => new InvalidModelFileError({ file: header.file, message });
  const layers = fields.integer(at('block_count'), { min: 1, max: maxLayers });
  const width = fields.integer(at('embedding_length'), { min: 1, max: 2 ** 24 });
  const experts = readExperts(fields, at, layers);
  fields.integer(at('nextn_predict_layers'), { max: layers - 1, default: 0 });
  const hasHeads = !isRecurrent(architecture);
  const heads = fields.layerIntegers(at('attention.head_count'), { layers, max: 2 ** 16, ...(hasHeads ? {} : { default: 0 }) });
  if (hasHeads && heads.every((count) => count === 0)) throw fail(`${at('attention.head_count')} must be above 0; got 0.`);
  const kvHeads = fields.has(at('attention.head_count_kv'))
    ? fields.layerIntegers(at('attention.head_count_kv'), { layers, max: 2 ** 16 })
    : heads;
  const needsFeedForward = hasHeads && experts === 0;
  const feedForward = fields.layerIntegers(at('feed_forward_length'), { layers, ...(needsFeedForward ? {} : { default: 0 }) });
  const firstHeads = heads[0] ?? 0;
  const headWidth = firstHeads > 0 ? Math.floor(width / firstHeads) : 0;
  const keyLength = fields.integer(at('attention.key_length'), { max: 2 ** 20, default: headWidth });
  const valueLength = fields.integer(at('attention.value_length'), { max: 2 ** 20, default: headWidth });
  // What llama.cpp aborts at when it builds its graph.
  const rotated = fields.integer(at('rope.dimension_count'), { max: 2 ** 20, default: keyLength });
  if ((fields.has(at('rope.dimension_count')) && rotated % 2 !== 0) || (firstHeads > 0 && rotated > Math.max(keyLength, headWidth))) {
    throw fail(`${at('rope.dimension_count')} must be even and at most a head's ${keyLength} values; got ${rotated}.`);
  }
  const scaling = fields.text(at('rope.scaling.type'));
  if (scaling !== null && !ropeScalings.includes(scaling)) {
    throw fail(`${at('rope.scaling.type')} must be one of ${ropeScalings.join(', ')}; got ${quote(scaling)}.`);
  }
  const sizes: Hyperparameters = {
    architecture,
    contextLength: fields.integer(at('context_length'), { min: 1 }),
    width,
    layers,
    heads,
    kvHeads,
    feedForward,
    keyLength,
    valueLength,
    experts,
    vocabularySize: readVocabulary(header, { architecture, fail }),
    poolingType: fields.has(at('pooling_type')) ? fields.integer(at('pooling_type'), { max: 4 }) : null,
  };
  if (isPlainLlama(sizes)) checkPlainLlama(sizes, { fields, rotated, fail });
  return sizes;
}

/** Whether every block is attention and a gated feed-forward, by the names of the llama family. */
export function isPlainLlama({ architecture, experts }: Pick<Hyperparameters, 'architecture' | 'experts'>): boolean {
  return ['llama', 'qwen2', 'qwen3'].includes(architecture) && experts === 0;
}

function checkPlainLlama(
  sizes: Hyperparameters,
  { fields, rotated, fail }: { fields: GgufFields; rotated: number; fail: (message: string) => Error },
): void {
  const { architecture, keyLength, valueLength, width } = sizes;
  fields.positive(`${architecture}.attention.layer_norm_rms_epsilon`);
  if (keyLength !== valueLength || keyLength !== rotated || rotated % 2 !== 0) {
    throw fail(
      `A head's keys (${keyLength}), values (${valueLength}) and rotated values (${rotated}) must be as many as each other, and even.`,
    );
  }
  sizes.heads.forEach((heads, layer) => {
    const kvHeads = sizes.kvHeads[layer] ?? 0;
    if (kvHeads === 0 || heads % kvHeads !== 0) throw fail(`Its ${heads} heads cannot share ${kvHeads} heads of keys and values.`);
    if (architecture === 'qwen2' && heads * keyLength !== width)
      throw fail(`Its ${heads} heads of ${keyLength} values do not fill ${width}.`);
  });
}

function readExperts(fields: GgufFields, at: (key: string) => string, layers: number): number {
  const experts = fields.integer(at('expert_count'), { max: maxExperts, default: 0 });
  fields.layerIntegers(at('expert_used_count'), { layers, max: experts, default: 0 });
  if (experts > 0) fields.layerIntegers(at('expert_used_count'), { layers, max: experts });
  const groups = fields.integer(at('expert_group_count'), { max: Math.max(0, experts - 1), default: 0 });
  if (groups > 1) fields.integer(at('expert_group_used_count'), { min: 1, max: groups - 1 });
  return experts;
}

/** Checks that there is a vocabulary whose lists are as long as each other; answers how many tokens it has. */
function readVocabulary(header: GgufHeader, { architecture, fail }: { architecture: string; fail: (message: string) => Error }): number {
  const { metadata } = header;
  const fields = ggufFields(header);
  const model = fields.text('tokenizer.ggml.model');
  if (model === null) throw fail('tokenizer.ggml.model must be a text; it is missing.');
  // llama.cpp aborts when a text is tokenised by a vocabulary that is none, or by an encoder's words in a model that writes.
  const isEncoders = model === 'bert' && kindOfArchitecture(architecture) !== 'EMBEDDING';
  if (model === 'none' || model === 'no_vocab' || isEncoders)
    throw fail(`tokenizer.ggml.model is ${quote(model)}: no texts can be made of it.`);
  const tokens = metadata.get(tokensKey);
  if (model === 'llama' && tokens?.type === 'array' && tokens.hasBytes === false) {
    throw fail(`${tokensKey} lacks tokens of single bytes: what is not in a SentencePiece vocabulary could not be written.`);
  }
  const size = fields.length(tokensKey);
  if (size === null || size === 0) throw fail(`${tokensKey} must list the vocabulary; it is ${size === null ? 'missing' : 'empty'}.`);
  for (const key of ['tokenizer.ggml.scores', 'tokenizer.ggml.token_type']) {
    const length = fields.length(key);
    if (length !== null && length !== size) throw fail(`${key} has ${length} values for ${size} tokens.`);
  }
  if (model === 'gpt2' && fields.length('tokenizer.ggml.merges') === null) {
    throw fail('tokenizer.ggml.merges must list the merges of a byte-level BPE vocabulary; it is missing.');
  }
  return size;
}
