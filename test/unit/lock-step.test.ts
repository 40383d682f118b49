import { describe, expect, test } from 'vitest';
import { createLockStep, type Member } from '../../src/engines/llama/lock-step.ts';
import type { LlamaContextSequence, Token } from '../../src/engines/llama/native.ts';
import type { ReadingPace } from '../../src/engines/llama/reading-pace.ts';

const pace: ReadingPace = { tokensOfTick: () => 512, measured() {} };

/** A sequence that reads at once, and writes one token after the other; it notes when it begins to write. */
function member(id: number, promptTokens: number, notes: string[], most = 2): Member {
  let written = 0;
  const sequence = {
    async evaluateWithoutGeneratingNewTokens() {
      notes.push(`${id} reads`);
    },
  } as unknown as LlamaContextSequence;
  return {
    sequence,
    id,
    unread: Array.from({ length: promptTokens }, (_, index) => index),
    isCanceled: false,
    async *write() {
      for (let token = 0; ; token += 1) yield { token: token as Token };
    },
    advanced() {},
    take() {
      written += 1;
      notes.push(`${id} writes`);
      return written >= most;
    },
  };
}

describe('sequences in step', () => {
  test('that come a moment apart begin together', async () => {
    const notes: string[] = [];
    const second = Promise.withResolvers<unknown>();
    let waited = 0;
    const loop = createLockStep({
      pace,
      mostSeats: 4,
      async moment() {
        waited += 1;
        if (waited === 1) second.resolve(loop.join(member(0, 100, notes)));
      },
    });
    const first = loop.join(member(1, 100, notes));
    expect(await Promise.all([first, second.promise])).toEqual([{ cause: 'stopped' }, { cause: 'stopped' }]);
    expect(notes).toEqual(['0 writes', '1 writes', '0 writes', '1 writes']);
    // Once more after the second came, and then nobody did.
    expect(waited).toBe(2);
  });

  test('do not wait where nobody else has room, nor where there is little to read', async () => {
    let waited = 0;
    const moment = async () => {
      waited += 1;
    };
    const alone = createLockStep({ pace, mostSeats: 1, moment });
    expect(await alone.join(member(0, 100, []))).toEqual({ cause: 'stopped' });
    const short = createLockStep({ pace, mostSeats: 4, moment });
    expect(await short.join(member(0, 32, []))).toEqual({ cause: 'stopped' });
    expect(waited).toBe(0);
  });

  test('wait a few moments at the most, however many come', async () => {
    let waited = 0;
    const joined: Promise<unknown>[] = [];
    const loop = createLockStep({
      pace,
      mostSeats: 100,
      async moment() {
        waited += 1;
        joined.push(loop.join(member(waited, 100, [])));
      },
    });
    joined.push(loop.join(member(0, 100, [])));
    await loop.idle();
    await Promise.all(joined);
    expect(waited).toBe(4);
  });

  test('that are canceled while they wait leave without a step', async () => {
    const notes: string[] = [];
    const gate = Promise.withResolvers<void>();
    const loop = createLockStep({ pace, mostSeats: 4, moment: () => gate.promise });
    const leaving = { ...member(0, 100, notes), isCanceled: false };
    const left = loop.join(leaving);
    leaving.isCanceled = true;
    gate.resolve();
    expect(await left).toEqual({ cause: 'canceled' });
    expect(notes).toEqual([]);
    await loop.idle();
  });

  test('join those that write, in the order of their ids', async () => {
    const notes: string[] = [];
    const loop = createLockStep({ pace, mostSeats: 4, moment: async () => {} });
    const late = Promise.withResolvers<unknown>();
    const first = member(2, 10, notes, 4);
    const writing = loop.join({
      ...first,
      take(token) {
        if (notes.length === 0) late.resolve(loop.join(member(1, 10, notes)));
        return first.take(token);
      },
    });
    await Promise.all([writing, late.promise]);
    expect(notes).toEqual(['2 writes', '1 writes', '2 writes', '1 writes', '2 writes', '2 writes']);
  });
});
