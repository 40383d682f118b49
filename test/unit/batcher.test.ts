import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chooseBatch } from '../../src/runner/batcher.ts';

const items = (...lengths: number[]) => lengths.map((length, arrival) => ({ lane: 'TEXT', length, arrival }));
const lengthsOf = (batch: readonly { length: number }[]) => batch.map((item) => item.length);

describe('choosing a batch', () => {
  test('nothing waits, nothing is chosen', () => {
    expect(chooseBatch([], 512)).toEqual([]);
  });

  test('texts of about equal length go together up to the budget, sorted', () => {
    expect(lengthsOf(chooseBatch(items(10, 12, 9, 11, 10), 48))).toEqual([9, 10, 10, 11]);
  });

  test('a text above the budget runs alone', () => {
    expect(lengthsOf(chooseBatch(items(900, 10, 10), 512))).toEqual([900]);
  });

  test('short texts do not pay for a long one', () => {
    expect(lengthsOf(chooseBatch(items(5, 200, 5, 5), 1000))).toEqual([5, 5, 5]);
  });

  test('the text that waits longest is served first, whatever its length', () => {
    const waiting = [
      { lane: 'TEXT', length: 100, arrival: 0 },
      ...items(4, 4, 4, 4).map((item) => ({ ...item, arrival: item.arrival + 1 })),
    ];
    expect(lengthsOf(chooseBatch(waiting, 128))).toEqual([100]);
  });

  test('what runs in different networks is never of one batch; the lane that waits longest comes first', () => {
    const texts = items(4, 4).map((item) => ({ ...item, arrival: item.arrival + 2 }));
    const images = items(4, 4).map((item) => ({ ...item, lane: 'FEATURES' }));
    const first = chooseBatch([...texts, ...images], 128);
    expect(first).toEqual(images);
    expect(chooseBatch(texts, 128)).toEqual(texts);
  });

  test('every batch holds the oldest, keeps the budget and the padding rule, and serves everything in the end', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 1, max: 600 }), { maxLength: 60 }), fc.integer({ min: 1, max: 512 }), (lengths, budget) => {
        let waiting = items(...lengths);
        while (waiting.length > 0) {
          const batch = chooseBatch(waiting, budget);
          const longest = Math.max(...lengthsOf(batch));
          const padded = batch.length * longest;
          expect(batch).toContain(waiting[0]);
          if (batch.length > 1) expect(padded).toBeLessThanOrEqual(budget);
          expect(padded - lengthsOf(batch).reduce((sum, length) => sum + length, 0)).toBeLessThanOrEqual(Math.max(32, padded * 0.2));
          expect(lengthsOf(batch)).toEqual(lengthsOf(batch).toSorted((first, second) => first - second));
          waiting = waiting.filter((item) => !batch.includes(item));
        }
      }),
    );
  });
});
