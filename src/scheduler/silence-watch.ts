import type { Clock } from '../clock.ts';

/** Notices work in hand of which nothing is heard: native code that never returns, a regular expression without end. */
export interface SilenceWatch {
  /** A piece of work was given away. */
  begin(id: number): void;
  /** These are alive; ids that are not in hand count for nothing. */
  heard(ids: readonly number[]): void;
  /** It was answered. */
  end(id: number): void;
  /** Watches nothing any more. */
  stop(): void;
}

/**
 * Makes a watch that calls `onSilence` once some piece was not heard of for `limitMs`. Each counts for itself, because one
 * that hangs in a thread of its own does not hold up the others.
 */
export function createSilenceWatch({ clock, limitMs, onSilence }: { clock: Clock; limitMs: number; onSilence: () => void }): SilenceWatch {
  const heardMs = new Map<number, number>();
  let cancelTimer: (() => void) | null = null;

  /** The timer is left running when work ends: most ends long before, and what is due is looked at then. */
  function arm(): void {
    if (cancelTimer || heardMs.size === 0) return;
    const dueMs = Math.min(...heardMs.values()) + limitMs;
    cancelTimer = clock.setTimeout(
      () => {
        cancelTimer = null;
        if (heardMs.size > 0 && Math.min(...heardMs.values()) + limitMs <= clock.monotonicMs()) onSilence();
        else arm();
      },
      Math.max(0, dueMs - clock.monotonicMs()),
    );
  }

  return {
    begin(id) {
      heardMs.set(id, clock.monotonicMs());
      arm();
    },
    heard(ids) {
      for (const id of ids) if (heardMs.has(id)) heardMs.set(id, clock.monotonicMs());
    },
    end(id) {
      heardMs.delete(id);
    },
    stop() {
      heardMs.clear();
      cancelTimer?.();
      cancelTimer = null;
    },
  };
}
