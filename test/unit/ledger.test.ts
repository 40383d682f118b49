import { describe, expect, test } from 'vitest';
import { planRoom, type Resident, type RoomRequest } from '../../src/scheduler/eviction.ts';
import { createMemoryLedger } from '../../src/scheduler/memory-ledger.ts';

describe('the memory ledger', () => {
  test('counts the estimate until a measurement comes, and nothing after the release', () => {
    const ledger = createMemoryLedger({ budgetBytes: 1000 });
    const first = ledger.enter('a', 300);
    const second = ledger.enter('a', 300);
    ledger.enter('b', 100);
    expect([ledger.usedBytes, ledger.freeBytes, ledger.bytesOf('a')]).toEqual([700, 300, 600]);
    first.measure(900);
    expect([ledger.usedBytes, ledger.freeBytes, ledger.bytesOf('a')]).toEqual([1300, -300, 1200]);
    first.release();
    second.release();
    second.release();
    expect([ledger.usedBytes, ledger.bytesOf('a')]).toEqual([100, 0]);
  });
});

const resident = (modelId: string, bytes: number, idleMs: number, staysBecause: string | null = null): Resident => ({
  modelId,
  name: modelId,
  bytes,
  idleMs,
  staysBecause,
});

function room(changes: Partial<RoomRequest>) {
  return planRoom({
    name: 'new',
    needBytes: 100e6,
    freeBytes: 0,
    budgetBytes: 1000e6,
    residents: [],
    maxLoadedModels: null,
    mayEvict: true,
    ...changes,
  });
}

describe('making room', () => {
  test('evicts nothing when there is room', () => {
    const plan = room({ freeBytes: 100e6, residents: [resident('a', 50e6, 1000)] });
    expect(plan).toEqual({ fits: true, evictions: [], reason: null });
  });

  test('evicts the least recently used first, with the reason in words', () => {
    const plan = room({ residents: [resident('recent', 200e6, 10), resident('old', 200e6, 600_000)] });
    expect(plan.evictions).toEqual([
      {
        modelId: 'old',
        freesBytes: 200e6,
        reason: '"old" is unloaded: it was used least recently (10 min ago), and its 200 MB are needed for "new".',
      },
    ]);
  });

  test('does not evict a small model when a larger one is enough', () => {
    const plan = room({ residents: [resident('small', 10e6, 9000), resident('large', 100e6, 8000)] });
    expect(plan.evictions.map(({ modelId }) => modelId)).toEqual(['large']);
  });

  test('leaves pinned and used ones alone, and says who is in the way', () => {
    const plan = room({ residents: [resident('a', 500e6, 9000, 'pinned'), resident('b', 500e6, 8000, 'in use')] });
    expect(plan).toMatchObject({ fits: false, evictions: [] });
    expect(plan.reason).toBe(
      '"new" needs 100 MB of memory; 0 MB of 1000 MB are free. Loaded: "a" (500 MB, pinned), "b" (500 MB, in use). Unload a model, or raise MODELKEEP_MEMORY_BUDGET.',
    );
  });

  test('a place is freed where the number of models is limited', () => {
    const residents = [resident('a', 5e6, 9000), resident('b', 5e6, 8000)];
    expect(room({ freeBytes: 900e6, residents, maxLoadedModels: 2 }).evictions.map(({ modelId }) => modelId)).toEqual(['a']);
    const refused = room({ freeBytes: 900e6, residents, maxLoadedModels: 2, mayEvict: false });
    expect(refused.fits).toBe(false);
    expect(refused.reason).toContain('2 models may be loaded at once, and as many are. Loaded: "a" (5 MB, idle), "b" (5 MB, idle).');
  });
});
