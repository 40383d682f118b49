import type { Clock } from '../clock.ts';

/** The timer that unloads a model nobody uses. */
export interface KeepAlive {
  /** When it will be unloaded; null while it is in use, or for ever. */
  readonly until: Date | null;
  /** The model is idle from now on. Null seconds keep it for ever. */
  arm(seconds: number | null): void;
  /** The model is in use, or gone. */
  disarm(): void;
}

/** Makes a timer that calls back once the time has passed without use. */
export function createKeepAlive({ clock, onExpired }: { clock: Clock; onExpired: () => void }): KeepAlive {
  let cancelTimer: (() => void) | null = null;
  let until: Date | null = null;

  function disarm(): void {
    cancelTimer?.();
    cancelTimer = null;
    until = null;
  }

  return {
    get until() {
      return until;
    },
    disarm,
    arm(seconds) {
      disarm();
      if (seconds === null) return;
      until = new Date(clock.now().getTime() + seconds * 1000);
      cancelTimer = clock.setTimeout(() => {
        disarm();
        onExpired();
      }, seconds * 1000);
    },
  };
}
