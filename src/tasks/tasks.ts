import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { InvalidInputError, ModelBusyError, OverloadedError, TaskNotFoundError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Database } from '../storage/database.ts';
import type { Page, PageOf } from '../storage/page.ts';
import type { Task, TaskDefinition, TaskKind } from './task.ts';
import { type Attempt, createAttempt } from './task-attempt.ts';
import { createTaskChanges } from './task-changes.ts';
import { createTaskHistory } from './task-history.ts';
import { createTaskLanes } from './task-lanes.ts';
import type { TaskObserver } from './task-observer.ts';
import { snapshotOf } from './task-progress.ts';
import { type AnyDefinition, isActive, stepsOf, type TaskRecord } from './task-record.ts';
import { recovered } from './task-recovery.ts';
import { anew, attemptEnded } from './task-retry.ts';
import { settledTask } from './task-settled.ts';
import { createTaskStore, type TaskFilter } from './task-store.ts';
import { watchTask } from './task-watch.ts';

/** What to do, and what it is tied to. */
export interface TaskRequest<Input extends object> {
  /** For whoever has to prepare something under it; default a new one. A task that is joined has its own. */
  id?: string;
  kind: TaskKind;
  input: Input;
  modelId?: string | null;
  /** Equal for requests for the same work: while one task does it, the others get that task. */
  workKey?: string | null;
}

/** Long work: journalled, so that it outlives the server; see DESIGN §6. A disconnected client cancels nothing. */
export interface Tasks {
  /** Says how a kind of task is done; for every kind, before `resume`. */
  define<Input extends object, Journal extends object>(kind: TaskKind, definition: TaskDefinition<Input, Journal>): void;
  /** Starts a task, or joins the active one with the same `workKey`. It is on disk when this resolves. Throws `OVERLOADED` once parked. */
  start<Input extends object>(request: TaskRequest<Input>): Promise<{ task: Task; joined: boolean }>;
  /**
   * Stops a task for everybody who asked for it, within a second; an ended one is answered as it is. What it gathered is removed,
   * unless `keepPartial`. Throws `TASK_NOT_FOUND`.
   */
  cancel(id: string, options?: { keepPartial?: boolean | undefined }): Promise<Task>;
  /** Stops a task until `unpause`, also over restarts. Throws `TASK_NOT_FOUND`, `INVALID_INPUT` for one that has ended or cannot be paused. */
  pause(id: string): Promise<Task>;
  /** Goes on with a paused task; one that waits or runs is answered as it is. Throws `TASK_NOT_FOUND`, `INVALID_INPUT` for an ended one. */
  unpause(id: string): Promise<Task>;
  /**
   * Runs a FAILED task again from the step that failed, a CANCELED one too where it kept what it had gathered, else from the start. Throws `TASK_NOT_FOUND`,
   * `INVALID_INPUT` for any other, `MODEL_BUSY` while another task does the same work or this one is still being cleaned up.
   */
  retry(id: string): Promise<Task>;
  get(id: string): Promise<Task | null>;
  /** One entry an id, in order; null where there is no such task. */
  getMany(ids: readonly string[]): Promise<(Task | null)[]>;
  list(filter: TaskFilter, page: Page): Promise<PageOf<Task>>;
  /** The newest task of that `workKey`, whether it has ended or not; null where there is none. */
  findByWorkKey(workKey: string): Promise<Task | null>;
  /** The oldest active task of each model that has one. */
  activeForModels(modelIds: readonly string[]): Promise<Map<string, Task>>;
  /** The task at once, then after each change, until it ended; see `watchTask`. */
  watch(id: string, signal: AbortSignal): AsyncIterableIterator<Task>;
  /** The task once it ended, or as it is at the timeout. Throws `TASK_NOT_FOUND`, and the signal's reason. */
  settled(id: string, options: { timeoutMs: number; signal: AbortSignal }): Promise<Task>;
  /** Calls back with each changed task; progress at most ten times a second. Answers a function that ends it. */
  onChange(listener: (task: Task) => void): () => void;
  /** Once at start: what was interrupted goes on, or fails with INTERRUPTED. */
  resume(): Promise<void>;
  /** The server stops: running steps are aborted, watches end, nothing new starts; `resume` of the next start goes on. */
  park(): Promise<void>;
}

export interface TasksOptions {
  database: Database;
  log: Log;
  clock: Clock;
  observer?: TaskObserver | undefined;
}

export function createTasks({ database, log, clock, observer }: TasksOptions): Tasks {
  const store = createTaskStore(database);
  const changes = createTaskChanges({ clock, log });
  const lanes = createTaskLanes();
  const definitions = new Map<TaskKind, AnyDefinition>();
  const attempts = new Map<string, Attempt>();
  const history = createTaskHistory({ store, clock, log, definitions, isLive: (id) => attempts.has(id) });
  let isParked = false;

  const shown = (record: TaskRecord): Task => attempts.get(record.id)?.snapshot() ?? snapshotOf(record);

  function attemptAt(record: TaskRecord, definition: AnyDefinition): Attempt {
    const attempt: Attempt = createAttempt({
      record,
      definition,
      store,
      clock,
      log,
      observer,
      onTransition: changes.changed,
      onProgress: () => changes.progressed(record.id, attempt.snapshot),
    });
    attempts.set(record.id, attempt);
    void attempt.ended.then(() => attempts.delete(record.id));
    return attempt;
  }

  function launch(record: TaskRecord): void {
    if (attempts.has(record.id)) return;
    enter(attemptAt(record, definitionOf(record.kind)), record.kind);
  }

  /** Launches what has been under way before, saying at once how far it had got. */
  async function relaunch(record: TaskRecord): Promise<void> {
    if (attempts.has(record.id)) return;
    const attempt = attemptAt(record, definitionOf(record.kind));
    await attempt.recall();
    enter(attempt, record.kind);
  }

  function enter(attempt: Attempt, kind: TaskKind): void {
    changes.changed(attempt.snapshot());
    lanes.enter(kind, definitionOf(kind).concurrency ?? Number.POSITIVE_INFINITY, attempt);
  }

  function definitionOf(kind: TaskKind): AnyDefinition {
    const definition = definitions.get(kind);
    if (!definition) throw new Error(`no task of kind ${kind} was defined`);
    return definition;
  }

  function refuseWhenParked(): void {
    if (isParked) throw new OverloadedError({ retryAfterMs: 5000, message: 'The server is stopping; try again once it is back.' });
  }

  async function inherit(earlierId: string, { id, kind }: TaskRecord): Promise<void> {
    try {
      await definitionOf(kind).inherit?.(earlierId, id);
    } catch (error) {
      log.warn({ err: error, taskId: id, earlierId }, 'what an earlier task had gathered could not be taken over');
    }
  }

  async function get(id: string): Promise<Task | null> {
    const attempt = attempts.get(id);
    if (attempt) return attempt.snapshot();
    const record = await store.get(id);
    return record && shown(record);
  }

  async function require(id: string): Promise<Task> {
    const task = await get(id);
    if (!task) throw new TaskNotFoundError({ id });
    return task;
  }

  return {
    define(kind, definition) {
      definitions.set(kind, definition as unknown as AnyDefinition);
    },
    async start({ id = randomUUID(), kind, input, modelId = null, workKey = null }) {
      refuseWhenParked();
      const { record, joined, superseded } = await store.insertOrJoin({
        id,
        kind,
        state: 'QUEUED',
        modelId,
        workKey,
        input,
        steps: stepsOf(definitionOf(kind)),
        journal: {},
        error: null,
        cleanUp: 'NONE',
        attempt: 1,
        resumptions: 0,
        createdAt: clock.now(),
        startedAt: null,
        finishedAt: null,
      });
      for (const earlier of superseded) await inherit(earlier, record);
      if (superseded.length > 0) history.tidy();
      if (!joined && !isParked) launch(record);
      return { task: shown(record), joined };
    },
    async cancel(id, options) {
      for (;;) {
        const record = await store.get(id);
        if (!record) throw new TaskNotFoundError({ id });
        // Without an attempt an active task is paused, or waits for `resume`: it is cancelled before it could go on.
        const attempt = attempts.get(id) ?? (isActive(record) && !isParked ? attemptAt(record, definitionOf(record.kind)) : null);
        await attempt?.cancel(options);
        const task = await require(id);
        // Somebody paused it at the same moment.
        if (task.state !== 'PAUSED' || isParked) return task;
        await attempt?.ended;
      }
    },
    async pause(id) {
      const task = await require(id);
      const definition = definitionOf(task.kind);
      if (!isActive(task)) throw notPausable(`the task is ${task.state}; only one that waits or runs can be paused.`);
      if (!definition.canPause) throw notPausable(`a ${task.kind} task cannot be paused.`);
      await attempts.get(id)?.pause();
      return require(id);
    },
    async unpause(id) {
      refuseWhenParked();
      const pausing = attempts.get(id);
      if (pausing?.snapshot().state === 'PAUSED') await pausing.ended;
      const record = await store.update(id, (before) => {
        if (!isActive(before)) throw notPausable(`the task is ${before.state}; only a PAUSED one can go on.`);
        if (before.state !== 'PAUSED') return before;
        return { ...before, state: 'QUEUED', steps: stepsOf(definitionOf(before.kind), before.steps), resumptions: 0 };
      });
      if (!record) throw new TaskNotFoundError({ id });
      if (record.state === 'QUEUED' && !isParked) await relaunch(record);
      return require(id);
    },
    async retry(id) {
      refuseWhenParked();
      await attemptEnded(attempts.get(id), clock);
      const record = await store.update(id, (before, rival) => {
        if (before.state !== 'FAILED' && before.state !== 'CANCELED')
          throw new InvalidInputError({
            field: 'id',
            message: `the task is ${before.state}; only a FAILED or CANCELED one can be retried.`,
          });
        if (rival)
          throw new ModelBusyError({ model: before.workKey ?? id, taskId: rival.id, work: `a ${rival.kind} task does this already` });
        if (before.cleanUp === 'PENDING' || attempts.has(id))
          throw new ModelBusyError({ model: before.workKey ?? id, taskId: id, work: 'the task is still being cleaned up' });
        return anew(before, definitionOf(before.kind));
      });
      if (!record) throw new TaskNotFoundError({ id });
      if (!isParked) launch(record);
      return shown(record);
    },
    get,
    async getMany(ids) {
      const records = await store.getMany(ids);
      return ids.map((id) => {
        const record = records.get(id);
        return record ? shown(record) : null;
      });
    },
    async list(filter, page) {
      const { items, ...around } = await store.list(filter, page);
      return { ...around, items: items.map(({ item, position }) => ({ item: shown(item), position })) };
    },
    async findByWorkKey(workKey) {
      const record = await store.newestOf(workKey);
      return record && shown(record);
    },
    async activeForModels(modelIds) {
      const records = await store.activeForModels(modelIds);
      return new Map(records.reverse().map((record) => [record.modelId ?? '', shown(record)]));
    },
    watch: (id, signal) => watchTask({ id, signal, changes, read: get }),
    settled: (id, { timeoutMs, signal }) =>
      settledTask({
        timeoutMs,
        signal,
        clock,
        read: () => require(id),
        watch: (until) => watchTask({ id, signal: until, changes, read: get }),
      }),
    onChange: changes.onChange,
    async resume() {
      const waiting = (await store.active()).filter(({ id }) => !attempts.has(id));
      const decide = (before: TaskRecord) => (isActive(before) ? recovered(before, definitions.get(before.kind), clock.now()) : before);
      for (const record of await Promise.all(waiting.map(({ id }) => store.update(id, decide)))) {
        if (!record || attempts.has(record.id)) continue;
        if (!isActive(record)) changes.changed(snapshotOf(record));
        else if (record.cleanUp === 'PENDING') void attemptAt(record, definitionOf(record.kind)).cancel();
        else if (record.state !== 'PAUSED') await relaunch(record);
      }
      history.tidy();
    },
    async park() {
      isParked = true;
      lanes.close();
      await Promise.all([history.stop(), ...[...attempts.values()].map((attempt) => attempt.park())]);
      changes.close();
    },
  };
}

function notPausable(message: string): InvalidInputError {
  return new InvalidInputError({ field: 'input.id', message });
}
