import { truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import { InvalidModelFileError, ModelkeepError } from '../../src/errors.ts';
import { readGgufCheckpoint } from '../../src/formats/gguf/gguf-checkpoint.ts';
import { readGgufHeader } from '../../src/formats/gguf/gguf-header.ts';
import { type GgufToWrite, ggufSizeBytes, writeGguf } from '../../src/formats/gguf/gguf-writer.ts';
import { f32, i32s, text, u32 } from '../../src/formats/gguf/metadata-values.ts';
import { bertGguf } from '../support/gguf-bert.ts';
import { ggufBytes, patched, withMetadata, withoutTensors } from '../support/gguf-bytes.ts';
import { writeGgufFile } from '../support/gguf-file.ts';
import { foxModel, randomLlama, randomLora } from '../support/gguf-models.ts';
import { evenTensor } from '../support/gguf-random-tensor.ts';
import { type MalformedGguf, malformedGgufs } from '../support/malformed-ggufs.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** Reads a folder that holds these files. */
async function read(files: Record<string, GgufToWrite | Buffer>) {
  await using folder = await temporaryFolder();
  for (const [name, content] of Object.entries(files)) {
    if (Buffer.isBuffer(content)) await writeFile(join(folder.path, name), content);
    else await writeGgufFile(join(folder.path, name), content);
  }
  return await readGgufCheckpoint(folder.path);
}

async function* take<Item>(items: AsyncIterable<Item>, count: number): AsyncGenerator<Item> {
  let left = count;
  for await (const item of items) {
    yield item;
    left -= 1;
    if (left === 0) return;
  }
}

const golden = (name: string) => join(import.meta.dirname, '..', 'golden', name, 'model');

describe('what a GGUF says of itself', () => {
  test('a model that writes: architecture, sizes, template, licence, what a token of its context takes', async () => {
    const found = await read({ 'fox.gguf': foxModel({ type: 'Q8_0' }) });
    expect(found?.facts).toMatchObject({
      library: 'LLAMA_CPP',
      architecture: 'llama',
      capabilities: ['GENERATE_TEXT', 'CHAT'],
      quantization: 'Q8_0',
      contextLength: 512,
      maxTokens: 512,
      hasChatTemplate: true,
      license: 'apache-2.0',
      keyValueBytesPerToken: 2 * 32 * 2 * 2,
    });
    expect(found?.modelFile).toBe('fox.gguf');
  });

  test('a model without a template writes, and does not chat', async () => {
    const found = await read({ 'model.gguf': randomLlama({ template: null }) });
    expect(found?.facts).toMatchObject({ capabilities: ['GENERATE_TEXT'], hasChatTemplate: false });
  });

  test('qwen2 and qwen3, heads that share keys and values, tied tables', async () => {
    for (const architecture of ['qwen2', 'qwen3'] as const) {
      const found = await read({
        'm.gguf': randomLlama({ architecture, heads: 4, kvHeads: 2, tied: true, vocabulary: { kind: 'BPE', size: 300 } }),
      });
      expect(found?.facts).toMatchObject({ architecture, keyValueBytesPerToken: 2 * (2 * 16 * 2) * 2 });
    }
  });

  test('an encoder embeds, one with a classifier reranks, and neither writes', async () => {
    const embeds = await read({ 'm.gguf': await bertGguf(golden('tiny-bert-st'), { pooling: 'MEAN' }) });
    expect(embeds?.facts).toMatchObject({ architecture: 'bert', capabilities: ['EMBED_TEXT'], dimensions: 48, maxTokens: 64 });
    const reranks = await read({ 'm.gguf': await bertGguf(golden('tiny-cross-encoder'), { pooling: 'RANK' }) });
    expect(reranks?.facts).toMatchObject({ capabilities: ['RERANK'], labels: ['LABEL_0'], dimensions: null });
  });

  test('a decoder that was made to embed does not write', async () => {
    const found = await read({ 'm.gguf': withMetadata(randomLlama({ architecture: 'qwen3' }), { 'qwen3.pooling_type': u32(3) }) });
    expect(found?.facts).toMatchObject({ capabilities: ['EMBED_TEXT'], dimensions: 64 });
  });

  test('the type of most bytes stands in for a missing file_type', async () => {
    const found = await read({ 'm.gguf': withMetadata(randomLlama({ type: 'F16' }), { 'general.file_type': null }) });
    expect(found?.facts.quantization).toBe('F16');
  });

  test('a folder without GGUF is none', async () => {
    expect(await read({})).toBeNull();
  });
});

test('sizes and offsets beyond 4 GiB are read as they were written', async () => {
  await using folder = await temporaryFolder();
  const large = { type: 'F32', shape: [2 ** 20, 1536], data: () => [] } as const;
  const model: GgufToWrite = {
    metadata: [],
    tensors: [
      { ...large, name: 'first' },
      { ...large, name: 'second' },
    ],
  };
  const file = join(folder.path, 'large.gguf');
  const [header] = await Array.fromAsync(take(writeGguf(model), 1));
  await writeFile(file, header ?? '');
  await truncate(file, ggufSizeBytes(model));
  const { tensors, sizeBytes } = await readGgufHeader(folder.path, 'large.gguf');
  expect(tensors.map(({ offset, sizeBytes: bytes }) => [offset, bytes])).toEqual([
    [0, 6 * 2 ** 30],
    [6 * 2 ** 30, 6 * 2 ** 30],
  ]);
  expect(sizeBytes).toBeGreaterThan(12 * 2 ** 30);
});

describe('several files', () => {
  const parts = (count: number): Record<string, GgufToWrite> => {
    const model = randomLlama({ tied: true });
    const split = { 'split.count': { type: 'u16', value: count }, 'split.tensors.count': i32s([1]) } as const;
    return Object.fromEntries(
      Array.from({ length: count }, (_, index) => [
        `m-0000${index + 1}-of-0000${count}.gguf`,
        {
          ...withMetadata(index === 0 ? model : { metadata: [], tensors: [] }, { ...split, 'split.no': { type: 'u16', value: index } }),
          tensors: model.tensors.filter((_tensor, place) => place % count === index),
        },
      ]),
    );
  };

  test('a model in parts is one model', async () => {
    const found = await read(parts(2));
    expect(found?.modelFile).toBe('m-00001-of-00002.gguf');
    expect(found?.facts.parameterCount).toBe((await read({ 'm.gguf': randomLlama({ tied: true }) }))?.facts.parameterCount);
  });

  test('a missing part is named', async () => {
    const { 'm-00002-of-00003.gguf': _gone, ...others } = parts(3);
    await expect(read(others)).rejects.toThrow(/m-00002-of-00003.gguf/);
  });

  test('two models are none', async () => {
    await expect(read({ 'a.gguf': foxModel(), 'b.gguf': foxModel() })).rejects.toThrow(/2 GGUF models/);
  });

  test('LoRA adapters beside a model are its own', async () => {
    const found = await read({ 'm.gguf': randomLlama(), 'style.gguf': randomLora() });
    expect(found?.adapterFiles).toEqual(['style.gguf']);
    expect(found?.modelFile).toBe('m.gguf');
  });

  test('an adapter alone is no model', async () => {
    await expect(read({ 'style.gguf': randomLora() })).rejects.toThrow(/adapters/);
  });

  test.each([
    ['of another architecture', withMetadata(randomLora(), { 'general.architecture': text('qwen2') }), /qwen2/],
    ['with half a pair', withoutTensors(randomLora(), /blk\.0\.attn_q.*lora_b/), /one half/],
    ['of another width', randomLora({ width: 128 }), /shapes/],
    ['for a layer that is not there', randomLora({ layers: 3 }), /not in the model/],
    ['with an alpha that is no number', withMetadata(randomLora(), { 'adapter.lora.alpha': text('8') }), /alpha/],
    ['with something else in it', { ...randomLora(), tensors: [...randomLora().tensors, evenTensor('extra', [4], 1)] }, /no part/],
    ['of another kind', withMetadata(randomLora(), { 'adapter.type': text('ia3'), 'adapter.lora.alpha': f32(1) }), /ia3/],
  ])('an adapter %s is refused', async (_what, adapter, says) => {
    const refused = read({ 'm.gguf': randomLlama(), 'style.gguf': adapter });
    await expect(refused).rejects.toBeInstanceOf(InvalidModelFileError);
    await expect(refused).rejects.toThrow(says);
  });
});

describe('malformed files', () => {
  let files: MalformedGguf[];
  let whole: Buffer;
  beforeAll(async () => {
    files = await malformedGgufs();
    whole = await ggufBytes(foxModel({ type: 'Q8_0' }));
  });

  test('each is refused with its reason, before the native library sees it', async () => {
    expect(files.length).toBeGreaterThanOrEqual(23);
    for (const { what, bytes, says } of files) {
      const refusal = await read({ 'bad.gguf': bytes }).then(
        () => 'read',
        (error: unknown) => error,
      );
      expect(refusal, what).toBeInstanceOf(ModelkeepError);
      expect((refusal as ModelkeepError).code, what).toMatch(/^(INVALID_MODEL_FILE|UNSUPPORTED_MODEL)$/);
      expect((refusal as ModelkeepError).message, what).toMatch(says);
    }
  });

  test('whatever is changed, cut or put over it, a file is read or refused, and never breaks the reader', async () => {
    const change = fc.record({
      at: fc.integer({ min: 0, max: 14_000 }),
      value: fc.oneof(
        fc.constantFrom(0n, 1n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 63n, 2n ** 64n - 1n),
        fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
      ),
    });
    const length = fc.option(fc.integer({ min: 0, max: whole.length }), { freq: 4, nil: whole.length });
    await using folder = await temporaryFolder();
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 3 }), length, async (changes, size) => {
        const bytes = changes
          .reduce((bytes, { at, value }) => patched(bytes, Math.min(at, bytes.length - 8), value), whole)
          .subarray(0, size);
        await writeFile(join(folder.path, 'fuzz.gguf'), bytes);
        const outcome = await readGgufCheckpoint(folder.path).catch((error: unknown) => error);
        if (outcome instanceof Error) expect(outcome).toBeInstanceOf(ModelkeepError);
      }),
      { numRuns: 300 },
    );
  });
});
