import { copyFile, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import type { WritableType } from '../../src/formats/gguf/ggml-types.ts';
import { readGgufHeader } from '../../src/formats/gguf/gguf-header.ts';
import { ggufSizeBytes, writeGguf } from '../../src/formats/gguf/gguf-writer.ts';
import { u32 } from '../../src/formats/gguf/metadata-values.ts';
import { convertCheckpoint } from '../../src/formats/gguf-conversion/convert-checkpoint.ts';
import { planRequantization } from '../../src/formats/gguf-conversion/plan-requantization.ts';
import { writeGgufFile } from '../support/gguf-file.ts';
import { randomLora } from '../support/gguf-models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const { signal } = new AbortController();
const checkpoint = (name: string) => join(import.meta.dirname, '..', 'golden', name, 'model');
const converted = (name: string, type: WritableType) => convertCheckpoint(checkpoint(name), { name: 'a', type, signal });

/** The file that a plan writes. */
async function planned(folder: string, type: WritableType): Promise<{ bytes: Buffer; path: string; replaced: readonly string[] }> {
  const plan = await planRequantization(folder, { type, signal });
  const [output] = plan?.outputs ?? [];
  if (!plan || !output) throw new Error('there is nothing to do');
  const pieces: Uint8Array[] = [];
  for await (const piece of writeGguf(output.gguf)) pieces.push(piece);
  const bytes = Buffer.concat(pieces);
  expect(bytes.length).toBe(ggufSizeBytes(output.gguf));
  return { bytes, path: output.path, replaced: plan.replaced };
}

describe('a GGUF stored in another type', () => {
  test.each<[string, WritableType, WritableType]>([
    ['tiny-llama-hf', 'F32', 'F16'],
    ['tiny-llama-hf', 'F32', 'BF16'],
    ['tiny-llama-hf', 'F32', 'Q8_0'],
    ['tiny-llama-hf-bf16', 'BF16', 'Q8_0'],
    ['tiny-llama-hf-bf16', 'BF16', 'F32'],
    ['tiny-llama-hf-bf16', 'BF16', 'F16'],
  ])('%s from %s to %s is byte for byte the one that is made of the checkpoint', async (name, from, to) => {
    await using folder = await temporaryFolder();
    await writeGgufFile(join(folder.path, 'source.gguf'), await converted(name, from));
    const direct = await readFile(await writeGgufFile(join(folder.path, 'direct', 'x'), await converted(name, to)));
    const { bytes, path, replaced } = await planned(folder.path, to);
    expect(bytes.equals(direct)).toBe(true);
    expect([path, replaced]).toEqual([`model-${to}.gguf`, ['source.gguf']]);
  });

  test('keeps an alignment of its own, says how it is stored where nothing was said, and never has the name of its source', async () => {
    await using folder = await temporaryFolder();
    const { metadata, tensors } = await converted('tiny-llama-hf', 'F32');
    const told = [...metadata].filter(([key]) => key !== 'general.file_type' && key !== 'general.quantization_version');
    const aligned = { metadata: [...told, ['general.alignment', u32(256)] as const], tensors, alignmentBytes: 256 };
    await writeGgufFile(join(folder.path, 'model-Q8_0.gguf'), aligned);
    const { bytes, path } = await planned(folder.path, 'Q8_0');
    expect(path).toBe('model-as-Q8_0.gguf');
    await writeFile(join(folder.path, 'new.bin'), bytes);
    const header = await readGgufHeader(folder.path, 'new.bin');
    expect(header.alignmentBytes).toBe(256);
    expect(header.metadata.get('general.file_type')).toEqual({ type: 'u32', value: 7 });
    expect(header.metadata.get('general.quantization_version')).toEqual({ type: 'u32', value: 2 });
    expect(header.metadata.size).toBe(told.length + 3);
    expect(header.tensors.find(({ name }) => name === 'token_embd.weight')?.type.name).toBe('Q8_0');
    expect(header.tensors.find(({ name }) => name === 'output_norm.weight')?.type.name).toBe('F32');
  });

  test('needs nothing where it is stored so already, and leaves adapters alone', async () => {
    await using folder = await temporaryFolder();
    await writeGgufFile(join(folder.path, 'source.gguf'), await converted('tiny-llama-hf', 'F16'));
    await writeGgufFile(join(folder.path, 'style-lora.gguf'), randomLora());
    expect(await planRequantization(folder.path, { type: 'F16', signal })).toBeNull();
    expect((await planned(folder.path, 'Q8_0')).replaced).toEqual(['source.gguf']);
  });

  test('is refused where blocks would be taken apart, or where it is in parts', async () => {
    await using folder = await temporaryFolder();
    const file = await writeGgufFile(join(folder.path, 'source.gguf'), await converted('tiny-llama-hf', 'Q8_0'));
    await expect(planRequantization(folder.path, { type: 'F16', signal })).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      message: expect.stringContaining('Q8_0'),
    });
    await rename(file, join(folder.path, 'a.gguf'));
    await copyFile(join(folder.path, 'a.gguf'), join(folder.path, 'b.gguf'));
    await expect(planRequantization(folder.path, { type: 'F16', signal })).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' });
  });
});
