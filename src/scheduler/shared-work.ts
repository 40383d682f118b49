import { CanceledError } from '../errors.ts';
import { onAbort } from './abort.ts';

/** Work that several callers wait for: it goes on while one of them does. */
export interface SharedWork {
  /** Everybody left, or it was told to stop: it is no use to join it. */
  readonly isStopping: boolean;
  /** Waits for it. A caller that leaves gets `CANCELED`; the last one to leave stops the work, and waits until it has stopped. */
  join(signal: AbortSignal, onNote?: (note: string) => void): Promise<void>;
  /** Resolves when it has ended, however that was. */
  readonly settled: Promise<void>;
  /** Stops it for everybody; resolves when it has stopped, however it ended. */
  stop(): Promise<void>;
}

/** Starts the work. What it notes, such as what it has to do on the way, goes to all who wait. */
export function startSharedWork(what: string, work: (signal: AbortSignal, note: (text: string) => void) => Promise<void>): SharedWork {
  const controller = new AbortController();
  const listeners = new Set<(note: string) => void>();
  let waiters = 0;
  const outcome = work(controller.signal, (text) => {
    for (const listener of listeners) listener(text);
  });
  const settled = outcome.then(
    () => {},
    () => {},
  );

  return {
    settled,
    get isStopping() {
      return controller.signal.aborted;
    },
    async join(signal, onNote) {
      const left = Promise.withResolvers<never>();
      waiters += 1;
      if (onNote) listeners.add(onNote);
      const stopListening = onAbort(signal, () => {
        waiters -= 1;
        if (waiters === 0) controller.abort();
        else left.reject(new CanceledError({ what }));
      });
      try {
        await Promise.race([outcome, left.promise]);
      } finally {
        stopListening();
        if (!signal.aborted) waiters -= 1;
        if (onNote) listeners.delete(onNote);
      }
    },
    async stop() {
      controller.abort();
      await settled;
    },
  };
}
