/** Lets one thread at a time work on a large image, so that several of them do not add up to more memory than there is. */
export interface LargeImageLock {
  /** Blocks the thread until the lock is free. */
  acquire(): Disposable;
}

const free = 0;
const taken = 1;

/** What threads share to take turns. */
export function createLockMemory(): Int32Array {
  return new Int32Array(new SharedArrayBuffer(4));
}

/** One thread's side of the lock. Not for a main thread: it blocks. */
export function createLargeImageLock(memory: Int32Array): LargeImageLock {
  return {
    acquire() {
      while (Atomics.compareExchange(memory, 0, free, taken) !== free) Atomics.wait(memory, 0, taken);
      return { [Symbol.dispose]: () => freeLock(memory) };
    },
  };
}

/** Gives the lock back, also for a thread that ended while it held it. */
export function freeLock(memory: Int32Array): void {
  Atomics.store(memory, 0, free);
  Atomics.notify(memory, 0, 1);
}
