import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { InvalidModelFileError, UnsupportedModelError } from '../../src/errors.ts';
import { encodeValues, fitsRows } from '../../src/formats/gguf/encode-values.ts';
import type { WritableType } from '../../src/formats/gguf/ggml-types.ts';
import type { GgufToWrite } from '../../src/formats/gguf/gguf-writer.ts';
import { readCausalConfig } from '../../src/formats/gguf-conversion/causal-config.ts';
import { convertAdapter } from '../../src/formats/gguf-conversion/convert-adapter.ts';
import { convertCheckpoint } from '../../src/formats/gguf-conversion/convert-checkpoint.ts';
import { preTokenizerName } from '../../src/formats/gguf-conversion/pre-tokenizer.ts';
import { llama3Factors } from '../../src/formats/gguf-conversion/rope-scaling.ts';
import { interleave } from '../../src/formats/gguf-conversion/tensor-stream.ts';
import { message } from '../../src/formats/protobuf.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { signal } = new AbortController();
const golden = (...parts: string[]) => join(import.meta.dirname, '..', 'golden', 'tiny-llama-hf', ...parts);

type Json = Record<string, any>;

/** The golden llama with changes to its JSON files; `null` leaves a file out. */
async function converted(changes: Record<string, ((json: Json) => unknown) | null> = {}, type: WritableType = 'F16') {
  await using folder = await changedCopy('model', changes);
  return await convertCheckpoint(folder.path, { name: 'x', type, signal });
}

async function convertedAdapter(change: (json: Json) => unknown) {
  await using folder = await changedCopy('adapter', { 'adapter_config.json': change });
  return await convertAdapter(folder.path, { base: await readCausalConfig(golden('model')), name: 'x', signal });
}

async function changedCopy(part: string, changes: Record<string, ((json: Json) => unknown) | null>) {
  await using undo = new AsyncDisposableStack();
  const folder = undo.use(await temporaryFolder());
  await cp(golden(part), folder.path, {
    recursive: true,
    filter: (path) => !Object.keys(changes).some((name) => changes[name] === null && path.endsWith(name)),
  });
  for (const [name, change] of Object.entries(changes)) {
    if (change === null) continue;
    const path = join(folder.path, name);
    const json = JSON.parse(await readFile(path, 'utf8').catch(() => '{}'));
    await writeFile(path, JSON.stringify(change(json) ?? json));
  }
  const kept = undo.move();
  return { path: folder.path, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A change that puts a value where a path of names leads. */
function put(path: string, value: unknown) {
  return (json: Json): void => {
    const names = path.split('.');
    const last = names.pop() ?? '';
    const place = names.reduce((object, name) => object[name], json);
    place[last] = value;
  };
}

const valueAt = ({ metadata }: GgufToWrite, wanted: string): any => {
  const found = [...metadata].find(([key]) => key === wanted)?.[1];
  return found && ('values' in found ? found.values : found.value);
};

describe('values', () => {
  test('rows that blocks of 32 do not fill cannot be Q8_0', () => {
    expect([fitsRows('Q8_0', 64), fitsRows('Q8_0', 48), fitsRows('F16', 7)]).toEqual([true, false, true]);
  });

  test('Q8_0 has a scale of a half and 32 rounded bytes a block', () => {
    const bytes = encodeValues(
      'Q8_0',
      Float32Array.from({ length: 64 }, (_, index) => (index < 32 ? index - 16 : 0)),
    );
    expect(bytes).toHaveLength(68);
    const view = new DataView(bytes.buffer);
    expect(view.getFloat16(0, true)).toBeCloseTo(16 / 127, 4);
    expect([...new Int8Array(bytes.buffer, 2, 3)]).toEqual([-127, -119, -111]);
    expect(view.getFloat16(34, true)).toBe(0);
  });

  test('BF16 rounds to the nearest, ties to even, and keeps what is no number', () => {
    const halves = new Uint16Array(encodeValues('BF16', Float32Array.of(1, 1.00390625, 1.01171875, Number.NaN, -0)).buffer);
    expect([...halves]).toEqual([0x3f80, 0x3f80, 0x3f82, expect.any(Number), 0x8000]);
    expect((halves[3] ?? 0) & 0x7fff).toBeGreaterThan(0x7f80);
  });

  test("a head's halves become neighbours, head by head", () => {
    expect([...interleave(Float32Array.of(0, 1, 2, 3, 10, 11, 12, 13), { rowsOfHead: 4, rows: 8 })]).toEqual([0, 2, 1, 3, 10, 12, 11, 13]);
  });
});

describe('metadata of a converted model', () => {
  test('sizes, ids, the template, and that texts begin with the first token', async () => {
    const model = await converted();
    const told = [
      'general.architecture',
      'general.file_type',
      'llama.context_length',
      'llama.attention.head_count_kv',
      'llama.rope.freq_base',
    ];
    expect(told.map((key) => valueAt(model, key))).toEqual(['llama', 1, 256, 2, 500_000]);
    expect(valueAt(model, 'tokenizer.ggml.pre')).toBe('llama-bpe');
    expect(valueAt(model, 'tokenizer.ggml.bos_token_id')).toBe(556);
    expect(valueAt(model, 'tokenizer.ggml.eos_token_id')).toBe(557);
    expect(valueAt(model, 'tokenizer.ggml.add_bos_token')).toBe(true);
    expect(valueAt(model, 'tokenizer.chat_template')).toContain('start_header_id');
    expect(valueAt(model, 'tokenizer.ggml.tokens')).toHaveLength(561);
    expect(valueAt(model, 'tokenizer.ggml.token_type').slice(554)).toEqual([1, 1, 3, 3, 3, 3, 3]);
  });

  test('several ends of an answer, from the generation config', async () => {
    const model = await converted({ 'generation_config.json': () => ({ eos_token_id: [557, 560] }) });
    expect([valueAt(model, 'tokenizer.ggml.eos_token_id'), valueAt(model, 'tokenizer.ggml.eot_token_id')]).toEqual([557, 560]);
  });

  test('a template in a file of its own comes before the one in the settings; named ones keep their names', async () => {
    const named = await converted({
      'tokenizer_config.json': (json) => {
        json.chat_template = [
          { name: 'default', template: 'usual' },
          { name: 'tool_use', template: 'tools' },
        ];
      },
    });
    expect(valueAt(named, 'tokenizer.chat_template')).toBe('usual');
    expect(valueAt(named, 'tokenizer.chat_template.tool_use')).toBe('tools');
    await using folder = await changedCopy('model', {});
    await writeFile(join(folder.path, 'chat_template.jinja'), 'own');
    expect(valueAt(await convertCheckpoint(folder.path, { name: 'x', signal }), 'tokenizer.chat_template')).toBe('own');
  });

  test('a table that is larger than the vocabulary is filled with tokens that nothing makes', async () => {
    await expect(converted({ 'config.json': put('vocab_size', 563) })).rejects.toThrow(/shape \[561, 32\].*\[563, 32\]/);
    const fewer = await converted({ 'tokenizer.json': (json) => void json.added_tokens.pop() });
    expect(valueAt(fewer, 'tokenizer.ggml.tokens').at(-1)).toBe('[PAD560]');
    expect(valueAt(fewer, 'tokenizer.ggml.token_type').at(-1)).toBe(5);
  });

  test('matrices are stored as it was asked for, norms always as F32', async () => {
    const model = await converted({}, 'Q8_0');
    const types = new Map(model.tensors.map(({ name, type }) => [name, type]));
    expect(types.get('blk.0.attn_q.weight')).toBe('Q8_0');
    expect(types.get('output_norm.weight')).toBe('F32');
    expect([...new Set(types.values())].sort()).toEqual(['F32', 'Q8_0']);
  });

  test('scalings of rotary positions: keys for linear and yarn, a tensor for llama3', async () => {
    const linear = await converted({ 'config.json': put('rope_scaling', { type: 'linear', factor: 4 }) });
    expect([valueAt(linear, 'llama.rope.scaling.type'), valueAt(linear, 'llama.rope.scaling.factor')]).toEqual(['linear', 4]);
    const yarn = await converted({
      'config.json': put('rope_scaling', { rope_type: 'yarn', factor: 2, original_max_position_embeddings: 128 }),
    });
    expect(valueAt(yarn, 'llama.rope.scaling.original_context_length')).toBe(128);
    const llama3 = await converted({
      'config.json': put('rope_scaling', { rope_type: 'llama3', factor: 8, original_max_position_embeddings: 64 }),
    });
    expect(llama3.tensors.find(({ name }) => name === 'rope_freqs.weight')?.shape).toEqual([4]);
    expect([
      ...llama3Factors({
        scaling: { type: 'llama3', factor: 8, lowFactor: 1, highFactor: 4, originalLength: 64 },
        theta: 10_000,
        headWidth: 8,
      }),
    ]).toEqual([1, expect.closeTo(7.6674, 3), 8, 8]);
  });

  test('a sliding window bounds the context', async () => {
    const mistral = (json: Json) => Object.assign(json, { architectures: ['MistralForCausalLM'], sliding_window: 64 });
    expect(valueAt(await converted({ 'config.json': mistral }), 'llama.context_length')).toBe(64);
  });
});

describe('what would come out wrong is refused in words', () => {
  test.each([
    ['another class', 'config.json', put('architectures', ['Phi3ForCausalLM']), /Phi3ForCausalLM/],
    ['another activation', 'config.json', put('hidden_act', 'gelu'), /activation is "gelu"/],
    ['weights that are quantised', 'config.json', put('quantization_config', { quant_method: 'gptq' }), /gptq/],
    ['a scaling of another kind', 'config.json', put('rope_scaling', { type: 'longrope', factor: 2 }), /longrope/],
    ['experts', 'config.json', put('num_local_experts', 8), /experts/],
    ['another way to split texts', 'tokenizer.json', put('pre_tokenizer.pretokenizers.0.pattern.Regex', '\\w+'), /splits texts/],
    ['a normalizer', 'tokenizer.json', put('normalizer', { type: 'Lowercase' }), /Lowercase/],
    ['another tokenizer', 'tokenizer.json', put('model.type', 'Unigram'), /neither/],
  ])('%s', async (_what, file, change, says) => {
    const refused = converted({ [file]: change });
    await expect(refused).rejects.toBeInstanceOf(UnsupportedModelError);
    await expect(refused).rejects.toThrow(says);
  });

  test.each([
    ['a missing tokenizer', { 'tokenizer.json': null }, /tokenizer.json.*missing/],
    ['layers that no file has', { 'config.json': put('num_hidden_layers', 3) }, /layers\.2/],
    ['a token that is there twice', { 'tokenizer.json': put('added_tokens.0.content', '<|eot_id|>') }, /both/],
    ['an id that is no number', { 'tokenizer.json': put('model.vocab.!', 'x') }, /model.vocab/],
    ['a merge that is no pair', { 'tokenizer.json': put('model.merges.3', ['a']) }, /entry 3/],
  ])('%s', async (_what, changes, says) => {
    const refused = converted(changes);
    await expect(refused).rejects.toBeInstanceOf(InvalidModelFileError);
    await expect(refused).rejects.toThrow(says);
  });

  test.each([
    ['whole modules', put('modules_to_save', ['lm_head']), /modules_to_save/],
    ['a DoRA', put('use_dora', true), /DoRA/],
    ['ranks of their own', put('rank_pattern', { q_proj: 2 }), /of their own/],
    ['no LoRA', put('peft_type', 'IA3'), /IA3/],
    ['another rank', put('r', 16), /rank is 16/],
  ])('an adapter of %s', async (_what, change, says) => {
    await expect(convertedAdapter(change)).rejects.toThrow(says);
  });

  test('a rank-stabilised adapter has its alpha times the root of the rank', async () => {
    expect(valueAt(await convertedAdapter(put('use_rslora', true)), 'adapter.lora.alpha')).toBe(16);
    expect(valueAt(await convertedAdapter(() => undefined), 'adapter.lora.alpha')).toBe(8);
  });
});

describe('a SentencePiece tokenizer.model', () => {
  /** The golden llama with a tokenizer of four pieces in place of its own. */
  async function withPieces({ modelType, hasBytes }: { modelType: number; hasBytes: boolean }) {
    await using folder = await changedCopy('model', { 'tokenizer.json': null });
    const piece = (text: string, score: number, type: number) => message().string(1, text).float(2, score).integer(3, type);
    const trainer = message()
      .integer(3, modelType)
      .integer(35, hasBytes ? 1 : 0);
    const model = message()
      .message(1, piece('<unk>', 0, 2))
      .message(1, piece('<s>', 0, 3))
      .message(1, piece('<0x0A>', 0, 6))
      .message(1, piece('▁the', -1.5, 1))
      .message(2, trainer)
      .message(3, message().integer(3, 0));
    await writeFile(join(folder.path, 'tokenizer.model'), model.finish());
    return await convertCheckpoint(folder.path, { name: 'x', signal });
  }

  test('gives pieces, scores, types, and whether a space goes in front', async () => {
    const model = await withPieces({ modelType: 2, hasBytes: true });
    const first = (key: string) => [...valueAt(model, `tokenizer.ggml.${key}`)].slice(0, 5);
    expect(valueAt(model, 'tokenizer.ggml.model')).toBe('llama');
    expect(first('tokens')).toEqual(['<unk>', '<s>', '<0x0A>', '▁the', '[PAD4]']);
    expect(first('token_type')).toEqual([2, 3, 6, 1, 5]);
    expect(first('scores')).toEqual([0, 0, 0, -1.5, -10_000]);
    expect(valueAt(model, 'tokenizer.ggml.add_space_prefix')).toBe(false);
    expect(valueAt(model, 'tokenizer.ggml.tokens').at(556)).toBe('<|begin_of_text|>');
  });

  test('UNIGRAM is converted where it has no tokens of bytes', async () => {
    expect(valueAt(await withPieces({ modelType: 1, hasBytes: false }), 'tokenizer.ggml.model')).toBe('t5');
    await expect(withPieces({ modelType: 1, hasBytes: true })).rejects.toThrow(/UNIGRAM with tokens of single bytes/);
    await expect(withPieces({ modelType: 3, hasBytes: false })).rejects.toThrow(/neither/);
  });

  test('bytes that are none of it are refused', async () => {
    await using folder = await changedCopy('model', { 'tokenizer.json': null });
    for (const bytes of [Buffer.alloc(0), Buffer.from([0x0a, 0xff]), Buffer.alloc(20, 0xff)]) {
      await writeFile(join(folder.path, 'tokenizer.model'), bytes);
      await expect(convertCheckpoint(folder.path, { name: 'x', signal })).rejects.toBeInstanceOf(InvalidModelFileError);
    }
  });
});

describe('how texts are split', () => {
  const byteLevel = (useRegex: boolean) => ({ type: 'ByteLevel', add_prefix_space: false, use_regex: useRegex });
  const split = (Regex: string) => ({ type: 'Split', pattern: { Regex }, behavior: 'Isolated', invert: false });
  const qwen = String.raw`(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+`;
  const llama = qwen.replace('|\\p{N}|', '|\\p{N}{1,3}|');
  test.each([
    ['gpt-2', [byteLevel(true)], false],
    ['smollm', [{ type: 'Digits', individual_digits: true }, byteLevel(true)], false],
    ['qwen2', [split(qwen), byteLevel(false)], false],
    ['llama-bpe', [split(llama), byteLevel(false)], true],
    ['smaug-bpe', [split(llama), byteLevel(false)], false],
  ])('%s', (name, preTokenizers, ignoreMerges) => {
    expect(preTokenizerName({ preTokenizers, ignoreMerges })).toBe(name);
  });
});
