import { cp, readFile } from 'node:fs/promises';
import { join } from 'node:path';
// biome-ignore lint/plugin: its own truncation is what ours is compared with.
import { Tokenizer } from 'tokenizers';
import { describe, expect, test } from 'vitest';
import { openEngine } from '../../src/engines/open.ts';
import { InputTooLongError } from '../../src/errors.ts';
import { seededRandom, writeJson } from '../support/checkpoint-maker.ts';
import { goldenFolder } from '../support/golden.ts';
import { editJson, goldenRerankers, preparePairs } from '../support/reranking.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const words = 'how do i reset my password the quick brown fox Rice is best cooked 机器学习 café [SEP] 15'.split(' ');

/** The library's own truncation, which the reference uses. */
async function reference(folder: string, { maxTokens, side }: { maxTokens: number; side: 'left' | 'right' }) {
  const tokenizer = JSON.parse(await readFile(join(folder, 'tokenizer.json'), 'utf8')) as Record<string, unknown>;
  const direction = side === 'left' ? 'Left' : 'Right';
  const truncation = { direction, max_length: maxTokens, strategy: 'LongestFirst', stride: 0 };
  const library = Tokenizer.fromString(JSON.stringify({ ...tokenizer, truncation }));
  return async (query: string, document: string) => {
    const encoding = await library.encode(query, document, { addSpecialTokens: true });
    return { ids: encoding.getIds(), typeIds: encoding.getTypeIds() };
  };
}

describe.each(goldenRerankers)('pairs of %s', (name) => {
  test.each([
    { maxTokens: 64, side: 'right' },
    { maxTokens: 63, side: 'right' },
    { maxTokens: 9, side: 'right' },
    { maxTokens: 10, side: 'left' },
    { maxTokens: 31, side: 'left' },
  ] as const)('of any lengths are cut to $maxTokens tokens from the $side as the library cuts them', async ({ maxTokens, side }) => {
    await using folder = await temporaryFolder();
    await cp(goldenFolder(name), folder.path, { recursive: true });
    await editJson(folder.path, 'tokenizer_config.json', { model_max_length: maxTokens, truncation_side: side });
    await using engine = await openEngine(folder.path, { threads: 1 });
    const encode = await reference(folder.path, { maxTokens, side });
    const random = seededRandom(maxTokens);
    const text = (): string =>
      Array.from({ length: Math.floor(random() ** 2 * 60) }, () => words[Math.floor(random() * words.length)]).join(' ');
    let cut = 0;
    for (let round = 0; round < 150; round += 1) {
      const [query, document] = [text(), text()];
      const [pair] = await preparePairs(engine, query, [document]);
      const expected = await encode(query, document);
      expect([...(pair?.ids ?? [])], `${query} | ${document}`).toEqual(expected.ids);
      expect([...(pair?.typeIds ?? [])]).toEqual(expected.typeIds);
      if (pair?.truncated) cut += 1;
    }
    expect(cut).toBeGreaterThan(20);
  });

  test('of texts that are longer than is read at once are cut as the library cuts them whole', async () => {
    await using engine = await openEngine(goldenFolder(name), { threads: 1 });
    const { maxTokens = 0 } = engine.facts as { maxTokens: number };
    const encode = await reference(goldenFolder(name), { maxTokens, side: 'right' });
    const long = (word: string, length: number): string => `${word} `.repeat(Math.ceil(length / (word.length + 1))).trim();
    const pairs: [string, string][] = [
      [long('password', 20_000), 'short'],
      [long('password', 20_000), long('fox', 300_000)],
      ['short', long('fox', 300_000)],
      [long('fox', 6000), long('best', 5000)],
    ];
    for (const [query, document] of pairs) {
      const [pair] = await preparePairs(engine, query, [document]);
      const expected = await encode(query, document);
      expect([...(pair?.ids ?? [])]).toEqual(expected.ids);
      expect(pair?.truncated).toBe(true);
      expect(pair?.tokensBeforeTruncation).toBeGreaterThan(maxTokens);
    }
  });

  test('that are too long fail by their index where cutting is not allowed', async () => {
    await using engine = await openEngine(goldenFolder(name), { threads: 1 });
    const work = {
      kind: 'scorePairs' as const,
      query: 'short',
      items: ['a', 'word '.repeat(200), 'b'],
      firstIndex: 10,
      truncate: 'NONE' as const,
    };
    const [before, failed, after] = await engine.prepare(work);
    expect(failed).toBeInstanceOf(InputTooLongError);
    const library = Tokenizer.fromString(await readFile(join(goldenFolder(name), 'tokenizer.json'), 'utf8'));
    const whole = await library.encode('short', 'word '.repeat(200).trim(), { addSpecialTokens: true });
    expect(failed).toMatchObject({ index: 11, tokens: whole.getLength(), limit: engine.facts.maxTokens });
    for (const pair of [before, after]) expect(pair).toMatchObject({ truncated: false });
  });

  test('work of another kind is a fault of the caller', async () => {
    await using engine = await openEngine(goldenFolder(name), { threads: 1 });
    const work = { kind: 'tokenizeTexts' as const, items: ['a'], firstIndex: 0, prompt: '', truncate: 'END' as const };
    await expect(engine.prepare(work)).rejects.toThrow(/reranker/);
  });
});

test('a pair without a template keeps the types that the library gives', async () => {
  await using folder = await temporaryFolder();
  await cp(goldenFolder('tiny-cross-encoder'), folder.path, { recursive: true });
  const tokenizer = JSON.parse(await readFile(join(folder.path, 'tokenizer.json'), 'utf8')) as Record<string, unknown>;
  const processing = { type: 'BertProcessing', sep: ['[SEP]', 12], cls: ['[CLS]', 11] };
  await writeJson(folder.path, 'tokenizer.json', { ...tokenizer, post_processor: processing });
  await using engine = await openEngine(folder.path, { threads: 1 });
  const [pair] = await preparePairs(engine, 'the quick', ['brown fox']);
  expect([...(pair?.ids ?? [])]).toEqual([11, 777, 875, 12, 876, 877, 12]);
  expect([...(pair?.typeIds ?? [])]).toEqual([0, 0, 0, 0, 1, 1, 1]);
});
