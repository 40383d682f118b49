import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import type { Task } from './task.ts';

/** Who wants to know that a task changed. Nothing is carried but the fact: whoever is woken reads the task again. */
export interface TaskChanges {
  /** A transition: everybody is told at once. */
  changed(task: Task): void;
  /** Progress: everybody is told, at most ten times a second. */
  progressed(id: string, snapshot: () => Task): void;
  /** Calls `wake` after each change of one task, until the answered function is called. */
  subscribe(id: string, wake: () => void): () => void;
  /** Calls the listener with each changed task, until the answered function is called. A listener that throws is logged. */
  onChange(listener: (task: Task) => void): () => void;
  /** Wakes everybody for the last time. */
  close(): void;
  readonly isClosed: boolean;
}

const quietMs = 100;

export function createTaskChanges({ clock, log }: { clock: Clock; log: Log }): TaskChanges {
  const wakes = new Map<string, Set<() => void>>();
  const listeners = new Set<(task: Task) => void>();
  const toldAtMs = new Map<string, number>();
  const postponed = new Map<string, () => void>();
  let isClosed = false;

  function tell(task: Task): void {
    toldAtMs.set(task.id, clock.monotonicMs());
    for (const wake of [...(wakes.get(task.id) ?? [])]) wake();
    for (const listener of [...listeners]) {
      try {
        listener(task);
      } catch (error) {
        log.error({ err: error, taskId: task.id }, 'a listener to task changes failed');
      }
    }
  }

  function forget(id: string): void {
    postponed.get(id)?.();
    postponed.delete(id);
  }

  return {
    changed(task) {
      forget(task.id);
      tell(task);
      if (task.finishedAt) toldAtMs.delete(task.id);
    },
    progressed(id, snapshot) {
      if (postponed.has(id)) return;
      const tellNow = () => {
        postponed.delete(id);
        tell(snapshot());
      };
      const quietForMs = clock.monotonicMs() - (toldAtMs.get(id) ?? Number.NEGATIVE_INFINITY);
      if (quietForMs >= quietMs) tellNow();
      else postponed.set(id, clock.setTimeout(tellNow, quietMs - quietForMs));
    },
    subscribe(id, wake) {
      const all = wakes.get(id) ?? new Set();
      wakes.set(id, all.add(wake));
      return () => {
        all.delete(wake);
        if (all.size === 0 && wakes.get(id) === all) wakes.delete(id);
      };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      isClosed = true;
      for (const id of [...postponed.keys()]) forget(id);
      for (const all of [...wakes.values()]) for (const wake of [...all]) wake();
    },
    get isClosed() {
      return isClosed;
    },
  };
}
