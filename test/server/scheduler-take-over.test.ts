import { describe, expect, test } from 'vitest';
import type { SchedulableModel } from '../../src/scheduler/scheduler.ts';
import {
  createTestBench,
  createTestClock,
  failureOf,
  isAlive,
  never,
  openGate,
  ranTexts,
  type TestBench,
  until,
} from '../support/scheduler-support.ts';
import type { TestEngineSettings } from '../support/test-engine.ts';

/** A newer revision of a model: the same model with other files. */
async function newerOf(bench: TestBench, model: SchedulableModel, settings: TestEngineSettings = {}): Promise<SchedulableModel> {
  const { folder, facts } = await bench.model(`files of ${model.name}`, settings);
  return { ...model, folder, facts };
}

describe('loading another revision of a model that is ready', () => {
  test('requests in hand end in the older one, later ones are the newer one’s, and the older one’s process ends', async () => {
    await using bench = createTestBench({ config: { threads: 2 } });
    const model = await bench.loaded('a', { instances: 1, pinned: true });
    const [before] = bench.scheduler.processIds(model.id) as [number];
    const inHand = bench.embed(model, ['gate:open', ...new Array<string>(50).fill('x'.repeat(60))]);
    await until(() => ranTexts(model).length > 0);
    const newer = await newerOf(bench, model);
    expect(bench.scheduler.plan(newer, {})).toMatchObject({ fits: true, alreadyLoaded: false, evictions: [] });
    await bench.scheduler.load(newer, { keepAliveSeconds: 5 }, { signal: never });
    await bench.embed(model, ['later']);
    expect(ranTexts(newer)).toEqual(['later']);
    expect(bench.scheduler.runtime(model.id)).toMatchObject({ state: 'READY', pinned: true });
    expect(bench.scheduler.served(model.id)).toMatchObject({ folder: newer.folder });
    expect(bench.scheduler.holdsFolder(model.folder)).toBe(true);
    await openGate(model, 'open');
    await inHand;
    await until(() => !bench.scheduler.holdsFolder(model.folder));
    expect(isAlive(before)).toBe(false);
    expect(ranTexts(model)).not.toContain('later');
    expect(bench.scheduler.statistics(model.id).inferenceCount).toBe(52);
  });

  test.each([['fail'], ['crash'], ['hang']] as const)('one whose opening ends in %s leaves the older one', async (open) => {
    await using bench = createTestBench({ limits: { loadMs: 1500 } });
    const model = await bench.loaded('a');
    const processIds = bench.scheduler.processIds(model.id);
    await failureOf(bench.scheduler.load(await newerOf(bench, model, { open }), {}, { signal: never }));
    await bench.embed(model, ['still']);
    expect(ranTexts(model)).toEqual(['still']);
    expect(bench.scheduler.processIds(model.id)).toEqual(processIds);
    expect(bench.scheduler.residents()).toMatchObject([{ name: 'a', runnerBytes: [expect.any(Number)] }]);
  });

  test('a cancel leaves the older one, and a second load opens the newer one', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const newer = await newerOf(bench, model, { open: 'hang' });
    const controller = new AbortController();
    const loading = bench.scheduler.load(newer, {}, { signal: controller.signal });
    await until(() => bench.scheduler.holdsFolder(newer.folder));
    controller.abort();
    expect(await failureOf(loading)).toMatchObject({ code: 'CANCELED' });
    expect(bench.scheduler.holdsFolder(newer.folder)).toBe(false);
    await bench.embed(model, ['still']);
    const newest = await newerOf(bench, { ...model, name: 'b', id: model.id });
    await Promise.all([1, 2].map(() => bench.scheduler.load(newest, {}, { signal: never })));
    expect(bench.scheduler.served(model.id)).toMatchObject({ folder: newest.folder });
  });

  test('an unload meanwhile ends both', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const newer = await newerOf(bench, model, { open: 'hang' });
    const loading = failureOf(bench.scheduler.load(newer, {}, { signal: never }));
    await until(() => bench.scheduler.holdsFolder(newer.folder));
    expect(await bench.scheduler.unload(model.id)).toBe(true);
    expect(await loading).toMatchObject({ code: 'CANCELED' });
    expect(bench.scheduler.runtime(model.id)).toBeNull();
    expect(bench.scheduler.memory().usedBytes).toBe(0);
  });

  test('neither its keep-alive nor another load takes the older one away meanwhile', async () => {
    const clock = createTestClock();
    await using bench = createTestBench({ clock, config: { maxLoadedModels: 2 } });
    const model = await bench.loaded('a', { keepAliveSeconds: 10 });
    const newer = await newerOf(bench, model, { open: 'hang' });
    const controller = new AbortController();
    const loading = failureOf(bench.scheduler.load(newer, {}, { signal: controller.signal }));
    await until(() => bench.scheduler.memory().usedBytes > 64e6 && bench.scheduler.holdsFolder(newer.folder));
    clock.advance(20_000);
    expect(bench.scheduler.runtime(model.id)).toMatchObject({ state: 'READY', keepAliveUntil: null });
    const other = bench.scheduler.load(await bench.model('other'), {}, { signal: never });
    expect((await failureOf(other)).message).toMatch(/changing revision/);
    expect(bench.scheduler.loadedIds()).toEqual([model.id]);
    controller.abort();
    await loading;
    expect(bench.scheduler.runtime(model.id)?.keepAliveUntil).not.toBeNull();
    clock.advance(20_000);
    await until(() => bench.scheduler.runtime(model.id) === null);
  });
});

describe('where memory does not hold both', () => {
  const budget = { memoryBudgetBytes: 500e6 };
  const large = { memoryBytes: 450e6 };

  test('others go first', async () => {
    await using bench = createTestBench({ config: { maxLoadedModels: 2 } });
    const model = await bench.loaded('a');
    const other = await bench.loaded('other');
    const newer = await newerOf(bench, model);
    const [before] = bench.scheduler.processIds(model.id);
    expect(bench.scheduler.plan(newer, {})).toMatchObject({ fits: true, evictions: [{ modelId: other.id }] });
    await bench.scheduler.load(newer, {}, { signal: never });
    expect(bench.scheduler.loadedIds()).toEqual([model.id]);
    expect(bench.scheduler.processIds(model.id)).not.toContain(before);
  });

  test('the older one goes before the newer one is opened; requests are told to come again', async () => {
    await using bench = createTestBench({ config: budget });
    const model = await bench.loaded('a');
    const inHand = bench.embed(model, ['gate:open']);
    await until(() => ranTexts(model).length > 0);
    const newer = await newerOf(bench, model, large);
    const notes: string[] = [];
    const loading = bench.scheduler.load(newer, {}, { signal: never, onNote: (note) => notes.push(note) });
    await until(() => bench.scheduler.runtime(model.id)?.state === 'LOADING');
    expect(await failureOf(bench.embed(model, ['x']))).toMatchObject({ code: 'MODEL_LOADING', retryAfterMs: expect.any(Number) });
    await openGate(model, 'open');
    await inHand;
    await loading;
    expect(notes).toEqual([expect.stringContaining('was unloaded first')]);
    await bench.embed(model, ['new']);
    expect(ranTexts(newer)).toEqual(['new']);
  });

  test('one that would not fit alone leaves the older one', async () => {
    await using bench = createTestBench({ config: budget });
    const model = await bench.loaded('a');
    const newer = await newerOf(bench, model, { memoryBytes: 600e6 });
    expect(bench.scheduler.plan(newer, {})).toMatchObject({ fits: false });
    expect(await failureOf(bench.scheduler.load(newer, {}, { signal: never }))).toMatchObject({ code: 'INSUFFICIENT_MEMORY' });
    await bench.embed(model, ['still']);
    expect(ranTexts(model)).toEqual(['still']);
  });

  test.each([['fails'], ['is cancelled']])('the older one is opened again where the newer one %s', async (how) => {
    await using bench = createTestBench({ config: budget });
    const model = await bench.loaded('a', { pinned: true });
    const newer = await newerOf(bench, model, { ...large, open: how === 'fails' ? 'fail' : 'hang' });
    const controller = new AbortController();
    const loading = failureOf(bench.scheduler.load(newer, {}, { signal: controller.signal }));
    await until(() => bench.scheduler.served(model.id)?.folder === newer.folder || how === 'fails');
    if (how !== 'fails') controller.abort();
    await loading;
    await bench.scheduler.load(model, {}, { signal: never });
    await bench.embed(model, ['again']);
    expect(ranTexts(model)).toEqual(['again']);
    expect(bench.scheduler.runtime(model.id)).toMatchObject({ pinned: true });
  });
});
