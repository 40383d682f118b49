import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { TaskContext, TaskKind } from './task.ts';
import type { AnyDefinition, TaskRecord } from './task-record.ts';
import type { TaskStore } from './task-store.ts';

const dayMs = 24 * 60 * 60 * 1000;
const keptDays = 30;
/** So that a client that fails a task every second does not fill the disk within the month. */
const mostKept = 50_000;

export interface TaskHistory {
  /** Removes what ended tasks left behind and forgets those past keeping; now, and then daily until stopped. */
  begin(): Promise<void>;
  stop(): void;
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

  async function tidy(): Promise<void> {
    for (const record of await store.uncleaned())
      if (!isLive(record.id) && (await cleanUp(record)))
        await store.update(record.id, (before) => (before.cleanUp === 'PENDING' ? { ...before, cleanUp: 'DONE' } : before));
    const expired = await store.expired(new Date(clock.now().getTime() - keptDays * dayMs), mostKept);
    if (expired.length === 0) return;
    // A failed task kept its files for a retry, which nobody will ask for any more.
    for (const record of expired) if (record.state === 'FAILED' && record.cleanUp === 'NONE') await cleanUp(record);
    await store.delete(expired.map(({ id }) => id));
    log.info({ count: expired.length }, 'old tasks were forgotten');
  }

  async function begin(): Promise<void> {
    try {
      await tidy();
    } catch (error) {
      log.error({ err: error }, 'the history of tasks could not be tidied');
    }
    if (!isStopped) callOff = clock.setTimeout(() => void begin(), dayMs);
  }

  return {
    begin,
    stop() {
      isStopped = true;
      callOff();
    },
  };
}

/** What a clean-up is given when no attempt runs. */
function idleContext(record: TaskRecord): TaskContext<object, Record<string, unknown>> {
  return {
    taskId: record.id,
    modelId: record.modelId,
    input: record.input,
    attempt: record.attempt,
    signal: new AbortController().signal,
    journal: record.journal,
    record: async () => {},
    report() {},
    setModel: async () => {},
  };
}
