import { describe, expect, test } from 'vitest';
import { createTestBench, createTestClock, failureOf, never, openGate, ranTexts, until } from '../support/scheduler-support.ts';

/** Enough for two test models by their estimates, or by what two such processes measure. */
const budget = { memoryBudgetBytes: 1000e6 };
const large = { memoryBytes: 900e6 };

describe('making room', () => {
  test('the least recently used idle model goes, and the reason is told', async () => {
    await using bench = createTestBench({ config: { maxLoadedModels: 2 } });
    const old = await bench.loaded('old');
    const recent = await bench.loaded('recent');
    await bench.embed(old, ['x']);
    await bench.embed(recent, ['x']);
    const next = await bench.model('next');
    expect(bench.scheduler.plan(next, {})).toMatchObject({ fits: true, alreadyLoaded: false, evictions: [{ modelId: old.id }] });
    const notes: string[] = [];
    await bench.scheduler.load(next, {}, { signal: never, onNote: (note) => notes.push(note) });
    expect(notes).toHaveLength(1);
    expect(notes[0]).toContain('"old" is unloaded: it was used least recently');
    expect(bench.scheduler.loadedIds()).toEqual([recent.id, next.id]);
    expect(bench.scheduler.plan(next, {})).toMatchObject({ fits: true, alreadyLoaded: true });
  });

  test('a load that may not evict is refused, with the list of what is loaded', async () => {
    await using bench = createTestBench({ config: { maxLoadedModels: 1 } });
    await bench.loaded('a');
    const failure = await failureOf(bench.scheduler.load(await bench.model('b'), { evict: false }, { signal: never }));
    expect(failure).toMatchObject({ code: 'INSUFFICIENT_MEMORY' });
    expect(failure.message).toMatch(/^1 models may be loaded at once, and as many are\. Loaded: "a" \(\d+ MB, idle\)\./);
  });

  test('memory counts, measured where it is known', async () => {
    await using bench = createTestBench({ config: budget });
    const model = await bench.loaded('a', {}, large);
    // The process measured far less than its estimate, so there is room for a second one.
    expect(bench.scheduler.memory().usedBytes).toBeLessThan(400e6);
    const tooLarge = await bench.model('b', { memoryBytes: 1100e6 });
    expect(bench.scheduler.plan(tooLarge, {})).toMatchObject({ fits: false, evictions: [], needBytes: 1100e6 });
    const failure = await failureOf(bench.scheduler.load(tooLarge, {}, { signal: never }));
    expect(failure).toMatchObject({ code: 'INSUFFICIENT_MEMORY', needBytes: 1100e6 });
    expect(bench.scheduler.loadedIds()).toEqual([model.id]);
  });

  test('pinned and used models are never evicted', async () => {
    await using bench = createTestBench({ config: { maxLoadedModels: 2 } });
    await bench.loaded('pinned', { pinned: true });
    const used = await bench.loaded('used');
    const request = bench.embed(used, ['gate:open']);
    await until(() => ranTexts(used).length === 1);
    const next = await bench.model('next');
    const failure = await failureOf(bench.scheduler.load(next, {}, { signal: never }));
    expect(failure.message).toMatch(/"pinned" \(\d+ MB, pinned\), "used" \(\d+ MB, in use\)/);
    await openGate(used, 'open');
    await request;
    await bench.scheduler.load(next, {}, { signal: never });
    expect(bench.scheduler.loadedIds()).toEqual(['id-pinned', next.id]);
  });

  test('loads that come together do not take the same room', async () => {
    await using bench = createTestBench({ config: { maxLoadedModels: 1 } });
    const models = [await bench.model('a'), await bench.model('b'), await bench.model('c')];
    const outcomes = await Promise.allSettled(models.map((model) => bench.scheduler.load(model, {}, { signal: never })));
    expect(outcomes.some(({ status }) => status === 'fulfilled')).toBe(true);
    for (const outcome of outcomes)
      if (outcome.status === 'rejected') expect(outcome.reason).toMatchObject({ code: 'INSUFFICIENT_MEMORY' });
    expect(bench.scheduler.loadedIds()).toHaveLength(1);
  });

  test('a further instance that has no room is not started', async () => {
    await using bench = createTestBench({ config: budget });
    const model = await bench.loaded('a', { instances: 2 }, { memoryBytes: 990e6 });
    const request = bench.embed(model, ['gate:open', ...new Array<string>(20).fill('x'.repeat(60))]);
    await until(() => ranTexts(model).length === 1);
    await openGate(model, 'open');
    await request;
    expect(bench.scheduler.processIds(model.id)).toHaveLength(1);
  });
});

describe('keep-alive', () => {
  test('an idle model is unloaded when its time is over, and each use begins it anew', async () => {
    const clock = createTestClock();
    await using bench = createTestBench({ clock });
    const model = await bench.loaded('a', { keepAliveSeconds: 60 });
    expect(bench.scheduler.runtime(model.id)?.keepAliveUntil).toEqual(new Date(Date.UTC(2030, 0, 1, 0, 1)));
    clock.advance(59_000);
    const request = bench.embed(model, ['gate:open']);
    expect(bench.scheduler.runtime(model.id)?.keepAliveUntil).toBeNull();
    clock.advance(30_000);
    await openGate(model, 'open');
    await request;
    clock.advance(59_999);
    expect(bench.scheduler.runtime(model.id)?.state).toBe('READY');
    clock.advance(1);
    expect(bench.scheduler.runtime(model.id)?.state).toBe('UNLOADING');
    await until(() => bench.scheduler.runtime(model.id) === null);
  });

  test('zero unloads after the next request, null never, pinned never', async () => {
    const clock = createTestClock();
    await using bench = createTestBench({ clock, config: { keepAliveSeconds: 10 } });
    const once = await bench.loaded('once', { keepAliveSeconds: 0 });
    const always = await bench.loaded('always', { keepAliveSeconds: null });
    const pinned = await bench.loaded('pinned', { pinned: true });
    const usual = await bench.loaded('usual');
    clock.advance(1000);
    expect(bench.scheduler.loadedIds()).toContain(once.id);
    await bench.embed(once, ['x']);
    clock.advance(0);
    await until(() => bench.scheduler.runtime(once.id) === null);
    clock.advance(3600_000);
    await until(() => bench.scheduler.runtime(usual.id) === null);
    expect(bench.scheduler.loadedIds()).toEqual([always.id, pinned.id]);
  });

  test('loading again changes the keep-alive of a loaded model', async () => {
    const clock = createTestClock();
    await using bench = createTestBench({ clock });
    const model = await bench.loaded('a');
    expect(bench.scheduler.runtime(model.id)?.keepAliveUntil).toBeNull();
    await bench.scheduler.load(model, { keepAliveSeconds: 5 }, { signal: never });
    clock.advance(5000);
    await until(() => bench.scheduler.runtime(model.id) === null);
  });
});
