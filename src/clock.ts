/** Time as a parameter: whoever measures or waits gets a clock, so that a test can move it. */
export interface Clock {
  /** The date and time, for records. */
  now(): Date;
  /** Milliseconds since some fixed moment; never goes back. */
  monotonicMs(): number;
  /** Calls back once after a delay and answers a function that calls it off. A waiting timer does not keep the process alive. */
  setTimeout(callback: () => void, delayMs: number): () => void;
}

/** `setTimeout` takes 31 bits and fires at once beyond them. */
const longestDelayMs = 2 ** 31 - 1;

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => new Date(),
  monotonicMs: () => performance.now(),
  setTimeout(callback, delayMs) {
    const timer = setTimeout(callback, Math.min(delayMs, longestDelayMs));
    timer.unref();
    return () => clearTimeout(timer);
  },
};
