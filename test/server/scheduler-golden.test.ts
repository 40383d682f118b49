import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { EmbedTextsResult, TokenizeTextsResult } from '../../src/engines/engine.ts';
import { createScheduler, type SchedulableModel, type Scheduler } from '../../src/scheduler/scheduler.ts';
import { failureOf, never, silentLog, until } from '../support/scheduler-support.ts';
import { embedWork } from '../support/test-engine-work.ts';

/** A published checkpoint's numbers through real processes, whatever shares a batch with a text. */
const golden = new URL('../golden/tiny-bert-st/', import.meta.url);
interface GoldenItem {
  text: string;
  input_ids: number[];
  tokens: string[];
  tokens_before_truncation: number;
  truncated: boolean;
  embedding: number[];
}
const { items } = JSON.parse(readFileSync(new URL('expected.json', golden), 'utf8')) as { items: GoldenItem[] };
const texts = items.map(({ text }) => text);

let scheduler: Scheduler;
let model: SchedulableModel;

async function embed(someTexts: string[]): Promise<EmbedTextsResult> {
  const { result } = await scheduler.run(model.id, embedWork(someTexts, { normalization: 'UNIT' }), { signal: never });
  return result as EmbedTextsResult;
}

function row({ vectors, dimensions }: EmbedTextsResult, index: number): Float32Array {
  return vectors.subarray(index * dimensions, (index + 1) * dimensions);
}

function largestDifference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual).toHaveLength(expected.length);
  return Math.max(...Array.from(expected, (value, index) => Math.abs(value - (actual[index] ?? Number.NaN))));
}

beforeAll(async () => {
  scheduler = createScheduler({
    config: {
      threads: 2,
      maxBatchTokens: 512,
      maxQueue: 256,
      keepAliveSeconds: null,
      memoryBudgetBytes: null,
      maxLoadedModels: null,
      maxImageBytes: 20_000_000,
      maxImagePixels: 50_000_000,
    },
    clock: systemClock,
    log: silentLog,
  });
  const folder = fileURLToPath(new URL('model', golden));
  const facts = await scheduler.inspect(folder, never);
  model = { id: 'golden', name: 'tiny-bert-st', folder, sizeBytes: 1_000_000, facts };
  await scheduler.load(model, {}, { signal: never });
});

afterAll(async () => {
  await scheduler.close({ drainMs: 0 });
});

describe('a BERT checkpoint through the scheduler', () => {
  test('is described by its inspection', () => {
    expect(model.facts).toMatchObject({ architecture: 'BertModel', dimensions: 48, maxTokens: 48, capabilities: ['EMBED_TEXT'] });
  });

  test('its tokens are exactly the reference ones', async () => {
    const work = { kind: 'tokenizeTexts' as const, items: texts, firstIndex: 0, prompt: '', truncate: 'END' as const };
    const { result } = await scheduler.run(model.id, work, { signal: never });
    expect((result as TokenizeTextsResult).items).toEqual(
      items.map((item) => ({
        ids: item.input_ids,
        tokens: item.tokens,
        tokensBeforeTruncation: item.tokens_before_truncation,
        truncated: item.truncated,
      })),
    );
  });

  test('a text has the reference vector alone, in a mixed batch, and among concurrent requests', async () => {
    const alone: Float32Array[] = [];
    for (const text of texts) alone.push(row(await embed([text]), 0));
    const mixed = await embed([...texts, ...texts.toReversed()]);
    const concurrent = await Promise.all(texts.flatMap((text) => [embed([text]), embed([text, 'another text beside it'])]));
    for (const [index, { embedding, input_ids }] of items.entries()) {
      const reference = alone[index] ?? [];
      expect(largestDifference(reference, embedding)).toBeLessThan(2e-5);
      for (const other of [row(mixed, index), row(mixed, 2 * texts.length - 1 - index)])
        expect(largestDifference(other, reference)).toBeLessThan(1e-5);
      for (const result of concurrent.slice(2 * index, 2 * index + 2))
        expect(largestDifference(row(result, 0), reference)).toBeLessThan(1e-5);
      expect(mixed.tokenCounts[index]).toBe(input_ids.length);
    }
  });

  test('a text that is too long fails by its index where cutting is not allowed', async () => {
    const long = 'word '.repeat(200);
    const work = embedWork([...new Array<string>(30).fill('short'), long], { truncate: 'NONE' });
    expect(await failureOf(scheduler.run(model.id, work, { signal: never }))).toMatchObject({
      code: 'INPUT_TOO_LONG',
      index: 30,
      limit: 48,
    });
  });

  test('a request of ten thousand texts is answered in order while others are served', async () => {
    const many = Array.from({ length: 10_000 }, (_, index) => texts[index % texts.length] ?? '');
    const [long, short] = await Promise.all([embed(many), embed([texts[0] ?? ''])]);
    expect(largestDifference(row(short, 0), items[0]?.embedding ?? [])).toBeLessThan(2e-5);
    for (const index of [0, 1, 4999, 9999])
      expect(largestDifference(row(long, index), items[index % texts.length]?.embedding ?? [])).toBeLessThan(2e-5);
  });

  test('a killed runner comes back with the same numbers', async () => {
    const before = scheduler.processIds(model.id);
    for (const processId of before) process.kill(processId, 'SIGKILL');
    await until(() => !scheduler.processIds(model.id).some((processId) => before.includes(processId)));
    expect(largestDifference(row(await embed([texts[0] ?? '']), 0), items[0]?.embedding ?? [])).toBeLessThan(2e-5);
  });
});
