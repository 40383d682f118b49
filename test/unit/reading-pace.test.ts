import { describe, expect, test } from 'vitest';
import { createReadingPace, type ReadingPace } from '../../src/engines/llama/reading-pace.ts';
import { type Reader, shareReading } from '../../src/engines/llama/share-reading.ts';

/** Runs ticks on a machine that needs so long for a pass, and for each token. */
function run(
  pace: ReadingPace,
  { passMs, tokenMs, writers, ticks = 200 }: { passMs: number; tokenMs: number; writers: number; ticks?: number },
) {
  let longestMs = 0;
  for (let tick = 0; tick < ticks; tick += 1) {
    const tokensRead = pace.tokensOfTick(writers);
    const elapsedMs = (writers > 0 ? 2 : 1) * passMs + tokensRead * tokenMs;
    pace.measured({ tokensRead, writers, elapsedMs });
    if (tick > ticks / 2) longestMs = Math.max(longestMs, elapsedMs);
  }
  return { tokens: pace.tokensOfTick(writers), longestMs };
}

describe('how much of a prompt is read in a tick', () => {
  test('as much as a quick machine takes at once', () => {
    expect(run(createReadingPace(512), { passMs: 0.2, tokenMs: 0.01, writers: 0 }).tokens).toBe(512);
  });

  test('so little on a slow one that whoever leaves is not waited for', () => {
    const { tokens, longestMs } = run(createReadingPace(512), { passMs: 20, tokenMs: 3, writers: 0 });
    expect(longestMs).toBeLessThan(250);
    expect(tokens).toBeGreaterThanOrEqual(32);
  });

  test('beside streams that write, no more than they hardly notice', () => {
    const pace = createReadingPace(512);
    for (let tick = 0; tick < 20; tick += 1) pace.measured({ tokensRead: 0, writers: 3, elapsedMs: 40 });
    expect(run(pace, { passMs: 20, tokenMs: 2, writers: 3 }).longestMs).toBeLessThan(5 * 40);
  });

  test('never so little that reading is nothing but passes', () => {
    const pace = createReadingPace(512);
    pace.measured({ tokensRead: 0, writers: 1, elapsedMs: 1 });
    expect(run(pace, { passMs: 50, tokenMs: 10, writers: 1 }).tokens).toBeGreaterThanOrEqual(12);
    expect(run(createReadingPace(512), { passMs: 500, tokenMs: 10, writers: 0 }).tokens).toBe(32);
  });
});

describe('who is read in a tick', () => {
  const shares = (lengths: readonly number[], tokens: number) => {
    const readers: Reader[] = lengths.map((length, arrival) => ({ member: { unread: new Array<number>(length).fill(0) }, arrival }));
    const shared = shareReading(readers, tokens);
    return readers.map((reader) => shared.get(reader) ?? 0);
  };

  test('prompts of one length in equal parts', () => {
    expect(shares([100, 100, 100, 100], 64)).toEqual([16, 16, 16, 16]);
  });

  test('the longer of two alike first, until they are level', () => {
    expect(shares([80, 140], 48)).toEqual([0, 48]);
    expect(shares([80, 90], 48)).toEqual([19, 29]);
  });

  test('prompts that are alike come to their end in one tick', () => {
    const left = [140, 143, 120, 138];
    const ends: number[] = [];
    for (let tick = 0; left.some((length) => length > 0); tick += 1) {
      const open = left.flatMap((length, index) => (length > 0 ? index : []));
      const parts = shares(
        open.map((index) => left[index] ?? 0),
        48,
      );
      for (const [place, index] of open.entries()) {
        left[index] = (left[index] ?? 0) - (parts[place] ?? 0);
        if (left[index] === 0) ends.push(tick);
      }
    }
    expect(Math.max(...ends) - Math.min(...ends)).toBeLessThanOrEqual(1);
  });

  test('who came a tick before the others waits until they are level', () => {
    expect(shares([44, 140, 140], 96)).toEqual([0, 48, 48]);
  });

  test('a short prompt beside a long one as much as that', () => {
    expect(shares([2000, 100], 64)).toEqual([32, 32]);
  });

  test('of many whose parts would be tiny, those that came first', () => {
    expect(shares([2000, 100, 50, 30, 20], 32)).toEqual([16, 16, 0, 0, 0]);
  });

  test('never nobody', () => {
    expect(shares([3, 3, 3, 3, 3, 3, 3, 3], 4).some((share) => share > 0)).toBe(true);
  });
});
