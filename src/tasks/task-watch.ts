import { TaskNotFoundError } from '../errors.ts';
import { watch } from '../watch.ts';
import type { Task } from './task.ts';
import type { TaskChanges } from './task-changes.ts';
import { isActive } from './task-record.ts';

export interface TaskWatchOptions {
  id: string;
  signal: AbortSignal;
  changes: TaskChanges;
  read(id: string): Promise<Task | null>;
}

/** A task as it is, then after each change, ending after its last state; see `watch`. Throws `TaskNotFoundError` at the first `next()`. */
export function watchTask({ id, signal, changes, read }: TaskWatchOptions): AsyncIterableIterator<Task> {
  let shown: string | null = null;

  return watch({
    signal,
    subscribe: (wake) => changes.subscribe(id, wake),
    async read() {
      // Asked first: what is read after the last wake is the last that will be seen.
      const isClosed = changes.isClosed;
      const task = await read(id);
      if (!task && shown === null) throw new TaskNotFoundError({ id });
      if (!task) return { items: [], isLast: true };
      const text = JSON.stringify(task);
      const isNew = text !== shown;
      shown = text;
      return { items: isNew ? [task] : [], isLast: isClosed || !isActive(task) };
    },
  });
}
