import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { addedToken } from '../../src/formats/added-tokens.ts';
import type { Dtype } from '../../src/formats/safetensors-types.ts';
import { type TensorData, writeSafetensors } from '../../src/formats/safetensors-writer.ts';
import { wordPieceJson } from '../../src/formats/word-piece-json.ts';

/** Sizes of a made BERT. */
export interface BertSizes {
  hidden: number;
  intermediate: number;
  layers: number;
  heads: number;
  positions: number;
}

/** What to make; all of it has a default. */
export interface CheckpointOptions {
  /** How weights are stored; the numbers before rounding are the same. */
  dtype?: 'F32' | 'F16' | 'BF16';
  /** More than 1 writes `model-0000x-of-0000y.safetensors` and an index. */
  shards?: number;
  /** Fields of 1_Pooling/config.json; null leaves out the module. */
  pooling?: Record<string, unknown> | null;
  normalize?: boolean;
  /** False leaves out modules.json, so that it is a bare encoder. */
  modulesJson?: boolean;
  /** In front of every tensor's name, e.g. `bert.`. */
  prefix?: string;
  /** `gamma` and `beta` as TensorFlow checkpoints call LayerNorm's tensors. */
  oldNormNames?: boolean;
  sizes?: Partial<BertSizes>;
  seed?: number;
  /** null leaves out sentence_bert_config.json. */
  maxSequenceLength?: number | null;
  /** Laid over config.json. */
  config?: Record<string, unknown>;
  /** Content of config_sentence_transformers.json. */
  sentenceConfig?: Record<string, unknown>;
}

/** A tensor before it is stored. */
export interface MadeTensor {
  name: string;
  shape: number[];
  values: Float32Array;
}

const words = 'the a cat dog sat on mat hello world quick brown fox jumps over lazy and of to in is it query passage document'.split(' ');
const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789.,:;!?-'];

/** Tokens of the made WordPiece vocabulary; the index is the id. */
export const madeVocabulary = [
  '[PAD]',
  '[UNK]',
  '[CLS]',
  '[SEP]',
  '[MASK]',
  ...words,
  ...letters.filter((letter) => letter !== 'a'),
  ...letters.map((letter) => `##${letter}`),
];

/** Writes a small random sentence-transformers BERT into `folder` (made where missing); equal options give equal bytes. */
export async function makeCheckpoint(folder: string, options: CheckpointOptions = {}): Promise<void> {
  const { dtype = 'F32', shards = 1, pooling = {}, normalize = true, modulesJson = true, maxSequenceLength = 32 } = options;
  const sizes = sizesOf(options);
  await writeJson(folder, 'config.json', {
    architectures: ['BertModel'],
    model_type: 'bert',
    hidden_size: sizes.hidden,
    intermediate_size: sizes.intermediate,
    num_hidden_layers: sizes.layers,
    num_attention_heads: sizes.heads,
    max_position_embeddings: sizes.positions,
    vocab_size: madeVocabulary.length,
    type_vocab_size: 2,
    hidden_act: 'gelu',
    layer_norm_eps: 1e-12,
    ...options.config,
  });
  await writeJson(folder, 'tokenizer.json', madeTokenizer());
  await writeJson(folder, 'tokenizer_config.json', { tokenizer_class: 'BertTokenizer', do_lower_case: true, model_max_length: 512 });
  if (modulesJson) {
    const kinds = ['Transformer', ...(pooling ? ['Pooling'] : []), ...(normalize ? ['Normalize'] : [])];
    const entry = (kind: string, idx: number) => ({
      idx,
      name: `${idx}`,
      path: idx === 0 ? '' : `${idx}_${kind}`,
      type: `sentence_transformers.models.${kind}`,
    });
    await writeJson(folder, 'modules.json', kinds.map(entry));
    if (pooling)
      await writeJson(folder, '1_Pooling/config.json', {
        word_embedding_dimension: sizes.hidden,
        pooling_mode_mean_tokens: true,
        ...pooling,
      });
    if (maxSequenceLength !== null)
      await writeJson(folder, 'sentence_bert_config.json', { max_seq_length: maxSequenceLength, do_lower_case: false });
  }
  if (options.sentenceConfig) await writeJson(folder, 'config_sentence_transformers.json', options.sentenceConfig);
  await writeWeights(
    folder,
    madeTensors(options).map((tensor) => stored(tensor, dtype)),
    shards,
  );
}

/** The weights that `makeCheckpoint` stores, before rounding. */
export function madeTensors(options: CheckpointOptions = {}): MadeTensor[] {
  const { prefix = '', oldNormNames = false, seed = 1 } = options;
  const { hidden, intermediate, layers, positions } = sizesOf(options);
  const random = seededRandom(seed);
  const tensors: MadeTensor[] = [];
  const put = (name: string, shape: number[], center: number, spread: number): void => {
    const values = Float32Array.from(
      { length: shape.reduce((product, size) => product * size, 1) },
      () => center + (random() * 2 - 1) * spread,
    );
    tensors.push({ name: prefix + name, shape, values });
  };
  const linear = (name: string, from: number, to: number): void => {
    put(`${name}.weight`, [to, from], 0, 1.5 / Math.sqrt(from));
    put(`${name}.bias`, [to], 0, 0.3);
  };
  const norm = (name: string): void => {
    put(`${name}.${oldNormNames ? 'gamma' : 'weight'}`, [hidden], 1, 0.4);
    put(`${name}.${oldNormNames ? 'beta' : 'bias'}`, [hidden], 0, 0.4);
  };
  put('embeddings.word_embeddings.weight', [madeVocabulary.length, hidden], 0, 1);
  put('embeddings.position_embeddings.weight', [positions, hidden], 0, 0.5);
  put('embeddings.token_type_embeddings.weight', [2, hidden], 0, 0.5);
  norm('embeddings.LayerNorm');
  for (let layer = 0; layer < layers; layer += 1) {
    const name = `encoder.layer.${layer}`;
    for (const part of ['query', 'key', 'value']) linear(`${name}.attention.self.${part}`, hidden, hidden);
    linear(`${name}.attention.output.dense`, hidden, hidden);
    norm(`${name}.attention.output.LayerNorm`);
    linear(`${name}.intermediate.dense`, hidden, intermediate);
    linear(`${name}.output.dense`, intermediate, hidden);
    norm(`${name}.output.LayerNorm`);
  }
  return tensors;
}

/** Writes tensors as one file or as shards with an index. */
export async function writeWeights(folder: string, tensors: readonly TensorData[], shards = 1): Promise<void> {
  if (shards === 1) return writeBytes(folder, 'model.safetensors', writeSafetensors(tensors, { format: 'pt' }));
  const nameOf = (index: number): string => `model-${pad(1 + (index % shards))}-of-${pad(shards)}.safetensors`;
  for (let shard = 0; shard < shards; shard += 1) {
    await writeBytes(
      folder,
      nameOf(shard),
      writeSafetensors(
        tensors.filter((_, index) => index % shards === shard),
        { format: 'pt' },
      ),
    );
  }
  await writeJson(folder, 'model.safetensors.index.json', {
    metadata: { total_size: tensors.reduce((sum, { data }) => sum + data.length, 0) },
    weight_map: Object.fromEntries(tensors.map(({ name }, index) => [name, nameOf(index)])),
  });
}

/** A tensor's bytes in a storage type, rounded to nearest. */
export function stored({ name, shape, values }: MadeTensor, dtype: Dtype): TensorData {
  return { name, shape, dtype, data: new Uint8Array(encode(values, dtype)) };
}

function encode(values: Float32Array, dtype: Dtype): ArrayBuffer {
  if (dtype === 'F32') return Float32Array.from(values).buffer;
  if (dtype === 'F16') return Float16Array.from(values).buffer;
  if (dtype !== 'BF16') throw new Error(`The maker does not write ${dtype}.`);
  const bits = new Uint32Array(Float32Array.from(values).buffer);
  return Uint16Array.from(bits, (bit) => (bit + 0x7fff + ((bit >>> 16) & 1)) >>> 16).buffer;
}

/** A WordPiece tokenizer over `madeVocabulary`, with truncation and padding of its own that must not be used. */
export function madeTokenizer(): Record<string, unknown> {
  const added = madeVocabulary.slice(0, 5).map((content, id) => addedToken(content, { id, special: true }));
  return {
    ...wordPieceJson({ vocabulary: new Map(madeVocabulary.map((token, id) => [token, id])), added }),
    truncation: { direction: 'Right', max_length: 7, strategy: 'LongestFirst', stride: 0 },
    padding: { strategy: { Fixed: 7 }, direction: 'Right', pad_to_multiple_of: null, pad_id: 0, pad_type_id: 0, pad_token: '[PAD]' },
  };
}

/** Writes a JSON file, with the folders that it needs. */
export async function writeJson(folder: string, file: string, value: unknown): Promise<void> {
  await writeBytes(folder, file, [new TextEncoder().encode(JSON.stringify(value, null, 2))]);
}

async function writeBytes(folder: string, file: string, parts: Iterable<Uint8Array>): Promise<void> {
  await mkdir(dirname(join(folder, file)), { recursive: true });
  await writeFile(join(folder, file), Buffer.concat([...parts]));
}

function sizesOf({ sizes }: CheckpointOptions): BertSizes {
  return { hidden: 32, intermediate: 48, layers: 2, heads: 4, positions: 40, ...sizes };
}

/** mulberry32: small, seeded, the same everywhere. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function pad(number: number): string {
  return String(number).padStart(5, '0');
}
