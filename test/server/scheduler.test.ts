import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createTestBench, failureOf, isAlive, never, openGate, ranTexts, until } from '../support/scheduler-support.ts';
import { testDimensions, testVector } from '../support/test-engine.ts';
import { embedWork } from '../support/test-engine-work.ts';

describe('loading and running', () => {
  test('a model is loaded, runs in a process of its own, and leaves nothing when it is unloaded', async () => {
    await using bench = createTestBench();
    const { scheduler } = bench;
    const changes: (string | undefined)[] = [];
    scheduler.onChange((modelId) => changes.push(scheduler.runtime(modelId)?.state));
    const model = await bench.loaded('a');
    const { result, timing } = await bench.embed(model, ['one', 'two', 'three']);
    expect(result).toMatchObject({ dimensions: testDimensions, vectors: Float32Array.from(['one', 'two', 'three'].flatMap(testVector)) });
    expect(result.kind === 'embedTexts' && result.vectors.buffer.byteLength).toBe(3 * testDimensions * 4);
    expect(timing.totalMs).toBeGreaterThanOrEqual(timing.inferenceMs);
    expect(timing).toMatchObject({ batchSize: 3, batchTokens: 15 });
    const [processId] = scheduler.processIds(model.id) as [number];
    expect(processId).not.toBe(process.pid);
    expect(scheduler.runtime(model.id)).toMatchObject({ state: 'READY', instances: 1, queueDepth: 0, error: null, pinned: false });
    expect(scheduler.memory().usedBytes).toBeGreaterThan(20e6);
    expect(scheduler.loadedIds()).toEqual([model.id]);
    expect(await scheduler.unload(model.id)).toBe(true);
    expect(isAlive(processId)).toBe(false);
    expect(scheduler.memory().usedBytes).toBe(0);
    expect(scheduler.runtime(model.id)).toBeNull();
    expect(await scheduler.unload(model.id)).toBe(false);
    expect([...new Set(changes)]).toEqual(['LOADING', 'READY', 'UNLOADING', undefined]);
  });

  test('a model that is not loaded says so, by name', async () => {
    await using bench = createTestBench();
    const failure = await failureOf(bench.scheduler.run('id', embedWork(['x']), { signal: never, modelName: 'e5' }));
    expect(failure).toMatchObject({ code: 'MODEL_NOT_LOADED', model: 'e5' });
  });

  test('loads of one model join, and one of them may leave', async () => {
    await using bench = createTestBench();
    const model = await bench.model('a');
    const leaver = new AbortController();
    const first = bench.scheduler.load(model, {}, { signal: leaver.signal });
    const second = bench.scheduler.load(model, {}, { signal: never });
    expect(await failureOf(bench.embed(model, ['x']))).toMatchObject({ code: 'MODEL_LOADING' });
    leaver.abort();
    expect(await failureOf(first)).toMatchObject({ code: 'CANCELED' });
    await second;
    await bench.scheduler.load(model, {}, { signal: never });
    expect(bench.scheduler.processIds(model.id)).toHaveLength(1);
  });

  test('a load that everybody has left is killed, and the model can be loaded again', async () => {
    await using bench = createTestBench();
    const model = await bench.model('a', { open: 'hang' });
    const leaver = new AbortController();
    const load = bench.scheduler.load(model, {}, { signal: leaver.signal });
    await until(() => bench.scheduler.processIds(model.id).length === 1);
    const [processId] = bench.scheduler.processIds(model.id) as [number];
    leaver.abort();
    const again = failureOf(bench.scheduler.load(model, {}, { signal: AbortSignal.timeout(300) }));
    expect(await failureOf(load)).toMatchObject({ code: 'CANCELED' });
    expect(isAlive(processId)).toBe(false);
    expect(await again).toMatchObject({ code: 'CANCELED' });
    expect(bench.scheduler.runtime(model.id)).toBeNull();
    expect(bench.scheduler.memory().usedBytes).toBe(0);
  });

  test.each([
    ['fail', 'INVALID_MODEL_FILE', 'engine.json: asks to fail'],
    ['crash', 'RUNNER_CRASHED', 'it was killed by SIGKILL'],
    ['hang', 'TIMEOUT', 'Loading a took longer than 1500 ms'],
  ] as const)('a model whose opening ends in %s fails typed and leaves nothing', async (open, code, message) => {
    await using bench = createTestBench({ limits: { loadMs: 1500 } });
    const model = await bench.model('a', { open });
    const failure = await failureOf(bench.scheduler.load(model, {}, { signal: never }));
    expect(failure).toMatchObject({ code });
    expect(failure.message).toContain(message);
    expect(bench.scheduler.runtime(model.id)).toBeNull();
    expect(bench.scheduler.memory().usedBytes).toBe(0);
  });

  test('files in another folder are loaded afresh', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const [before] = bench.scheduler.processIds(model.id);
    const { folder } = await bench.model('other');
    await bench.scheduler.load({ ...model, folder }, {}, { signal: never });
    expect(bench.scheduler.processIds(model.id)).not.toContain(before);
    await bench.embed(model, ['new']);
    expect(ranTexts({ folder })).toEqual(['new']);
  });

  test('further instances start when work waits, up to the number asked for', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a', { instances: 2 });
    const answers = [bench.embed(model, ['gate:open', ...new Array<string>(100).fill('x'.repeat(60))])];
    await until(() => bench.scheduler.runtime(model.id)?.instances === 2);
    await until(() => ranTexts(model).length > 1);
    await openGate(model, 'open');
    await Promise.all(answers);
    expect(bench.scheduler.processIds(model.id)).toHaveLength(2);
  });

  test('a probe runs the model, and does not count as use', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    expect(await bench.scheduler.probe(model.id, never)).toBe(true);
    expect(ranTexts(model)).toEqual(['ready']);
    expect(bench.scheduler.runtime(model.id)?.lastUsedAt).toBeNull();
    expect(await bench.scheduler.probe('unknown', never)).toBe(false);
  });

  test('the statistics count requests, items and batches, also after the model is gone', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    await bench.embed(model, ['one', 'two']);
    await bench.embed(model, ['one']);
    await failureOf(bench.embed(model, ['fail']));
    await bench.scheduler.unload(model.id);
    const statistics = bench.scheduler.statistics(model.id);
    expect(statistics).toMatchObject({
      inferenceCount: 3,
      executionCount: 2,
      success: { count: 2 },
      failure: { count: 1 },
      queue: { count: 2 },
    });
    expect(statistics.batches.map(({ size, computeInference }) => [size, computeInference.count])).toEqual([
      [1, 1],
      [2, 1],
    ]);
    expect(statistics.success.totalNs).toBeGreaterThan(0);
    expect(statistics.lastInferenceAt).toBeInstanceOf(Date);
    expect(bench.scheduler.statistics('never')).toMatchObject({ inferenceCount: 0, lastInferenceAt: null, batches: [] });
  });
});

describe('inspecting', () => {
  test('describes a folder from a process that is gone afterwards', async () => {
    await using bench = createTestBench();
    const { folder } = await bench.model('a');
    expect(await bench.scheduler.inspect(folder, never)).toMatchObject({ architecture: 'TestModel' });
  });

  test.each([
    ['fail', 'INVALID_MODEL_FILE'],
    ['crash', 'INVALID_MODEL_FILE'],
    ['hang', 'TIMEOUT'],
  ] as const)('files whose check ends in %s are %s', async (open, code) => {
    await using bench = createTestBench({ limits: { inspectMs: 1500 } });
    const { folder } = await bench.model('a', { open });
    expect(await failureOf(bench.scheduler.inspect(folder, never))).toMatchObject({ code });
  });
});

describe('many requests', () => {
  test('one text overtakes a request of five thousand', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    let isLongDone = false;
    const long = bench.embed(model, new Array<string>(5000).fill('a long request')).then((answer) => {
      isLongDone = true;
      return answer;
    });
    await until(() => ranTexts(model).length > 1);
    await bench.embed(model, ['short']);
    expect(isLongDone).toBe(false);
    expect((await long).result).toMatchObject({ vectors: { length: 5000 * testDimensions } });
  });

  test('two hundred clients at once are answered or told to come back, and nothing is lost', async () => {
    await using bench = createTestBench({ config: { maxQueue: 20 } });
    const model = await bench.loaded('a');
    const texts = Array.from({ length: 200 }, (_, index) => `text of client ${index}`);
    const outcomes = await Promise.allSettled(texts.map((text) => bench.embed(model, [text])));
    let refused = 0;
    for (const [index, outcome] of outcomes.entries()) {
      if (outcome.status === 'fulfilled') {
        expect(outcome.value.result).toMatchObject({ vectors: Float32Array.from(testVector(texts[index] ?? '')) });
      } else {
        refused += 1;
        expect(outcome.reason).toMatchObject({ code: 'OVERLOADED' });
        expect(outcome.reason.retryAfterMs).toBeGreaterThan(0);
      }
    }
    expect(refused).toBeGreaterThan(0);
    expect(refused).toBeLessThan(200);
    expect(bench.scheduler.runtime(model.id)?.queueDepth).toBe(0);
  });

  test('a caller that leaves frees its place at once, and texts that wait are never run', async () => {
    await using bench = createTestBench({ config: { maxQueue: 1 } });
    const model = await bench.loaded('a');
    const leaver = new AbortController();
    const holder = bench.embed(model, ['gate:open']);
    await until(() => ranTexts(model).includes('gate:open'));
    const inFlight = bench.embed(model, ['in flight'], leaver.signal);
    const filler = bench.embed(model, ['x'.repeat(480)], leaver.signal);
    expect(await failureOf(bench.embed(model, ['refused']))).toMatchObject({ code: 'OVERLOADED' });
    leaver.abort();
    expect(await failureOf(inFlight)).toMatchObject({ code: 'CANCELED' });
    expect(await failureOf(filler)).toMatchObject({ code: 'CANCELED' });
    const next = bench.embed(model, ['next']);
    await openGate(model, 'open');
    await Promise.all([holder, next]);
    expect(ranTexts(model)).toEqual(['gate:open', 'next']);
    expect(bench.scheduler.runtime(model.id)?.queueDepth).toBe(0);
  });

  test('the first text that is wrong decides what a long request fails of', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const texts = Array.from({ length: 500 }, (_, index) => (index % 100 === 57 ? 'long' : 'fine'));
    expect(await failureOf(bench.embed(model, texts))).toMatchObject({ code: 'INPUT_TOO_LONG', index: 57 });
  });
});

describe('crashes', () => {
  test('a killed runner costs the requests in it; those that wait are answered by the next one', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const inFlight = bench.embed(model, ['gate:never']);
    await until(() => ranTexts(model).includes('gate:never'));
    const filler = bench.embed(model, ['y'.repeat(200)]);
    const queued = bench.embed(model, ['z'.repeat(300)]);
    const [processId] = bench.scheduler.processIds(model.id) as [number];
    process.kill(processId, 'SIGKILL');
    const failure = await failureOf(inFlight);
    expect(failure).toMatchObject({ code: 'RUNNER_CRASHED' });
    expect(failure.message).toContain('it was killed by SIGKILL');
    await filler.catch(() => {});
    expect((await queued).result).toMatchObject({ vectors: Float32Array.from(testVector('z'.repeat(300))) });
    expect(bench.scheduler.processIds(model.id)).not.toContain(processId);
    expect(bench.scheduler.runtime(model.id)?.state).toBe('READY');
  });

  test('a model that keeps crashing is given up, typed, and can be loaded again', async () => {
    await using bench = createTestBench({ limits: { crashes: 3 } });
    const model = await bench.loaded('a', {}, { opens: 1 });
    const lost = failureOf(bench.embed(model, ['crash']));
    await until(() => bench.scheduler.runtime(model.id)?.state === 'FAILED');
    expect(await lost).toMatchObject({ code: 'RUNNER_CRASHED' });
    expect(bench.scheduler.runtime(model.id)).toMatchObject({ instances: 0, error: { code: 'RUNNER_CRASHED' } });
    const refused = await failureOf(bench.embed(model, ['x']));
    expect(refused).toMatchObject({ code: 'RUNNER_CRASHED' });
    expect(refused.message).toContain('3 times in a row');
    await until(() => bench.scheduler.memory().usedBytes === 0);
    await writeFile(join(model.folder, 'engine.json'), '{}');
    await bench.scheduler.load(model, {}, { signal: never });
    await bench.embed(model, ['x']);
  });

  test('an exception that nobody caught is told in one line, without its stack', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const failure = await failureOf(bench.embed(model, ['throw']));
    expect(failure.message).toBe(
      'The process that runs "a" ended: it exited with code 1: Error: nobody catches this. It is being started again; send the request again.',
    );
  });

  test('crashes between answers do not add up', async () => {
    await using bench = createTestBench({ limits: { crashes: 2 } });
    const model = await bench.loaded('a');
    for (let round = 0; round < 3; round += 1) {
      expect(await failureOf(bench.embed(model, ['crash']))).toMatchObject({ code: 'RUNNER_CRASHED' });
      await bench.embed(model, ['fine']);
    }
    expect(bench.scheduler.runtime(model.id)?.state).toBe('READY');
  });

  test('a request that hangs is TIMEOUT, and the model goes on in a new process', async () => {
    await using bench = createTestBench({ limits: { inferenceMs: 500 } });
    const model = await bench.loaded('a');
    expect(await failureOf(bench.embed(model, ['hang']))).toMatchObject({ code: 'TIMEOUT' });
    await bench.embed(model, ['fine']);
  });
});

describe('leaving memory', () => {
  test('unloading waits for the requests in hand, and takes no new ones', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const request = bench.embed(model, ['gate:open']);
    await until(() => ranTexts(model).length === 1);
    const unload = bench.scheduler.unload(model.id);
    await until(() => bench.scheduler.runtime(model.id)?.state === 'UNLOADING');
    expect(await failureOf(bench.embed(model, ['late']))).toMatchObject({ code: 'MODEL_NOT_LOADED' });
    await openGate(model, 'open');
    await request;
    expect(await unload).toBe(true);
  });

  test('unloading does not wait for ever: what hangs is cancelled, typed', async () => {
    await using bench = createTestBench({ limits: { unloadMs: 100 } });
    const model = await bench.loaded('a');
    const request = failureOf(bench.embed(model, ['hang']));
    await until(() => ranTexts(model).length === 1);
    await bench.scheduler.unload(model.id);
    expect(await request).toMatchObject({ code: 'CANCELED' });
  });

  test('closing drains what is in hand, refuses the rest, and ends every process', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const loading = await bench.model('b', { open: 'hang' });
    const load = failureOf(bench.scheduler.load(loading, {}, { signal: never }));
    await until(() => bench.scheduler.processIds(loading.id).length === 1);
    const processIds = [...bench.scheduler.processIds(model.id), ...bench.scheduler.processIds(loading.id)];
    const request = bench.embed(model, ['gate:open']);
    await until(() => ranTexts(model).length === 1);
    const close = bench.scheduler.close({ drainMs: 20_000 });
    expect(await failureOf(bench.embed(model, ['late']))).toMatchObject({ code: 'OVERLOADED' });
    expect(await load).toMatchObject({ code: 'CANCELED' });
    await openGate(model, 'open');
    await expect(request).resolves.toMatchObject({ result: { dimensions: testDimensions } });
    await close;
    expect(processIds.filter(isAlive)).toEqual([]);
  });

  test('closing does not wait beyond its time', async () => {
    await using bench = createTestBench();
    const model = await bench.loaded('a');
    const [processId] = bench.scheduler.processIds(model.id) as [number];
    const request = failureOf(bench.embed(model, ['hang']));
    await until(() => ranTexts(model).length === 1);
    await bench.scheduler.close({ drainMs: 50 });
    expect(await request).toMatchObject({ code: 'CANCELED' });
    expect(isAlive(processId)).toBe(false);
  });
});
