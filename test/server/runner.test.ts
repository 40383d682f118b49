import { fork } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { RunnerReply } from '../../src/runner/protocol.ts';
import { type RunnerProcess, startRunnerProcess } from '../../src/scheduler/runner-process.ts';
import { isAlive, openGate, ranTexts, silentLog, testRunnerEntry, until } from '../support/scheduler-support.ts';
import { testVector } from '../support/test-engine.ts';
import { embedWork } from '../support/test-engine-work.ts';

let folder: string;
let replies: RunnerReply[];
let runner: RunnerProcess;

function start(entry = testRunnerEntry): void {
  replies = [];
  runner = startRunnerProcess({ entry, threads: 1, clock: systemClock, log: silentLog, onReply: (reply) => replies.push(reply) });
}

async function load(): Promise<void> {
  runner.send({ type: 'load', folder, threads: 1, maxBatchTokens: 16 });
  await until(() => replies.some((reply) => reply.type === 'loaded'));
}

const answers = () => replies.filter((reply) => reply.type === 'result' || reply.type === 'error');
const batches = () => replies.flatMap((reply) => (reply.type === 'batch' ? reply : []));

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-'));
  await writeFile(join(folder, 'engine.json'), '{}');
  start();
});

afterEach(async () => {
  await runner.kill();
  await rm(folder, { recursive: true, force: true });
});

describe('a runner', () => {
  test('opens a model, and says how much memory it holds', async () => {
    await load();
    const loaded = replies.find((reply) => reply.type === 'loaded');
    expect(loaded).toMatchObject({ facts: { architecture: 'TestModel' } });
    expect(loaded?.memoryBytes).toBeGreaterThan(20e6);
  });

  test('answers every parcel once, with the vectors of its texts in order', async () => {
    await load();
    runner.send({ type: 'run', parcelId: 1, work: embedWork(['abcdefgh', 'b', 'abc', 'xyz']) });
    runner.send({ type: 'run', parcelId: 2, work: embedWork(['q']) });
    runner.send({ type: 'run', parcelId: 3, work: embedWork([]) });
    await until(() => answers().length === 3);
    const result = answers().find((reply) => reply.parcelId === 1);
    expect(result).toMatchObject({
      result: {
        vectors: Float32Array.from(['abcdefgh', 'b', 'abc', 'xyz'].flatMap(testVector)),
        dimensions: 4,
        tokenCounts: Int32Array.of(8, 1, 3, 3),
      },
    });
    expect(batches().every(({ report }) => report.paddedTokens <= 16 && report.succeeded)).toBe(true);
    expect(batches().every(({ memoryBytes }) => memoryBytes > 20e6)).toBe(true);
  });

  test('cuts and normalises as each parcel asks', async () => {
    await load();
    const whole = testVector('ab');
    const norm = (values: number[]) => Math.hypot(...values);
    runner.send({ type: 'run', parcelId: 1, work: embedWork(['ab'], { normalization: 'UNIT', dimensions: 2 }) });
    runner.send({ type: 'run', parcelId: 2, work: embedWork(['ab'], { normalization: 'UNIT_BEFORE_CUT', dimensions: 2 }) });
    runner.send({ type: 'run', parcelId: 3, work: embedWork(['ab'], { dimensions: 99 }) });
    await until(() => answers().length === 3);
    const cut = whole.slice(0, 2);
    const expected = [cut.map((value) => value / norm(cut)), cut.map((value) => value / norm(whole)), whole];
    for (const [index, values] of expected.entries()) {
      const reply = answers().find(({ parcelId }) => parcelId === index + 1);
      const vectors = reply?.type === 'result' && reply.result.kind === 'embedTexts' ? [...reply.result.vectors] : [];
      expect(vectors).toHaveLength(values.length);
      for (const [position, value] of values.entries()) expect(vectors[position]).toBeCloseTo(value, 5);
    }
  });

  test('tokenises without running the model', async () => {
    await load();
    runner.send({ type: 'run', parcelId: 1, work: { kind: 'tokenizeTexts', items: ['hi'], firstIndex: 0, prompt: '', truncate: 'END' } });
    await until(() => answers().length === 1);
    expect(answers()[0]).toMatchObject({ result: { items: [{ ids: [104, 105], tokens: ['h', 'i'], truncated: false }] } });
    expect(ranTexts({ folder })).toEqual([]);
  });

  test('a text that is too long fails its parcel with the index that it has in the request, and no other', async () => {
    await load();
    runner.send({ type: 'run', parcelId: 1, work: embedWork(['a', 'long'], { firstIndex: 40 }) });
    runner.send({ type: 'run', parcelId: 2, work: embedWork(['b']) });
    await until(() => answers().length === 2);
    expect(answers().find(({ parcelId }) => parcelId === 1)).toMatchObject({ error: { code: 'INPUT_TOO_LONG', fields: { index: 41 } } });
    expect(answers().find(({ parcelId }) => parcelId === 2)).toMatchObject({ type: 'result' });
  });

  test('a batch that fails fails the parcels in it, and the next one runs', async () => {
    await load();
    runner.send({ type: 'run', parcelId: 1, work: embedWork(['fail']) });
    await until(() => answers().length === 1);
    expect(answers()[0]).toMatchObject({ type: 'error', error: { code: 'INTERNAL' } });
    expect(batches()[0]?.report).toMatchObject({ size: 1, succeeded: false });
    runner.send({ type: 'run', parcelId: 2, work: embedWork(['good']) });
    await until(() => answers().length === 2);
    expect(answers()[1]).toMatchObject({ type: 'result' });
  });

  test('a batch that fails fails the parcel that is to blame, and no other in it', async () => {
    await load();
    // Behind a batch that is held, the three wait together.
    runner.send({ type: 'run', parcelId: 9, work: embedWork(['gate:open']) });
    await until(() => ranTexts({ folder }).includes('gate:open'));
    for (const [index, text] of ['good', 'fail', 'fine'].entries()) {
      runner.send({ type: 'run', parcelId: index + 1, work: embedWork([text]) });
    }
    await openGate({ folder }, 'open');
    await until(() => answers().length === 4);
    expect(batches()[1]?.report).toMatchObject({ size: 3, succeeded: false });
    expect(answers().find(({ parcelId }) => parcelId === 2)).toMatchObject({ type: 'error', error: { code: 'INTERNAL' } });
    for (const wanted of [1, 3]) expect(answers().find(({ parcelId }) => parcelId === wanted)).toMatchObject({ type: 'result' });
  });

  test('a cancelled parcel that waits behind a running batch is never computed', async () => {
    await load();
    runner.send({ type: 'run', parcelId: 1, work: embedWork(['gate:open']) });
    await until(() => ranTexts({ folder }).includes('gate:open'));
    runner.send({ type: 'run', parcelId: 2, work: embedWork(['unwanted']) });
    runner.send({ type: 'run', parcelId: 3, work: embedWork(['wanted']) });
    runner.send({ type: 'cancel', parcelId: 2 });
    await openGate({ folder }, 'open');
    await until(() => answers().length === 3);
    expect(answers().find(({ parcelId }) => parcelId === 2)).toMatchObject({ error: { code: 'CANCELED' } });
    expect(ranTexts({ folder })).toEqual(['gate:open', 'wanted']);
  });

  test('goes on through the signals of a terminal', async () => {
    await load();
    process.kill(runner.pid as number, 'SIGINT');
    process.kill(runner.pid as number, 'SIGTERM');
    runner.send({ type: 'run', parcelId: 1, work: embedWork(['still here']) });
    await until(() => answers().length === 1);
  });

  test('ends when its channel closes, and says with what', async () => {
    await load();
    await runner.end(10_000);
    expect(await runner.exited).toBe('it exited with code 0');
  });

  test('gets no setting, key or token of the server', async () => {
    process.env.MODELKEEP_API_KEYS = 'secret';
    process.env.HF_TOKEN = 'secret';
    const other = startRunnerProcess({ entry: testRunnerEntry, threads: 3, clock: systemClock, log: silentLog, onReply: () => {} });
    const { readFile } = await import('node:fs/promises');
    const environment = await readFile(`/proc/${other.pid}/environ`, 'utf8');
    await other.kill();
    delete process.env.MODELKEEP_API_KEYS;
    delete process.env.HF_TOKEN;
    expect(environment).not.toContain('secret');
    expect(environment).toContain('RAYON_NUM_THREADS=3');
    expect(environment).toContain('MALLOC_ARENA_MAX=1');
  });

  test.each(['idle', 'hang'])('does not survive a server that is killed while the runner is in state: %s', async (state) => {
    const parent = fork(fileURLToPath(new URL('../support/test-engine-parent.ts', import.meta.url)), [folder, state], { stdio: 'ignore' });
    const childId = await new Promise<number>((resolve) => parent.once('message', (id) => resolve(id as number)));
    if (state === 'hang') await until(() => ranTexts({ folder }).includes('hang'));
    expect(isAlive(childId)).toBe(true);
    parent.kill('SIGKILL');
    await until(() => !isAlive(childId));
  });
});
