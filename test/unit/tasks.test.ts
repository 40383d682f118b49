import { expect, test, vi } from 'vitest';
import { UpstreamFailedError } from '../../src/errors.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { ended, never, tasksOf, untilAborted } from '../support/task-set.ts';

test('steps run in order, see what earlier ones recorded, and the task ends whole', async () => {
  const ran: string[] = [];
  await using set = await tasksOf({
    steps: [
      { name: 'FETCH', weight: 3, run: async ({ record }) => record({ commit: 'abc' }) },
      { name: 'SKIPPED', applies: () => false, run: async () => expect.unreachable() },
      {
        name: 'INSTALL',
        async run({ journal, setModel }) {
          ran.push(String(journal.commit));
          await setModel('model 1');
        },
      },
    ],
  });
  const { task, joined } = await set.tasks.start({ kind: 'DOWNLOAD', input: { name: 'm' } });
  expect([task.state, task.progress, joined]).toEqual(['QUEUED', 0, false]);
  const end = await ended(set.tasks, task.id);
  expect(end).toMatchObject({ state: 'SUCCEEDED', progress: 1, modelId: 'model 1', attempt: 1, error: null });
  expect(end.steps.map(({ name, state, progress }) => [name, state, progress])).toEqual([
    ['FETCH', 'SUCCEEDED', 1],
    ['SKIPPED', 'SUCCEEDED', 1],
    ['INSTALL', 'SUCCEEDED', 1],
  ]);
  expect(ran).toEqual(['abc']);
  await set.reopen();
  expect(await set.tasks.get(task.id)).toEqual(end);
});

test('equal work is joined while it is active, and starts anew afterwards', async () => {
  const go = Promise.withResolvers<void>();
  let runs = 0;
  await using set = await tasksOf({
    steps: [
      {
        name: 'RUN',
        run: () => {
          runs++;
          return go.promise;
        },
      },
    ],
  });
  const request = { kind: 'DOWNLOAD', input: {}, workKey: 'download:m' } as const;
  const started = await Promise.all(Array.from({ length: 20 }, () => set.tasks.start(request)));
  expect(new Set(started.map(({ task }) => task.id)).size).toBe(1);
  expect(started.filter(({ joined }) => !joined)).toHaveLength(1);
  expect((await set.tasks.start({ ...request, workKey: 'download:other' })).joined).toBe(false);
  go.resolve();
  const [first] = started;
  await ended(set.tasks, first?.task.id ?? '');
  expect(runs).toBe(2);
  expect((await set.tasks.start(request)).joined).toBe(false);
});

test('parked tasks go on at the next start, twice by themselves and no more; a LOAD fails at once', async () => {
  const attempts: number[] = [];
  let isDone = false;
  await using set = await tasksOf({
    steps: [
      { name: 'ONCE', run: async ({ record, attempt }) => record({ by: attempt }) },
      {
        name: 'LONG',
        run: async (context) => {
          if ('counts' in context.input) attempts.push(context.attempt);
          if (!isDone) await untilAborted(context);
        },
      },
    ],
  });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: { counts: true }, workKey: 'w' });
  const load = (await set.tasks.start({ kind: 'LOAD', input: {} })).task;
  const running = async (attempt: number) => {
    for await (const seen of set.tasks.watch(task.id, never))
      if (seen.attempt === attempt && seen.steps[1]?.state === 'RUNNING') return seen;
    return null;
  };
  for (const attempt of [1, 2, 3]) {
    expect(await running(attempt)).toMatchObject({ state: 'RUNNING', attempt });
    await set.reopen();
    expect((await set.tasks.get(task.id))?.state).toBe('RUNNING');
    await set.tasks.resume();
    if (attempt === 1) expect(await set.tasks.get(load.id)).toMatchObject({ state: 'FAILED', error: { code: 'INTERRUPTED' } });
  }
  expect(await set.tasks.get(task.id)).toMatchObject({ state: 'FAILED', attempt: 3, error: { code: 'INTERRUPTED' } });
  isDone = true;
  await set.tasks.retry(task.id);
  expect((await ended(set.tasks, task.id)).state).toBe('SUCCEEDED');
  expect(attempts).toEqual([1, 2, 3, 4]);
});

test('lists are narrowed by kind, state and model, and say how many there are', async () => {
  await using set = await tasksOf({
    steps: [{ name: 'RUN', run: (context) => (context.modelId ? untilAborted(context) : Promise.resolve()) }],
  });
  for (let index = 0; index < 3; index++) await ended(set.tasks, (await set.tasks.start({ kind: 'LOAD', input: {} })).task.id);
  const active = (await set.tasks.start({ kind: 'DOWNLOAD', input: {}, modelId: 'm' })).task;
  const count = async (filter: Parameters<typeof set.tasks.list>[0]) => (await set.tasks.list(filter, { limit: 1 })).totalCount;
  expect(
    await Promise.all(
      [{}, { kind: 'LOAD' }, { active: true }, { active: false }, { modelId: 'm' }, { state: 'FAILED' }].map((filter) =>
        count(filter as object),
      ),
    ),
  ).toEqual([4, 3, 1, 3, 1, 0]);
  const newest = await set.tasks.list({}, { limit: 2, fromEnd: true });
  expect([newest.items.at(-1)?.item.id, newest.hasPrevious, newest.hasNext]).toEqual([active.id, true, false]);
  expect((await set.tasks.activeForModels(['m', 'x'])).get('m')?.id).toBe(active.id);
  expect((await set.tasks.getMany([active.id, 'none'])).map((task) => task?.id ?? null)).toEqual([active.id, null]);
});

test('history is kept for thirty days, and what a failed task left goes with it', async () => {
  const clock = fakeClock();
  const cleaned: string[] = [];
  await using set = await tasksOf(
    {
      steps: [
        { name: 'RUN', run: async () => Promise.reject(new UpstreamFailedError({ url: 'http://hub', status: 500, message: 'No.' })) },
      ],
      cleanUp: async ({ taskId }) => void cleaned.push(taskId),
    },
    clock,
  );
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  for await (const _ of set.tasks.watch(task.id, never));
  clock.advance(29 * 86_400_000);
  expect((await set.tasks.get(task.id))?.state).toBe('FAILED');
  const forgotten = async () => {
    while (await set.tasks.get(task.id)) {
      clock.advance(86_400_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  await forgotten();
  expect(cleaned).toEqual([task.id]);
});

test('a start finishes the cancels and the cleaning up that the last process did not', async () => {
  const cleaned: string[] = [];
  let isStuck = true;
  await using set = await tasksOf({
    steps: [{ name: 'RUN', run: untilAborted }],
    cleanUp: async ({ taskId }) => {
      if (isStuck) throw new Error('the disk is away');
      cleaned.push(taskId);
    },
  });
  const half = (await set.tasks.start({ kind: 'DOWNLOAD', input: {} })).task.id;
  const canceled = (await set.tasks.start({ kind: 'DOWNLOAD', input: {} })).task.id;
  expect((await set.tasks.cancel(canceled)).state).toBe('CANCELED');
  await expect(set.tasks.retry(canceled)).rejects.toMatchObject({ code: 'MODEL_BUSY' });
  await set.reopen();
  // As a cancel leaves it that was killed before it was through.
  await set.database.write((transaction) => transaction.updateTable('tasks').set({ clean_up: 'PENDING' }).where('id', '=', half).execute());
  isStuck = false;
  await set.tasks.resume();
  expect((await ended(set.tasks, half)).state).toBe('CANCELED');
  await vi.waitUntil(() => cleaned.length === 2);
  expect(cleaned.sort()).toEqual([half, canceled].sort());
  await vi.waitUntil(() => set.tasks.retry(canceled).catch(() => null));
});
