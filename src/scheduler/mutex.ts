import { waitOrAbort } from './abort.ts';

/** Lets one in at a time, in the order in which they came. */
export interface Mutex {
  /** Waits for its turn; the answer ends it. Throws `CANCELED` when the signal aborts first. */
  acquire(signal: AbortSignal, what: string): Promise<() => void>;
}

/** Makes an open mutex. */
export function createMutex(): Mutex {
  let last: Promise<void> = Promise.resolve();

  return {
    async acquire(signal, what) {
      const before = last;
      const { promise, resolve } = Promise.withResolvers<void>();
      last = promise;
      try {
        await waitOrAbort(before, signal, what);
      } catch (error) {
        // Whoever comes next still has to wait for those before us.
        void before.then(resolve);
        throw error;
      }
      return resolve;
    },
  };
}
