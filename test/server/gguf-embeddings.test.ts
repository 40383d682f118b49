import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmbedTextsWork, ScorePairsWork } from '../../src/engines/engine.ts';
import type { SchedulableModel } from '../../src/scheduler/scheduler.ts';
import { createGenerationBench, type GenerationBench } from '../support/generation-support.ts';
import { bertGguf } from '../support/gguf-bert.ts';
import { goldenExpected, goldenFolder, largestDifference } from '../support/golden.ts';
import { failureOf, never } from '../support/scheduler-support.ts';
import { embedWork } from '../support/test-engine-work.ts';

const { items } = goldenExpected('tiny-bert-st');
// Its tokenizer cuts at a length that a GGUF does not tell.
const whole = items.filter(({ truncated, text }) => !truncated && text.trim() !== '');

describe('a GGUF that embeds', () => {
  let bench: GenerationBench;
  let model: SchedulableModel;

  beforeAll(async () => {
    bench = createGenerationBench();
    model = await bench.loaded('bert', await bertGguf(goldenFolder('tiny-bert-st'), { pooling: 'MEAN' }));
  });
  afterAll(() => bench[Symbol.asyncDispose]());

  async function embed(texts: string[], changes: Partial<EmbedTextsWork> = {}) {
    const { result } = await bench.scheduler.run(model.id, embedWork(texts, changes), { signal: never });
    if (result.kind !== 'embedTexts') throw new Error(`answered by ${result.kind}`);
    const vectors = texts.map((_, row) => result.vectors.subarray(row * result.dimensions, (row + 1) * result.dimensions));
    return { ...result, vectors };
  }

  test('gives the reference’s vectors, and counts its tokens, wherever llama.cpp cuts a text alike', async () => {
    const { vectors, tokenCounts } = await embed(whole.map(({ text }) => text));
    const alike = whole.flatMap((item, index) =>
      tokenCounts[index] === item.input_ids.length ? { ...item, vector: vectors[index] ?? [] } : [],
    );
    // It takes marks of some scripts, overlong words and the names of special tokens apart in another way.
    expect(whole.length - alike.length).toBeLessThanOrEqual(4);
    // And it looks GELU up in a table of half precision.
    for (const { text, pooled, vector } of alike) expect(largestDifference(vector, pooled), text).toBeLessThan(2e-3);
  });

  test('normalises and cuts as any embedder does', async () => {
    const [{ text, embedding } = { text: '', embedding: [] }] = whole;
    const { vectors, dimensions } = await embed([text], { normalization: 'UNIT' });
    expect(largestDifference(vectors[0] ?? [], embedding)).toBeLessThan(1e-3);
    expect((await embed([text], { dimensions: 8 })).dimensions).toBe(8);
    expect(dimensions).toBe(embedding.length);
  });

  test('cuts what is too long, or says how long it is', async () => {
    const long = 'a b '.repeat(400);
    const cut = await embed([long, 'short']);
    expect([...cut.truncated]).toEqual([1, 0]);
    expect(cut.tokenCounts[0]).toBe(model.facts?.maxTokens);
    expect(await failureOf(embed(['short', long], { truncate: 'NONE' }))).toMatchObject({
      code: 'INPUT_TOO_LONG',
      index: 1,
      limit: model.facts?.maxTokens,
    });
  });

  test('answers its probe', async () => {
    expect(await bench.scheduler.probe(model.id, AbortSignal.timeout(10_000))).toBe(true);
  });
});

test('a GGUF that reranks scores each document, alone and among others', async () => {
  await using bench = createGenerationBench();
  const model = await bench.loaded('reranker', await bertGguf(goldenFolder('tiny-cross-encoder'), { pooling: 'RANK' }));
  async function score(items: string[], changes: Partial<ScorePairsWork> = {}) {
    const work: ScorePairsWork = { kind: 'scorePairs', query: 'what is it', items, firstIndex: 0, truncate: 'END', ...changes };
    const { result } = await bench.scheduler.run(model.id, work, { signal: never });
    if (result.kind !== 'scorePairs') throw new Error(`answered by ${result.kind}`);
    return result;
  }
  const documents = ['one thing', 'another, which is longer', 'x'];
  const { scores, logits, labelCount } = await score(documents);
  expect(labelCount).toBe(1);
  expect(new Set(scores).size).toBe(3);
  for (const [index, logit] of logits.entries()) {
    expect(scores[index]).toBeCloseTo(1 / (1 + Math.exp(-logit)), 5);
    expect(await score([documents[index] ?? '']).then((alone) => alone.scores[0])).toBeCloseTo(scores[index] ?? 0, 6);
  }
  const long = 'a b '.repeat(400);
  expect((await score([long])).truncated[0]).toBe(1);
  expect(await failureOf(score([long], { truncate: 'NONE' }))).toMatchObject({ code: 'INPUT_TOO_LONG', limit: model.facts?.maxTokens });
  expect((await score(['x'], { query: long })).tokenCounts[0]).toBeLessThanOrEqual(model.facts?.maxTokens ?? 0);
});
