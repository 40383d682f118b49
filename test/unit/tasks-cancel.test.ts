import { expect, test, vi } from 'vitest';
import { CanceledError, ModelBusyError, TaskNotFoundError, UnsupportedModelError, UpstreamFailedError } from '../../src/errors.ts';
import { type Context, ended, tasksOf, untilAborted } from '../support/task-set.ts';

test('cancel stops a step that heeds its signal, cleans up before it says so, and may be asked again', async () => {
  const cleaned: string[] = [];
  const running = Promise.withResolvers<void>();
  await using set = await tasksOf({
    steps: [
      {
        name: 'FETCH',
        run: async (context) => {
          await context.record({ half: true });
          running.resolve();
          await untilAborted(context);
        },
      },
    ],
    cleanUp: async ({ taskId, journal }) => void cleaned.push(`${taskId} ${journal.half}`),
  });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  await running.promise;
  const [first, second] = await Promise.all([set.tasks.cancel(task.id), set.tasks.cancel(task.id)]);
  expect(first).toMatchObject({ state: 'CANCELED', error: null });
  expect(second).toEqual(first);
  expect(cleaned).toEqual([`${task.id} true`]);
  expect(await set.tasks.cancel(task.id)).toEqual(first);
  await expect(set.tasks.cancel('none')).rejects.toThrow(TaskNotFoundError);
});

test('cancel shows within a second where a step ignores its signal, and the straggler can do nothing more', async () => {
  const go = Promise.withResolvers<void>();
  const at = Promise.withResolvers<Context>();
  const cleaned = Promise.withResolvers<void>();
  let isOver = false;
  await using set = await tasksOf({
    steps: [
      {
        name: 'DEAF',
        run: async (context) => {
          at.resolve(context);
          await go.promise;
          isOver = true;
        },
      },
      { name: 'INSTALL', run: async () => expect.unreachable() },
    ],
    cleanUp: async () => {
      if (isOver) cleaned.resolve();
    },
  });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const context = await at.promise;
  const from = performance.now();
  expect((await set.tasks.cancel(task.id)).state).toBe('CANCELED');
  expect(performance.now() - from).toBeLessThan(1000);
  await expect(context.record({ late: true })).rejects.toThrow(CanceledError);
  await expect(context.setModel('late')).rejects.toThrow(CanceledError);
  expect(() => context.report({ fraction: 1 })).toThrow(CanceledError);
  go.resolve();
  await cleaned.promise;
  expect(await set.tasks.get(task.id)).toMatchObject({ state: 'CANCELED', modelId: null });
});

test('a cancelled task is retried from the start, a failed one from the step that failed', async () => {
  let failure: Error | null = new UpstreamFailedError({ url: 'http://hub', status: 503, message: 'The hub is away.' });
  let isBlocked = false;
  const ran: string[] = [];
  await using set = await tasksOf({
    steps: [
      {
        name: 'FIRST',
        run: async ({ record, journal }) => {
          ran.push(`first ${Object.keys(journal)}`);
          await record({ first: 1 });
        },
      },
      {
        name: 'SECOND',
        async run(context) {
          ran.push(`second ${Object.keys(context.journal)}`);
          if (failure) throw failure;
          if (isBlocked) await untilAborted(context);
        },
      },
    ],
  });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {}, workKey: 'w' });
  expect(await ended(set.tasks, task.id)).toMatchObject({ state: 'FAILED', error: { code: 'UPSTREAM_FAILED', fields: { status: 503 } } });
  failure = null;
  isBlocked = true;
  expect(await set.tasks.retry(task.id)).toMatchObject({ id: task.id, attempt: 2, error: null, finishedAt: null });
  await expect(set.tasks.retry(task.id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await set.tasks.cancel(task.id);
  isBlocked = false;
  expect((await set.tasks.retry(task.id)).attempt).toBe(3);
  expect((await ended(set.tasks, task.id)).state).toBe('SUCCEEDED');
  expect(ran).toEqual(['first ', 'second first', 'second first', 'first ', 'second first']);
  await expect(set.tasks.retry(task.id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  await expect(set.tasks.retry('none')).rejects.toThrow(TaskNotFoundError);
});

test('a retry is refused while another task does the same work', async () => {
  let fails = true;
  await using set = await tasksOf({
    steps: [
      {
        name: 'RUN',
        async run(context) {
          if (fails) throw new UpstreamFailedError({ url: 'http://hub', status: null, message: 'No answer.' });
          await untilAborted(context);
        },
      },
    ],
  });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {}, workKey: 'w' });
  await ended(set.tasks, task.id);
  fails = false;
  const rival = await set.tasks.start({ kind: 'DOWNLOAD', input: {}, workKey: 'w' });
  await expect(set.tasks.retry(task.id)).rejects.toSatisfy((error) => error instanceof ModelBusyError && error.taskId === rival.task.id);
});

test('an unexpected error shows an id and nothing else; a failure that lasts is cleaned up', async () => {
  let failure: Error = new TypeError('secret detail');
  let cleaned = 0;
  await using set = await tasksOf({ steps: [{ name: 'RUN', run: () => Promise.reject(failure) }], cleanUp: async () => void cleaned++ });
  const first = await ended(set.tasks, (await set.tasks.start({ kind: 'DOWNLOAD', input: {} })).task.id);
  expect(first.error).toMatchObject({ code: 'INTERNAL', fields: { id: expect.stringMatching(/^[0-9a-f-]{36}$/) } });
  expect(JSON.stringify(first)).not.toContain('secret');
  expect(cleaned).toBe(0);
  failure = new UnsupportedModelError({ reason: 'No.', remedy: 'None.' });
  const second = await ended(set.tasks, (await set.tasks.start({ kind: 'DOWNLOAD', input: {} })).task.id);
  expect(second.steps).toEqual([{ name: 'RUN', state: 'FAILED', progress: 0, note: null }]);
  expect((await set.tasks.retry(second.id)).attempt).toBe(2);
  expect(cleaned).toBe(1);
});

test('at most so many tasks of a kind run at once, and one that waits can be cancelled', async () => {
  const starts: string[] = [];
  const gates = new Map<string, PromiseWithResolvers<void>>();
  await using set = await tasksOf({
    concurrency: 2,
    steps: [
      {
        name: 'RUN',
        async run({ input }) {
          const { key } = input as { key: string };
          starts.push(key);
          await gates.get(key)?.promise;
        },
      },
    ],
  });
  const ids: Record<string, string> = {};
  for (const key of ['a', 'b', 'c', 'd']) {
    gates.set(key, Promise.withResolvers());
    ids[key] = (await set.tasks.start({ kind: 'DOWNLOAD', input: { key } })).task.id;
  }
  expect((await set.tasks.get(ids.c ?? ''))?.state).toBe('QUEUED');
  expect((await set.tasks.cancel(ids.c ?? '')).state).toBe('CANCELED');
  gates.get('a')?.resolve();
  gates.get('d')?.resolve();
  expect((await ended(set.tasks, ids.d ?? '')).state).toBe('SUCCEEDED');
  expect(starts).toEqual(['a', 'b', 'd']);
  gates.get('b')?.resolve();
});

test('what a failed task kept for a retry goes when the same work is started anew', async () => {
  const cleaned = Promise.withResolvers<string>();
  let fails = true;
  const ran: string[] = [];
  await using set = await tasksOf({
    steps: [
      { name: 'FETCH', run: async ({ taskId }) => void ran.push(taskId) },
      {
        name: 'INSTALL',
        async run() {
          if (fails) throw new UpstreamFailedError({ url: 'http://hub', status: null, message: 'No answer.' });
        },
      },
    ],
    cleanUp: async ({ taskId }) => cleaned.resolve(taskId),
  });
  const first = await set.tasks.start({ kind: 'DOWNLOAD', input: {}, workKey: 'w' });
  await ended(set.tasks, first.task.id);
  fails = false;
  const second = await set.tasks.start({ kind: 'DOWNLOAD', input: {}, workKey: 'w' });
  expect(await cleaned.promise).toBe(first.task.id);
  await ended(set.tasks, second.task.id);
  // Its first step was undone, so it runs once more.
  await vi.waitUntil(() =>
    set.tasks.retry(first.task.id).catch((error: unknown) => (error instanceof ModelBusyError ? null : Promise.reject(error))),
  );
  expect((await ended(set.tasks, first.task.id)).state).toBe('SUCCEEDED');
  expect(ran).toEqual([first.task.id, second.task.id, first.task.id]);
});
