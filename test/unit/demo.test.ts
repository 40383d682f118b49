import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { writeBagOfWords } from '../../src/demo/bag-of-words.ts';
import { writeQuickFox } from '../../src/demo/quick-fox.ts';
import { listWordPieces } from '../../src/demo/word-pieces.ts';
import { wordVector } from '../../src/demo/word-vectors.ts';
import { readGgufCheckpoint } from '../../src/formats/gguf/gguf-checkpoint.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function digestsOf(folder: string): Promise<Record<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
  const digests = files.sort().map(async (path) => [
    path.slice(folder.length + 1),
    createHash('sha256')
      .update(await readFile(path))
      .digest('hex'),
  ]);
  return Object.fromEntries(await Promise.all(digests));
}

function cosine(one: Float32Array, other: Float32Array): number {
  const dot = (a: Float32Array, b: Float32Array) => a.reduce((sum, value, index) => sum + value * (b[index] ?? 0), 0);
  return dot(one, other) / Math.sqrt(dot(one, one) * dot(other, other));
}

test('the demo checkpoint has the layout of sentence-transformers and is the same on every run', async () => {
  await using folder = await temporaryFolder();
  const [first, second] = [join(folder.path, 'a'), join(folder.path, 'b')];
  await writeBagOfWords(first);
  await writeBagOfWords(second);
  await writeBagOfWords(second);
  const digests = await digestsOf(first);
  expect(Object.keys(digests)).toEqual([
    '1_Pooling/config.json',
    'config.json',
    'model.safetensors',
    'modules.json',
    'sentence_bert_config.json',
    'special_tokens_map.json',
    'tokenizer.json',
    'tokenizer_config.json',
    'vocab.txt',
  ]);
  expect(await digestsOf(second)).toEqual(digests);
  // The bytes that other machines make too: this changes only when the demo model is changed on purpose.
  expect(digests['model.safetensors']).toMatchInlineSnapshot(`"3fb38f4fb024ccdbc0d5e72b79139bc9d7d191444c5251084fa0b8956c5109b7"`);
});

test('every word has one id, and letters make any other word', () => {
  const texts = listWordPieces().map(({ text }) => text);
  expect(new Set(texts).size).toBe(texts.length);
  expect(texts.filter((text) => text !== text.toLowerCase() && !text.startsWith('['))).toEqual([]);
  for (const letter of 'abcdefghijklmnopqrstuvwxyz0123456789') expect(texts).toEqual(expect.arrayContaining([letter, `##${letter}`]));
});

test("words' vectors have their length, a mean of zero and nearly right angles", () => {
  const vectors = ['cat', 'dog', 'mat', 'moon', 'server', 'model'].map((word) => wordVector(word, 128, 0.5));
  for (const [index, vector] of vectors.entries()) {
    expect(Math.hypot(...vector)).toBeCloseTo(0.5, 5);
    expect(vector.reduce((sum, value) => sum + value, 0)).toBeCloseTo(0, 5);
    for (const other of vectors.slice(index + 1)) expect(Math.abs(cosine(vector, other))).toBeLessThan(0.35);
  }
});

test('the model that writes is the same on every run, and is a GGUF that can be chatted with', async () => {
  await using folder = await temporaryFolder();
  await writeQuickFox(join(folder.path, 'quick-fox.gguf'));
  const [digest] = Object.values(await digestsOf(folder.path));
  expect(digest).toMatchInlineSnapshot(`"1e10c02152ba3c2b06a4997ae54ac6095a97cab27e6a98f30b8feb61e06f1ad3"`);
  expect((await readGgufCheckpoint(folder.path))?.facts).toMatchObject({ architecture: 'llama', capabilities: ['GENERATE_TEXT', 'CHAT'] });
});
