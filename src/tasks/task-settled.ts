import type { Clock } from '../clock.ts';
import type { Task } from './task.ts';

export interface SettledOptions {
  timeoutMs: number;
  signal: AbortSignal;
  clock: Clock;
  read(): Promise<Task>;
  watch(signal: AbortSignal): AsyncIterableIterator<Task>;
}

/** Waits for a task's end, or until the timeout, and answers it as it is then. Throws the signal's reason. */
export async function settledTask({ timeoutMs, signal, clock, read, watch }: SettledOptions): Promise<Task> {
  signal.throwIfAborted();
  const enough = new AbortController();
  const callOff = clock.setTimeout(() => enough.abort(), Math.max(0, timeoutMs));
  try {
    for await (const _change of watch(AbortSignal.any([signal, enough.signal])));
  } finally {
    callOff();
  }
  signal.throwIfAborted();
  return read();
}
