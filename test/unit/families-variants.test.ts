import { cp, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { inspectCheckpoint, openEngine } from '../../src/engines/open.ts';
import { InvalidModelFileError, UnsupportedModelError } from '../../src/errors.ts';
import { relativeBucket } from '../../src/formats/architectures/blocks/relative-bias.ts';
import { readStoredTensors } from '../../src/formats/safetensors.ts';
import type { TensorData } from '../../src/formats/safetensors-writer.ts';
import { stored, writeJson, writeWeights } from '../support/checkpoint-maker.ts';
import { embedTogether, embedWith, prepareTexts } from '../support/embedding.ts';
import { expectClose, goldenExpected, goldenFolder, largestDifference } from '../support/golden.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const sampleOf = (name: string) => goldenExpected(name).items.filter((_, index) => [0, 4, 5, 13].includes(index));

/** A copy of a golden case with fields laid over its config.json; undefined takes one out. */
async function copyCase(folder: string, name: string, changes: Record<string, unknown> = {}): Promise<void> {
  await cp(goldenFolder(name), folder, { recursive: true });
  const config = JSON.parse(await readFile(join(folder, 'config.json'), 'utf8')) as Record<string, unknown>;
  await writeJson(folder, 'config.json', { ...config, ...changes });
}

async function worstDifference(folder: string, name: string): Promise<number> {
  const sample = sampleOf(name);
  const vectors = await embedWith(
    folder,
    sample.map(({ text }) => text),
  );
  return Math.max(...sample.map(({ embedding }, index) => largestDifference(vectors[index] ?? [], embedding)));
}

/** The weights of a folder with their bytes. */
async function readTensors(folder: string): Promise<TensorData[]> {
  const bytes = await readFile(join(folder, 'model.safetensors'));
  return [...(await readStoredTensors(folder)).values()].map(({ name, dtype, shape, offset, length }) => ({
    name,
    dtype,
    shape: [...shape],
    data: new Uint8Array(bytes.subarray(offset, offset + length)),
  }));
}

async function refusalOf(name: string, changes: Record<string, unknown>): Promise<unknown> {
  await using folder = await temporaryFolder();
  await copyCase(folder.path, name, changes);
  return await inspectCheckpoint(folder.path).catch((error: unknown) => error);
}

describe('a config decides the numbers', () => {
  test.each<[string, Record<string, unknown>]>([
    ['tiny-roberta-st', { layer_norm_eps: 1e-2 }],
    ['tiny-xlm-roberta-st', { hidden_act: 'gelu_new' }],
    ['tiny-distilbert-st', { activation: 'relu' }],
    ['tiny-mpnet-st', { hidden_act: 'gelu_new' }],
    ['tiny-modernbert-st', { local_attention: 10 }],
    ['tiny-modernbert-st', { global_rope_theta: 150_000 }],
    ['tiny-modernbert-st', { local_rope_theta: 12_000 }],
    ['tiny-modernbert-st', { global_attn_every_n_layers: 4 }],
    ['tiny-modernbert-st', { norm_eps: 1e-2 }],
    ['tiny-modernbert-st', { hidden_activation: 'silu' }],
    ['tiny-nomic-st', { rotary_emb_base: 1200 }],
    ['tiny-nomic-st', { activation_function: 'geglu' }],
    ['tiny-nomic-st', { layer_norm_epsilon: 1e-2 }],
    ['tiny-gte-st', { rope_theta: 21_000 }],
    ['tiny-gte-st', { rope_scaling: { type: 'ntk', factor: 7 } }],
    ['tiny-gte-st', { rope_scaling: null }],
    ['tiny-qwen3-st', { rope_theta: 900_000 }],
    ['tiny-qwen3-st', { rms_norm_eps: 1e-3 }],
    ['tiny-gemma3-st', { sliding_window: 10 }],
    ['tiny-gemma3-st', { rope_theta: 900_000 }],
    ['tiny-gemma3-st', { rope_local_base_freq: 12_000 }],
    ['tiny-gemma3-st', { query_pre_attn_scalar: 12 }],
    ['tiny-gemma3-st', { layer_types: undefined, sliding_window_pattern: 2 }],
  ])('%s with %o is another model', async (name, changes) => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, name, changes);
    expect(await worstDifference(folder.path, name)).toBeGreaterThan(4e-5);
  });
});

describe('other spellings of the same model', () => {
  const both = (full: number, sliding: number) => ({
    full_attention: { rope_type: 'default', rope_theta: full },
    sliding_attention: { rope_type: 'default', rope_theta: sliding },
  });
  const plain = (theta: number) => ({ rope_type: 'default', rope_theta: theta });
  const modernTypes = ['full_attention', 'sliding_attention', 'sliding_attention', 'full_attention', 'sliding_attention'];
  // As transformers 5 writes these configs.
  test.each<[string, Record<string, unknown>]>([
    [
      'tiny-modernbert-st',
      {
        global_rope_theta: undefined,
        local_rope_theta: undefined,
        global_attn_every_n_layers: undefined,
        layer_types: modernTypes,
        rope_parameters: both(160_000, 10_000),
      },
    ],
    [
      'tiny-nomic-st',
      {
        ...Object.fromEntries(['n_embd', 'n_head', 'n_inner', 'n_layer', 'n_positions'].map((field) => [field, undefined])),
        ...Object.fromEntries(['activation_function', 'layer_norm_epsilon', 'rotary_emb_base'].map((field) => [field, undefined])),
        hidden_size: 32,
        num_attention_heads: 4,
        num_hidden_layers: 3,
        intermediate_size: 48,
        max_position_embeddings: 64,
        hidden_act: 'silu',
        layer_norm_eps: 1e-12,
        rope_parameters: plain(1000),
      },
    ],
    ['tiny-qwen3-st', { rope_theta: undefined, rope_parameters: plain(1_000_000), layer_types: Array<string>(3).fill('full_attention') }],
    ['tiny-gemma3-st', { rope_theta: undefined, rope_local_base_freq: undefined, rope_parameters: both(1_000_000, 10_000) }],
  ])('%s with the config of transformers 5', async (name, changes) => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, name, changes);
    expect(await worstDifference(folder.path, name)).toBeLessThanOrEqual(2e-5);
  });

  test.each([
    ['tiny-bert-st', 'bert.'],
    ['tiny-roberta-st', 'roberta.'],
    ['tiny-xlm-roberta-st', 'roberta.'],
    ['tiny-distilbert-st', 'distilbert.'],
    ['tiny-mpnet-st', 'mpnet.'],
    ['tiny-modernbert-st', 'model.'],
    ['tiny-gte-st', 'new.'],
    ['tiny-qwen3-st', 'model.'],
    ['tiny-gemma3-st', 'model.'],
  ])('%s with its weights under %s, as a checkpoint with a head has them', async (name, prefix) => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, name);
    const tensors = (await readTensors(folder.path)).map((tensor) => ({ ...tensor, name: prefix + tensor.name }));
    await writeWeights(folder.path, tensors);
    expect(await worstDifference(folder.path, name)).toBeLessThanOrEqual(2e-5);
  });

  test('CamemBERT is RoBERTa', async () => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, 'tiny-roberta-st', { model_type: 'camembert', architectures: ['CamembertModel'] });
    expect(await worstDifference(folder.path, 'tiny-roberta-st')).toBeLessThanOrEqual(2e-5);
  });

  test('GTE is the same under the name of transformers', async () => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, 'tiny-gte-st', { model_type: 'gte', architectures: ['GteModel'] });
    expect(await worstDifference(folder.path, 'tiny-gte-st')).toBeLessThanOrEqual(2e-5);
  });
});

describe('biases that a config asks for', () => {
  const cases: { name: string; flags: string[]; biased: RegExp }[] = [
    { name: 'tiny-modernbert-st', flags: ['norm_bias', 'attention_bias', 'mlp_bias'], biased: /(norm|Wqkv|Wo|Wi)\.weight$/ },
    { name: 'tiny-nomic-st', flags: ['qkv_proj_bias', 'mlp_fc1_bias', 'mlp_fc2_bias'], biased: /(Wqkv|out_proj|fc11|fc12|fc2)\.weight$/ },
    { name: 'tiny-qwen3-st', flags: ['attention_bias'], biased: /[qkvo]_proj\.weight$/ },
    { name: 'tiny-gemma3-st', flags: ['attention_bias'], biased: /[qkvo]_proj\.weight$/ },
  ];

  test.each(cases)('$name without them is itself with zeros, and each of them shows', async ({ name, flags, biased }) => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, name, Object.fromEntries(flags.map((flag) => [flag, true])));
    await expect(inspectCheckpoint(folder.path)).rejects.toThrow('.bias');
    const tensors = await readTensors(folder.path);
    const biases = tensors
      .filter((tensor) => biased.test(tensor.name))
      .map(({ name: weight, shape }) => ({ name: weight.replace(/weight$/, 'bias'), size: shape[0] ?? 0 }));
    const writeBiases = (isOn: (bias: string) => boolean): Promise<void> =>
      writeWeights(folder.path, [
        ...tensors,
        ...biases.map(({ name: bias, size }) => {
          const values = Float32Array.from({ length: size }, (_, index) => (isOn(bias) ? (((index * 7) % 5) - 2) / 4 : 0));
          return stored({ name: bias, shape: [size], values }, 'F32');
        }),
      ]);
    await writeBiases(() => false);
    expect(await worstDifference(folder.path, name)).toBeLessThanOrEqual(2e-5);
    const kinds = new Map(biases.map(({ name: bias }) => [bias.replace(/\.\d+\./, '.N.'), bias]));
    expect(kinds.size).toBeGreaterThanOrEqual(4);
    for (const changed of kinds.values()) {
      await writeBiases((bias) => bias === changed);
      expect(await worstDifference(folder.path, name), changed).toBeGreaterThan(2e-4);
    }
  });

  test('GTE without token types is GTE with a type of zeros', async () => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, 'tiny-gte-st');
    const isTypes = ({ name }: TensorData): boolean => name.endsWith('token_type_embeddings.weight');
    const tensors = await readTensors(folder.path);
    await writeWeights(
      folder.path,
      tensors.map((tensor) => (isTypes(tensor) ? { ...tensor, data: new Uint8Array(tensor.data.length) } : tensor)),
    );
    const texts = sampleOf('tiny-gte-st').map(({ text }) => text);
    const withZeros = await embedWith(folder.path, texts);
    await copyCase(folder.path, 'tiny-gte-st', { type_vocab_size: 0 });
    await writeWeights(
      folder.path,
      tensors.filter((tensor) => !isTypes(tensor)),
    );
    for (const [index, vector] of (await embedWith(folder.path, texts)).entries()) expectClose(vector, withZeros[index] ?? [], 1e-6);
    expect(await worstDifference(folder.path, 'tiny-gte-st')).toBeGreaterThan(2e-4);
  });
});

describe('a text of exactly as many tokens as fit', () => {
  const limits: [string, number][] = [
    ['tiny-bert-st', 64],
    ['tiny-roberta-st', 70],
    ['tiny-xlm-roberta-st', 64],
    ['tiny-distilbert-st', 80],
    ['tiny-mpnet-st', 68],
    ['tiny-modernbert-st', 256],
    ['tiny-nomic-st', 64],
    ['tiny-gte-st', 64],
    ['tiny-qwen3-st', 64],
    ['tiny-gemma3-st', 128],
  ];

  test.each(limits)('runs on %s, whose positions end at %i', async (name, limit) => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, name);
    // Without a limit of its own the positions are the limit.
    await writeJson(folder.path, 'sentence_bert_config.json', { max_seq_length: 100_000 });
    await using engine = await openEngine(folder.path, { threads: 1 });
    expect(engine.facts.maxTokens).toBe(limit);
    const word = 'the a ';
    const texts = [word.repeat(limit), 'hello', word.repeat(limit * 3)];
    const prepared = await prepareTexts(engine, texts);
    expect(prepared.map(({ ids }) => ids.length)).toEqual([limit, prepared[1]?.ids.length, limit]);
    expect(prepared.map(({ truncated }) => truncated)).toEqual([true, false, true]);
    const together = await embedTogether(engine, texts);
    expectClose(together[0] ?? [], together[2] ?? [], 1e-6);
    const [alone] = await embedTogether(engine, texts.slice(0, 1));
    expectClose(together[0] ?? [], alone ?? [], 1e-5);
  });

  // What transformers 5.23 gives in float64, before Normalize: the first values.
  test.each([
    ['tiny-roberta-st', [0.362592946, -0.522313243, 0.647662907, 0.401517892, 0.100085931, -1.06185556]],
    ['tiny-mpnet-st', [-0.383978957, -0.249743136, 0.438801302, 0.644872932, -0.192403648, -1.65959374]],
    ['tiny-xlm-roberta-st', [0.0348344146, 1.15503524, -0.673288933, -0.297031595, 0.160304021, 0.0293215173]],
  ])('%s counts no position for a padding token that is typed', async (name, expected) => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, name);
    const modules = JSON.parse(await readFile(join(folder.path, 'modules.json'), 'utf8')) as unknown[];
    await writeJson(folder.path, 'modules.json', modules.slice(0, 2));
    const [vector = new Float32Array()] = await embedWith(folder.path, ['the <pad> end of <pad><pad> it', 'a longer text beside it']);
    expectClose(vector.subarray(0, expected.length), expected, 1e-4);
  });
});

describe('what is not built', () => {
  test.each<[string, Record<string, unknown>]>([
    ['tiny-roberta-st', { position_embedding_type: 'relative_key' }],
    ['tiny-roberta-st', { is_decoder: true }],
    ['tiny-modernbert-st', { layer_types: Array<string>(5).fill('chunked_attention') }],
    ['tiny-modernbert-st', { rope_parameters: { full_attention: { rope_type: 'yarn', rope_theta: 1 } } }],
    ['tiny-modernbert-st', { hidden_activation: 'magic' }],
    ['tiny-nomic-st', { prenorm: true }],
    ['tiny-nomic-st', { rotary_emb_fraction: 0.5 }],
    ['tiny-nomic-st', { rotary_scaling_factor: 2 }],
    ['tiny-nomic-st', { num_experts: 8 }],
    ['tiny-gte-st', { rope_scaling: { type: 'dynamic', factor: 2 } }],
    ['tiny-gte-st', { rope_scaling: { type: 'ntk', factor: 2, mixed_b: 0.75 } }],
    ['tiny-gte-st', { layer_norm_type: 'rms_norm' }],
    ['tiny-qwen3-st', { use_sliding_window: true }],
    ['tiny-qwen3-st', { rope_scaling: { rope_type: 'yarn', factor: 4 } }],
    ['tiny-gemma3-st', { use_bidirectional_attention: false }],
    ['tiny-gemma3-st', { attn_logit_softcapping: 50 }],
  ])('%s with %o is refused', async (name, changes) => {
    expect(await refusalOf(name, changes)).toBeInstanceOf(UnsupportedModelError);
  });

  test.each<[string, Record<string, unknown>]>([
    ['tiny-distilbert-st', { n_heads: 5 }],
    ['tiny-roberta-st', { max_position_embeddings: 2 }],
    ['tiny-mpnet-st', { relative_attention_num_buckets: 16 }],
    ['tiny-modernbert-st', { num_attention_heads: 32 }],
    ['tiny-modernbert-st', { layer_types: ['full_attention'] }],
    ['tiny-qwen3-st', { num_key_value_heads: 3 }],
    ['tiny-qwen3-st', { head_dim: 11 }],
    ['tiny-gemma3-st', { query_pre_attn_scalar: 0 }],
    ['tiny-gemma3-st', { num_attention_heads: 3 }],
    ['tiny-nomic-st', { n_inner: 256 }],
    ['tiny-gte-st', { rope_scaling: { type: 'ntk' } }],
  ])('%s with %o is malformed', async (name, changes) => {
    expect(await refusalOf(name, changes)).toBeInstanceOf(InvalidModelFileError);
  });

  test.each(['tiny-qwen3-st', 'tiny-gemma3-st'])('%s without modules.json is no embedding model', async (name) => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, name);
    await rm(join(folder.path, 'modules.json'));
    await expect(inspectCheckpoint(folder.path)).rejects.toBeInstanceOf(UnsupportedModelError);
  });

  test('a missing tensor is named', async () => {
    await using folder = await temporaryFolder();
    await copyCase(folder.path, 'tiny-mpnet-st');
    const file = join(folder.path, 'model.safetensors');
    const bytes = await readFile(file);
    await writeFile(file, Buffer.from(bytes.toString('latin1').replace('relative_attention_bias', 'relative_attention_base'), 'latin1'));
    await expect(inspectCheckpoint(folder.path)).rejects.toThrow('encoder.relative_attention_bias.weight');
  });
});

test('relative positions fall into the buckets of the reference', () => {
  // transformers' MPNetEncoder.relative_position_bucket for these distances, negative (key before query) and positive.
  const distances = [0, 1, 7, 8, 11, 12, 15, 16, 22, 23, 31, 32, 45, 46, 63, 64, 90, 91, 127, 128, 500];
  const buckets = [0, 1, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13, 14, 14, 15, 15, 15, 15];
  expect(distances.map((distance) => relativeBucket(-distance, 32))).toEqual(buckets);
  expect(distances.map((distance) => relativeBucket(distance, 32))).toEqual(buckets.map((bucket) => (bucket === 0 ? 0 : bucket + 16)));
});
