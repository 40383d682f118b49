import { CanceledError } from '../errors.ts';
import type { TaskContext } from './task.ts';
import type { TaskRecord } from './task-record.ts';

/** A context whose types of input and journal do not matter here. */
export type AnyContext = TaskContext<object, Record<string, unknown>>;

export interface ContextOptions {
  /** The task as it is on disk now. */
  current(): TaskRecord;
  signal: AbortSignal;
  /** Whether the step may still do anything; one that was cancelled, or left behind, may not. */
  mayGoOn(): boolean;
  /** Changes the task on disk; resolves when that is durable. The change runs inside the transaction and may refuse by throwing. */
  change(how: (before: TaskRecord) => TaskRecord): Promise<void>;
  onReport: AnyContext['report'];
  onNote: AnyContext['note'];
  /** Called when a client may see what changed. */
  onShownChange(): void;
}

/** What a step, or a clean-up, is given. Throws `CANCELED` from whatever would leave a trace once it may not go on. */
export function createTaskContext({ current, signal, mayGoOn, change, onReport, onNote, onShownChange }: ContextOptions): AnyContext {
  const { id, input, attempt } = current();

  function guard(): void {
    if (!mayGoOn()) throw new CanceledError({ what: `Task ${id}` });
  }

  async function guardedChange(changes: (before: TaskRecord) => Partial<TaskRecord>): Promise<void> {
    guard();
    await change((before) => {
      // Asked again in the transaction: the cancel may have been written in between.
      guard();
      return { ...before, ...changes(before) };
    });
  }

  return {
    taskId: id,
    get modelId() {
      return current().modelId;
    },
    input,
    attempt,
    signal,
    get journal() {
      return current().journal;
    },
    record: (entries) => guardedChange((before) => ({ journal: { ...before.journal, ...entries } })),
    report(report) {
      guard();
      onReport(report);
    },
    advanced: () => guardedChange(() => ({ resumptions: 0 })),
    note(text) {
      guard();
      onNote(text);
    },
    async setModel(modelId) {
      await guardedChange(() => ({ modelId }));
      onShownChange();
    },
  };
}
