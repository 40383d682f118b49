import { TaskNotFoundError } from '../errors.ts';
import type { Task } from './task.ts';
import type { TaskChanges } from './task-changes.ts';
import { isActive } from './task-record.ts';

export interface WatchOptions {
  id: string;
  signal: AbortSignal;
  changes: TaskChanges;
  read(id: string): Promise<Task | null>;
}

/**
 * A task as it is, then after each change, ending after its last state. It goes by level, not by edge: woken, it reads the
 * task again, so nothing is missed between the first snapshot and the first wait, and a slow reader skips what is stale.
 * `return()` and the signal end it at once, also while a `next()` waits. Throws `TaskNotFoundError` at the first `next()`.
 */
export function watchTask({ id, signal, changes, read }: WatchOptions): AsyncIterableIterator<Task> {
  let isEnded = false;
  let isStale = true;
  let wakeUp = () => {};
  let stopListening = () => {};

  const wake = () => {
    isStale = true;
    wakeUp();
  };

  function end(): void {
    isEnded = true;
    stopListening();
    signal.removeEventListener('abort', end);
    wakeUp();
  }

  async function* snapshots(): AsyncGenerator<Task, undefined> {
    let shown: string | null = null;
    try {
      if (isEnded || signal.aborted) return;
      signal.addEventListener('abort', end, { once: true });
      stopListening = changes.subscribe(id, wake);
      while (!isEnded) {
        isStale = false;
        const isLast = changes.isClosed;
        const task = await read(id);
        if (isEnded) return;
        if (!task && shown === null) throw new TaskNotFoundError({ id });
        if (!task) return;
        const text = JSON.stringify(task);
        if (text !== shown) yield task;
        shown = text;
        if (!isActive(task) || isLast) return;
        if (isStale || isEnded) continue;
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
      }
    } finally {
      end();
    }
  }

  const inner = snapshots();
  return {
    next: () => inner.next(),
    async return() {
      end();
      return inner.return(undefined);
    },
    async throw(error) {
      end();
      return inner.throw(error);
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
