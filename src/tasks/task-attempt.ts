import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { CanceledError, type ErrorCode, errorToWire, InterruptedError } from '../errors.ts';
import type { Log } from '../log.ts';
import { keepScope } from '../request-scope.ts';
import type { Task } from './task.ts';
import { type AnyContext, type ContextOptions, createTaskContext } from './task-context.ts';
import type { AttemptObserver, TaskObserver } from './task-observer.ts';
import { createTaskProgress, snapshotOf } from './task-progress.ts';
import type { AnyDefinition, StoredStep, TaskRecord } from './task-record.ts';
import type { TaskStore } from './task-store.ts';

/** One attempt at a task: from its start, or its place in a queue, to where it ends or the server stops. */
export interface Attempt {
  readonly id: string;
  /** The task as it is on disk, with the progress that is not. */
  snapshot(): Task;
  /** Runs the steps; once. */
  run(): void;
  /**
   * Resolves when the task shows CANCELED, within a second, also where a step does not heed its signal. What it gathered is removed,
   * or kept for a retry. No effect on an ended one.
   */
  cancel(options?: { keepPartial?: boolean | undefined }): Promise<void>;
  /** Stops the steps and shows PAUSED, for somebody to go on with later. */
  pause(): Promise<void>;
  /** Says how far the next step had got before the server stopped. */
  recall(): Promise<void>;
  /** Stops the steps and leaves the task as it is on disk, for the next start to go on with. Resolves when nothing runs, or after a while. */
  park(): Promise<void>;
  /** Resolves when the task shows how it ended, or is parked. */
  readonly settled: Promise<void>;
  /** Resolves when nothing of the attempt runs any more, its clean-up included. */
  readonly ended: Promise<void>;
}

export interface AttemptOptions {
  record: TaskRecord;
  definition: AnyDefinition;
  store: TaskStore;
  clock: Clock;
  log: Log;
  observer?: TaskObserver | undefined;
  /** Called after each change that clients may see is on disk. */
  onTransition(task: Task): void;
  /** Called for each report of progress. */
  onProgress(): void;
}

/** A step that does not heed its signal is left behind after this long, and clean-up after that long: together below a second. */
const stepStopsWithinMs = 600;
const canceledWithinMs = 900;
const parkedWithinMs = 5000;
const savedAgainAfterMs = 1000;

/** Failures that the same bytes would only repeat: what was fetched is removed, and a retry begins anew. */
const permanentCodes: ReadonlySet<ErrorCode> = new Set(['UNSUPPORTED_MODEL', 'INVALID_MODEL_FILE', 'INVALID_INPUT', 'UNSAFE_URL']);

type Outcome = { type: 'succeeded' } | { type: 'failed'; error: unknown } | { type: 'stopped' };

export function createAttempt(options: AttemptOptions): Attempt {
  const { record: initial, definition, store, clock, log, observer, onTransition, onProgress } = options;
  const { id, kind } = initial;
  const progress = createTaskProgress(clock);
  const controller = new AbortController();
  const settled = Promise.withResolvers<void>();
  const ended = Promise.withResolvers<void>();
  const overdue = Promise.withResolvers<void>();
  const canceledInTime = Promise.withResolvers<void>();
  let record = initial;
  let steps: StoredStep[] = [...initial.steps];
  let ending: 'cancel' | 'pause' | 'park' | null = null;
  let keepsPartial = false;
  let isStarted = false;
  let isClosed = false;
  let straggler: Promise<unknown> = Promise.resolve();
  let observed: AttemptObserver | undefined;
  // It may begin when another task ends, but is logged with the request that asked for it.
  const inOwnScope = keepScope();

  const snapshot = () => snapshotOf(record, progress);

  async function save(changes: Partial<TaskRecord>): Promise<void> {
    const saved = await store.update(id, (before) => ({ ...before, ...changes }));
    if (!saved) throw new Error(`task ${id} is no longer in the database`);
    record = saved;
    onTransition(snapshot());
  }

  /** The last word on a task has to be written: while the disk refuses, it is tried again. */
  async function saveSurely(changes: Partial<TaskRecord>): Promise<void> {
    for (;;) {
      try {
        return await save(changes);
      } catch (error) {
        log.error({ err: error, taskId: id }, 'a task could not be written');
        if (ending === 'park') throw error;
        await new Promise<void>((resolve) => clock.setTimeout(resolve, savedAgainAfterMs));
      }
    }
  }

  function contextOf(rules: Pick<ContextOptions, 'signal' | 'mayGoOn' | 'onReport' | 'onNote'>): AnyContext {
    return createTaskContext({
      ...rules,
      current: () => record,
      async change(how) {
        record = (await store.update(id, how)) ?? record;
      },
      onShownChange: () => onTransition(snapshot()),
    });
  }

  function mark(index: number, changes: Partial<StoredStep>): void {
    steps = progress.merge(steps).map((step, at) => (at === index ? { ...step, ...changes } : step));
  }

  async function runSteps(): Promise<Outcome> {
    for (const [index, step] of definition.steps.entries()) {
      if (ending) return { type: 'stopped' };
      if (steps[index]?.state === 'SUCCEEDED') continue;
      const context = contextOf({
        signal: controller.signal,
        mayGoOn: () => !isClosed && ending !== 'cancel',
        onNote: (note) => mark(index, { note }),
        onReport(report) {
          progress.report(index, report);
          onProgress();
        },
      });
      try {
        if (step.applies && !step.applies(context)) {
          mark(index, { state: 'SUCCEEDED', progress: 1, weight: 0 });
          continue;
        }
        mark(index, { state: 'RUNNING' });
        await save({ state: 'RUNNING', startedAt: record.startedAt ?? clock.now(), steps });
        if (ending) return { type: 'stopped' };
        const work = Promise.try(() => step.run(context));
        const stepEnded = observed?.stepStarted(step.name);
        straggler = work.then(
          () => stepEnded?.(null),
          (failure: unknown) => stepEnded?.(failure),
        );
        const isDone = await Promise.race([work.then(() => true), overdue.promise.then(() => false)]);
        if (!isDone) return { type: 'stopped' };
      } catch (error) {
        return ending ? { type: 'stopped' } : { type: 'failed', error };
      }
      mark(index, { state: 'SUCCEEDED', progress: 1 });
    }
    return { type: 'succeeded' };
  }

  async function finish(outcome: Outcome): Promise<void> {
    isClosed = true;
    if (ending === 'cancel') return finishCanceled();
    const startedAt = record.startedAt ?? clock.now();
    if (outcome.type === 'succeeded') return saveSurely({ state: 'SUCCEEDED', steps, startedAt, finishedAt: clock.now() });
    if (outcome.type === 'stopped' && ending === 'pause') {
      steps = progress.merge(steps).map((step) => (step.state === 'RUNNING' ? { ...step, state: 'PAUSED' } : step));
      return saveSurely({ state: 'PAUSED', steps });
    }
    // A parked task keeps what its last step finished.
    if (outcome.type === 'stopped') return save({ steps });
    await finishFailed(outcome.error);
  }

  async function finishFailed(failure: unknown): Promise<void> {
    const errorId = randomUUID();
    const error = errorToWire(failure, errorId);
    if (error.code === 'INTERNAL') log.error({ err: failure, errorId, taskId: id, kind }, 'a task failed unexpectedly');
    const isPermanent = permanentCodes.has(error.code) && definition.cleanUp !== undefined;
    steps = progress.merge(steps).map((step) => (step.state === 'RUNNING' ? { ...step, state: 'FAILED' } : step));
    await saveSurely({ state: 'FAILED', error, steps, finishedAt: clock.now(), cleanUp: isPermanent ? 'PENDING' : 'NONE' });
    settled.resolve();
    if (isPermanent && (await cleanUp())) await saveSurely({ cleanUp: 'DONE' });
  }

  async function finishCanceled(): Promise<void> {
    if (keepsPartial) {
      await saveSurely({ state: 'CANCELED', steps: canceledSteps(), finishedAt: clock.now(), cleanUp: 'NONE' });
      settled.resolve();
      return void (await straggler);
    }
    // On disk before anything is removed: a start after a crash must not go on with half of the files.
    await saveSurely({ cleanUp: 'PENDING' });
    let isClean = false;
    const cleaning = straggler.then(cleanUp).then((success) => {
      isClean = success;
    });
    await Promise.race([cleaning, canceledInTime.promise]);
    const shownClean = isClean;
    await saveSurely({ state: 'CANCELED', steps: canceledSteps(), finishedAt: clock.now(), cleanUp: shownClean ? 'DONE' : 'PENDING' });
    settled.resolve();
    await cleaning;
    if (isClean && !shownClean) await saveSurely({ cleanUp: 'DONE' });
  }

  function canceledSteps(): StoredStep[] {
    return progress.merge(steps).map((step) => (step.state === 'SUCCEEDED' ? step : { ...step, state: 'CANCELED' }));
  }

  async function cleanUp(): Promise<boolean> {
    try {
      await definition.cleanUp?.(idleContext());
      return true;
    } catch (error) {
      log.warn({ err: error, taskId: id, kind }, 'a task could not be cleaned up; the next start tries again');
      return false;
    }
  }

  function idleContext(): AnyContext {
    return contextOf({ signal: new AbortController().signal, mayGoOn: () => true, onReport() {}, onNote() {} });
  }

  async function conduct(work: () => Promise<Outcome>): Promise<void> {
    try {
      await finish(await work());
    } catch (error) {
      log.error({ err: error, taskId: id, kind }, 'a task ended without a record of how');
    } finally {
      settled.resolve();
      ended.resolve();
      observed?.ended(ending === 'park' ? 'PARKED' : record.state);
    }
  }

  function begin(work: () => Promise<Outcome>): void {
    if (isStarted) return;
    isStarted = true;
    void inOwnScope(() => {
      const { attempt, modelId } = initial;
      observed = observer?.attemptStarted({ id, kind, attempt, modelId });
      return conduct(work);
    });
  }

  return {
    id,
    snapshot,
    run: () => begin(runSteps),
    async recall() {
      const index = steps.findIndex(({ state }) => state !== 'SUCCEEDED');
      try {
        const report = await definition.steps[index]?.recall?.(idleContext());
        if (report) progress.report(index, report);
      } catch (error) {
        log.warn({ err: error, taskId: id, kind }, 'how far a task had got is not known');
      }
    },
    async pause() {
      if (!isClosed && ending === null) {
        ending = 'pause';
        controller.abort(new InterruptedError({ what: `the ${kind} task` }));
        clock.setTimeout(overdue.resolve, parkedWithinMs);
        begin(async () => ({ type: 'stopped' }));
      }
      await settled.promise;
    },
    async cancel({ keepPartial = false } = {}) {
      if (!isClosed && ending === null) {
        ending = 'cancel';
        keepsPartial = keepPartial;
        controller.abort(new CanceledError({ what: `Task ${id}` }));
        clock.setTimeout(overdue.resolve, stepStopsWithinMs);
        clock.setTimeout(canceledInTime.resolve, canceledWithinMs);
        begin(async () => ({ type: 'stopped' }));
      }
      await settled.promise;
    },
    async park() {
      if (!isClosed && ending === null) {
        ending = 'park';
        controller.abort(new InterruptedError({ what: `the ${kind} task` }));
        clock.setTimeout(overdue.resolve, parkedWithinMs);
        begin(async () => ({ type: 'stopped' }));
      }
      await settled.promise;
    },
    settled: settled.promise,
    ended: ended.promise,
  };
}
