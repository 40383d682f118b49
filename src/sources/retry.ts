import { setTimeout as delay } from 'node:timers/promises';
import { CanceledError, TimeoutError, UpstreamFailedError } from '../errors.ts';

/** Time and chance as parameters, so that a test does not wait. */
export interface RetryTiming {
  /** Resolves after so many milliseconds; rejects with CANCELED as soon as the signal aborts. */
  sleep: (delayMs: number, signal: AbortSignal | undefined) => Promise<void>;
  /** From 0 to 1. */
  random: () => number;
  now: () => number;
}

export const realTiming: RetryTiming = {
  async sleep(delayMs, signal) {
    await delay(delayMs, undefined, signal ? { signal } : {}).catch(() => {
      throw new CanceledError({ what: 'Waiting to try again' });
    });
  },
  random: Math.random,
  now: Date.now,
};

/** A failure that may pass, with what the server said about when. */
export class RetryableError extends Error {
  readonly failure: UpstreamFailedError | TimeoutError;
  /** From Retry-After; null = it did not say. */
  readonly retryAfterMs: number | null;
  constructor(failure: UpstreamFailedError | TimeoutError, retryAfterMs: number | null = null) {
    super(failure.message, { cause: failure });
    this.failure = failure;
    this.retryAfterMs = retryAfterMs;
  }
}

const usualAttempts = 5;
const firstDelayMs = 500;
const longestDelayMs = 60_000;

/**
 * Calls `attempt` until it answers, at most five times in a row (or as often as is said); a call that `hasAdvanced` starts the count anew, so that a
 * large file on a bad line comes through. Waits what the server asked for (a minute at most), else doubling, with jitter.
 */
export async function withRetries<T>(
  attempt: () => Promise<T>,
  {
    timing,
    signal,
    hasAdvanced = () => false,
    mostAttempts = usualAttempts,
  }: { timing: RetryTiming; signal: AbortSignal | undefined; hasAdvanced?: () => boolean; mostAttempts?: number },
): Promise<T> {
  for (let failures = 1; ; failures += 1) {
    try {
      return await attempt();
    } catch (error) {
      const retryable = asRetryable(error);
      if (retryable === null) throw error;
      if (hasAdvanced()) failures = 1;
      if (failures >= mostAttempts) throw retryable.failure;
      const backOffMs = firstDelayMs * 2 ** (failures - 1) * (0.5 + timing.random());
      await timing.sleep(Math.min(retryable.retryAfterMs ?? backOffMs, longestDelayMs), signal);
    }
  }
}

/** A broken connection and a stall may pass; every other failure is final unless it says otherwise. */
function asRetryable(error: unknown): RetryableError | null {
  if (error instanceof RetryableError) return error;
  if (error instanceof TimeoutError || (error instanceof UpstreamFailedError && error.status === null)) return new RetryableError(error);
  return null;
}

/** Milliseconds that a server asks us to wait: Retry-After (seconds or a date), else the `t=` of its RateLimit header. */
export function retryAfterMs(headers: Headers, now: () => number): number | null {
  const value = headers.get('retry-after');
  if (value !== null && /^\d+(\.\d+)?$/.test(value.trim())) return Number(value) * 1000;
  if (value !== null && !Number.isNaN(Date.parse(value))) return Math.max(0, Date.parse(value) - now());
  const [, seconds] = /\bt=(\d+)/.exec(headers.get('ratelimit') ?? '') ?? [];
  return seconds === undefined ? null : Number(seconds) * 1000;
}
