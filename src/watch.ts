export interface WatchOptions<Item> {
  signal: AbortSignal;
  /** Calls `wake` after each change, until the answered function is called. */
  subscribe(wake: () => void): () => void;
  /** What there is to show now; `isLast` when nothing can follow it. Called at first, and once after any number of wakes. */
  read(): Promise<{ items: readonly Item[]; isLast: boolean }>;
}

/**
 * Follows state by level, not by edge: woken, it reads again, so nothing is missed between the first look and the first wait, and
 * a slow reader skips what is stale. `return()` and the signal end it at once, also while a `next()` waits.
 */
export function watch<Item>({ signal, subscribe, read }: WatchOptions<Item>): AsyncIterableIterator<Item> {
  let isEnded = false;
  let isStale = true;
  let wakeUp = () => {};
  let unsubscribe = () => {};

  function wake(): void {
    isStale = true;
    wakeUp();
  }

  function end(): void {
    isEnded = true;
    unsubscribe();
    signal.removeEventListener('abort', end);
    wakeUp();
  }

  async function* items(): AsyncGenerator<Item, undefined> {
    try {
      if (isEnded || signal.aborted) return;
      signal.addEventListener('abort', end, { once: true });
      unsubscribe = subscribe(wake);
      while (!isEnded) {
        isStale = false;
        const { items: shown, isLast } = await read();
        for (const item of shown) {
          if (isEnded) return;
          yield item;
        }
        if (isLast) return;
        if (isStale || isEnded) continue;
        await new Promise<void>((resolve) => {
          wakeUp = resolve;
        });
      }
    } finally {
      end();
    }
  }

  const inner = items();
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
