/** Counts who uses a model: one that is leased is neither evicted nor unloaded by its keep-alive. */
export interface Leases {
  readonly count: number;
  /** Takes a lease; the answer gives it back (once, further calls do nothing). */
  acquire(): () => void;
  /** Resolves when nobody has a lease. */
  idle(): Promise<void>;
}

/** Makes the leases of one model. `onIdle` is called each time the last one is given back. */
export function createLeases({ onIdle }: { onIdle: () => void }): Leases {
  let count = 0;
  let waiters: (() => void)[] = [];

  return {
    get count() {
      return count;
    },
    acquire() {
      count += 1;
      let isHeld = true;
      return () => {
        if (!isHeld) return;
        isHeld = false;
        count -= 1;
        if (count > 0) return;
        for (const resolve of waiters) resolve();
        waiters = [];
        onIdle();
      };
    },
    async idle() {
      if (count === 0) return;
      await new Promise<void>((resolve) => waiters.push(resolve));
    },
  };
}
