import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TaskKind } from './task.ts';
import type { AnyContext } from './task-context.ts';
import type { AnyDefinition, TaskRecord } from './task-record.ts';
import type { TaskStore } from './task-store.ts';

const dayMs = 24 * 60 * 60 * 1000;
const keptDays = 30;
/** What a failed or cancelled task gathered is kept this long for a retry. */
const partialKeptDays = 7;
/** So that a client that fails a task every second does not fill the disk within the month. */
const mostKept = 50_000;

export interface TaskHistory {
  /** Removes what ended tasks left behind and forgets those past keeping; in the background, and again each day until stopped. */
  tidy(): void;
  /** Resolves when nothing of it runs any more. */
  stop(): Promise<void>;
}

interface HistoryOptions {
  store: TaskStore;
  clock: Clock;
  log: Log;
  definitions: ReadonlyMap<TaskKind, AnyDefinition>;
  /** Whether an attempt at the task still does something, which then cleans up itself. */
  isLive(id: string): boolean;
}

export function createTaskHistory({ store, clock, log, definitions, isLive }: HistoryOptions): TaskHistory {
  let callOff = () => {};
  let running = Promise.resolve();
  let isStopped = false;

  async function cleanUp(record: TaskRecord): Promise<boolean> {
    try {
      await definitions.get(record.kind)?.cleanUp?.(idleContext(record));
      return true;
    } catch (error) {
      log.warn({ err: error, taskId: record.id, kind: record.kind }, 'an ended task could not be cleaned up');
      return false;
    }
  }

  async function removeLeftovers(): Promise<void> {
    for (const record of await store.uncleaned()) {
      if (isStopped) return;
      if (isLive(record.id) || !(await cleanUp(record))) continue;
      await store.update(record.id, (before) => (before.cleanUp === 'PENDING' ? { ...before, cleanUp: 'DONE' } : before));
    }
  }

  async function forgetExpired(): Promise<void> {
    const before = new Date(clock.now().getTime() - keptDays * dayMs);
    const deletions: Promise<void>[] = [];
    for (const record of await store.expired(before, mostKept)) {
      if (isStopped) break;
      // It may have kept files for a retry, which nobody will ask for any more.
      if (isLive(record.id) || (record.state !== 'SUCCEEDED' && record.cleanUp === 'NONE' && !(await cleanUp(record)))) continue;
      deletions.push(store.delete(record.id));
    }
    await Promise.all(deletions);
  }

  async function removeOldPartials(): Promise<void> {
    const before = new Date(clock.now().getTime() - partialKeptDays * dayMs);
    for (const record of await store.keptSince(before)) {
      if (isStopped) return;
      if (isLive(record.id) || !(await cleanUp(record))) continue;
      await store.update(record.id, (now) => (now.cleanUp === 'NONE' && now.finishedAt !== null ? { ...now, cleanUp: 'DONE' } : now));
    }
  }

  async function tidyOnce(): Promise<void> {
    try {
      await removeOldPartials();
      await removeLeftovers();
      await forgetExpired();
    } catch (error) {
      log.error({ err: error }, 'the history of tasks could not be tidied');
    }
    callOff();
    if (!isStopped) callOff = clock.setTimeout(tidy, dayMs);
  }

  function tidy(): void {
    if (isStopped) return;
    callOff();
    running = running.then(tidyOnce);
  }

  return {
    tidy,
    async stop() {
      isStopped = true;
      callOff();
      await running;
    },
  };
}

/** What a clean-up is given when no attempt runs. */
function idleContext(record: TaskRecord): AnyContext {
  return {
    taskId: record.id,
    modelId: record.modelId,
    input: record.input,
    attempt: record.attempt,
    signal: new AbortController().signal,
    journal: record.journal,
    record: async () => {},
    advanced: async () => {},
    report() {},
    note() {},
    setModel: async () => {},
  };
}
