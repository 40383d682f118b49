import type { Clock } from '../../src/clock.ts';

/** A clock that stands still until a test moves it. */
export interface FakeClock extends Clock {
  /** Moves time on and calls back whatever falls due, in order; callbacks that a callback asks for included. */
  advance(milliseconds: number): void;
  /** How many callbacks are waiting. */
  readonly waiting: number;
}

export function fakeClock(start = new Date('2026-01-01T00:00:00Z')): FakeClock {
  const timers = new Set<{ atMs: number; callback: () => void }>();
  let nowMs = 0;

  return {
    now: () => new Date(start.getTime() + nowMs),
    monotonicMs: () => nowMs,
    setTimeout(callback, delayMs) {
      const timer = { atMs: nowMs + Math.max(0, delayMs), callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    advance(milliseconds) {
      const endMs = nowMs + milliseconds;
      for (;;) {
        const [next] = [...timers].filter(({ atMs }) => atMs <= endMs).sort((a, b) => a.atMs - b.atMs);
        if (!next) break;
        timers.delete(next);
        nowMs = Math.max(nowMs, next.atMs);
        next.callback();
      }
      nowMs = endMs;
    },
    get waiting() {
      return timers.size;
    },
  };
}
