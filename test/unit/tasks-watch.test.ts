import { expect, test } from 'vitest';
import { TaskNotFoundError } from '../../src/errors.ts';
import type { Task } from '../../src/tasks/task.ts';
import { fakeClock } from '../support/fake-clock.ts';
import { type Context, ended, never, tasksOf, untilAborted } from '../support/task-set.ts';

test('a watch begins with the task as it is, misses no state and ends after the last', async () => {
  const go = Promise.withResolvers<void>();
  await using set = await tasksOf({ steps: [{ name: 'WAIT', run: () => go.promise }] });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const states: string[] = [];
  for await (const { state } of set.tasks.watch(task.id, never)) {
    states.push(state);
    if (state === 'RUNNING') go.resolve();
  }
  expect(states.at(-1)).toBe('SUCCEEDED');
  expect(states).toContain('RUNNING');
  const late: string[] = [];
  for await (const { state } of set.tasks.watch(task.id, never)) late.push(state);
  expect(late).toEqual(['SUCCEEDED']);
  await expect(set.tasks.watch('none', never).next()).rejects.toThrow(TaskNotFoundError);
});

test('return() and the signal end a watch at once while it waits', async () => {
  await using set = await tasksOf({ steps: [{ name: 'WAIT', run: untilAborted }] });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const leaving = new AbortController();
  for (const end of [(watch: AsyncIterableIterator<Task>) => watch.return?.(), () => leaving.abort()]) {
    const watch = set.tasks.watch(task.id, leaving.signal);
    let pending = watch.next();
    while (!(await Promise.race([pending.then(() => false), quiet()]))) pending = watch.next();
    void end(watch);
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(await watch.next()).toEqual({ done: true, value: undefined });
  }
  expect(await set.tasks.watch(task.id, AbortSignal.abort()).next()).toEqual({ done: true, value: undefined });

  /** Resolves once whatever is under way had its turns and the promise beside it still waits. */
  async function quiet(): Promise<boolean> {
    for (let turn = 0; turn < 50; turn++) await new Promise((resolve) => setImmediate(resolve));
    return true;
  }
});

test('two hundred watchers of one task all see its end', async () => {
  const go = Promise.withResolvers<void>();
  await using set = await tasksOf({
    steps: [
      {
        name: 'REPORT',
        async run({ report }) {
          await go.promise;
          for (let done = 0; done <= 1000; done++) report({ doneBytes: done, totalBytes: 1000 });
        },
      },
    ],
  });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const watched = Array.from({ length: 200 }, async () => {
    const seen: Task[] = [];
    for await (const snapshot of set.tasks.watch(task.id, never)) seen.push(snapshot);
    return seen;
  });
  go.resolve();
  for (const seen of await Promise.all(watched)) {
    expect(seen.at(-1)).toMatchObject({ state: 'SUCCEEDED', bytes: { done: 1000, total: 1000 } });
    // A thousand reports in one go are no thousand events.
    expect(seen.length).toBeLessThan(10);
  }
});

test('a watch that starts in the same tick as a change loses nothing, fifty times over', async () => {
  await using set = await tasksOf({ steps: [{ name: 'AT ONCE', run: async () => {} }] });
  for (let round = 0; round < 50; round++) {
    const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
    let last: Task | undefined;
    for await (last of set.tasks.watch(task.id, never));
    expect(last?.state).toBe('SUCCEEDED');
  }
});

test('progress is weighted, never runs backwards, and is whole only at the end', async () => {
  const clock = fakeClock();
  const at = Promise.withResolvers<Context>();
  const go = Promise.withResolvers<void>();
  await using set = await tasksOf(
    {
      steps: [
        {
          name: 'BIG',
          weight: 3,
          run: (context) => {
            at.resolve(context);
            return go.promise;
          },
        },
        { name: 'SMALL', run: async ({ report }) => report({ fraction: 1 }) },
      ],
    },
    clock,
  );
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const { report } = await at.promise;
  const progress = async () => (await set.tasks.get(task.id))?.progress;
  report({ doneBytes: 500, totalBytes: 1000 });
  expect(await progress()).toBeCloseTo(0.375);
  report({ doneBytes: 100, totalBytes: 1000 });
  expect(await progress()).toBeCloseTo(0.375);
  report({ doneBytes: Number.NaN, totalBytes: 0 });
  report({ fraction: Number.POSITIVE_INFINITY });
  report({ fraction: -5 });
  expect(await progress()).toBeCloseTo(0.375);
  report({ doneBytes: 2000, totalBytes: 1000 });
  expect(await progress()).toBeCloseTo(0.75);
  go.resolve();
  expect((await ended(set.tasks, task.id)).progress).toBe(1);
});

test('the rate and the forecast are null until measured, smoothed, and null again when bytes stop', async () => {
  const clock = fakeClock();
  const at = Promise.withResolvers<Context>();
  await using set = await tasksOf(
    {
      steps: [
        {
          name: 'FETCH',
          run: (context) => {
            at.resolve(context);
            return untilAborted(context);
          },
        },
      ],
    },
    clock,
  );
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const { report } = await at.promise;
  const shown = async () => {
    const now = await set.tasks.get(task.id);
    return [now?.bytes?.perSecond, now?.etaSeconds];
  };
  report({ doneBytes: 5_000_000, totalBytes: 10_000_000 });
  expect(await shown()).toEqual([null, null]);
  for (let second = 1; second <= 3; second++) {
    clock.advance(1000);
    report({ doneBytes: 5_000_000 + second * 500_000, totalBytes: 10_000_000 });
  }
  // What an earlier attempt fetched is no speed of this one.
  expect(await shown()).toEqual([500_000, 7]);
  clock.advance(8000);
  const [rate, eta] = await shown();
  expect(rate).toBeLessThan(250_000);
  expect(eta).toBeNull();
});

test('parking ends watches, and nothing new starts', async () => {
  await using set = await tasksOf({ steps: [{ name: 'WAIT', run: untilAborted }] });
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const watched = (async () => {
    const seen: Task[] = [];
    for await (const snapshot of set.tasks.watch(task.id, never)) seen.push(snapshot);
    return seen;
  })();
  await set.tasks.park();
  expect((await watched).at(-1)?.state).toBe('RUNNING');
  await expect(set.tasks.start({ kind: 'DOWNLOAD', input: {} })).rejects.toMatchObject({ code: 'OVERLOADED' });
});

test('settled answers the task as it is at the timeout, and throws when the caller leaves', async () => {
  const clock = fakeClock();
  await using set = await tasksOf({ steps: [{ name: 'WAIT', run: untilAborted }] }, clock);
  const { task } = await set.tasks.start({ kind: 'DOWNLOAD', input: {} });
  const waiting = set.tasks.settled(task.id, { timeoutMs: 5000, signal: never });
  clock.advance(5000);
  expect(['QUEUED', 'RUNNING']).toContain((await waiting).state);
  const leaving = new AbortController();
  const left = set.tasks.settled(task.id, { timeoutMs: 5000, signal: leaving.signal });
  leaving.abort(new Error('left'));
  await expect(left).rejects.toThrow('left');
  await expect(set.tasks.settled('none', { timeoutMs: 1, signal: never })).rejects.toThrow(TaskNotFoundError);
});

test('a listener that throws disturbs nobody', async () => {
  await using set = await tasksOf({ steps: [{ name: 'RUN', run: async () => {} }] });
  const heard: string[] = [];
  set.tasks.onChange(() => {
    throw new Error('careless');
  });
  const stop = set.tasks.onChange(({ state }) => heard.push(state));
  await ended(set.tasks, (await set.tasks.start({ kind: 'DOWNLOAD', input: {} })).task.id);
  expect(heard).toEqual(['QUEUED', 'RUNNING', 'SUCCEEDED']);
  stop();
  await ended(set.tasks, (await set.tasks.start({ kind: 'DOWNLOAD', input: {} })).task.id);
  expect(heard).toHaveLength(3);
});
