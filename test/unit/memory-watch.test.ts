import { describe, expect, test } from 'vitest';
import { createMemoryLedger } from '../../src/scheduler/memory-ledger.ts';
import { createMemoryWatch } from '../../src/scheduler/memory-watch.ts';
import { createTestClock } from '../support/scheduler-support.ts';

/** A watch over processes whose memory a test sets; a budget of 100 bytes. */
function bench() {
  const clock = createTestClock();
  const ledger = createMemoryLedger({ budgetBytes: 100 });
  const memory = new Map<number, number>();
  const stopped: { processId: number; bytes: number }[] = [];
  const watch = createMemoryWatch({ ledger, clock, everyMs: 10, readMemory: (processId) => memory.get(processId) ?? null });

  function add(processId: number, estimateBytes: number | null) {
    const place = estimateBytes === null ? null : ledger.enter(`${processId}`, estimateBytes);
    const allowedBytes = (estimateBytes ?? 20) * 2;
    return watch.add({ processId, allowedBytes, place, stop: (bytes) => stopped.push({ processId, bytes }) });
  }
  return { clock, ledger, memory, stopped, add };
}

describe('the watch over memory', () => {
  test('a process may grow while the budget has room, and the ledger knows', () => {
    const { clock, ledger, memory, stopped, add } = bench();
    add(1, 10);
    memory.set(1, 90);
    clock.advance(10);
    expect(stopped).toEqual([]);
    expect(ledger.freeBytes).toBe(10);
  });

  test('where the budget is exceeded, the one furthest beyond its estimate is stopped, and no other', () => {
    const { clock, memory, stopped, add } = bench();
    add(1, 40);
    add(2, 5);
    add(3, 5);
    memory.set(1, 50).set(2, 40).set(3, 30);
    clock.advance(10);
    expect(stopped).toEqual([{ processId: 2, bytes: 40 }]);
  });

  test('processes of about the expected size are never stopped', () => {
    const { clock, memory, stopped, add } = bench();
    add(1, 60);
    add(2, 60);
    memory.set(1, 119).set(2, 119);
    clock.advance(1000);
    expect(stopped).toEqual([]);
  });

  test('what a model that opens has entered stays its own while it has less', () => {
    const { clock, ledger, memory, add } = bench();
    add(1, 60);
    memory.set(1, 5);
    clock.advance(10);
    expect(ledger.usedBytes).toBe(60);
  });

  test('one without a place in the budget has its own limit', () => {
    const { clock, memory, stopped, add } = bench();
    add(1, null);
    memory.set(1, 41);
    clock.advance(10);
    expect(stopped).toEqual([{ processId: 1, bytes: 41 }]);
  });

  test('nobody is measured after the end, nor where nothing is known', () => {
    const { clock, memory, stopped, add } = bench();
    const end = add(1, null);
    clock.advance(10);
    memory.set(1, 1000);
    end();
    clock.advance(1000);
    expect(stopped).toEqual([]);
  });
});
