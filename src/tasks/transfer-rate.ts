import type { Clock } from '../clock.ts';

/** A smoothed rate of a transfer. Rates are null until measured for long enough to mean something. */
export interface TransferRate {
  /** Says how much is there; the first sample is where measuring begins, so bytes of an earlier attempt count for nothing. */
  sample(doneBytes: number): void;
  /** Bytes a second. */
  perSecond(): number | null;
  /** Seconds that so many more bytes will take; null where the rate is young, nought or stalled. */
  secondsFor(remainingBytes: number): number | null;
}

const shortestSampleMs = 250;
const smoothingMs = 3000;
const meaningfulAfterMs = 1000;
const forecastAfterMs = 2000;
const stalledAfterMs = 5000;

export function createTransferRate(clock: Clock): TransferRate {
  let began: number | null = null;
  let last = { atMs: 0, bytes: 0 };
  let rate: number | null = null;

  const sinceLastMs = () => clock.monotonicMs() - last.atMs;

  function perSecond(): number | null {
    if (began === null || rate === null || last.atMs - began < meaningfulAfterMs) return null;
    // Silence is news too: without a sample the rate fades as if noughts came in.
    return sinceLastMs() > stalledAfterMs ? rate * Math.exp(-(sinceLastMs() - stalledAfterMs) / smoothingMs) : rate;
  }

  return {
    sample(doneBytes) {
      const atMs = clock.monotonicMs();
      if (began === null || doneBytes < last.bytes) {
        began = atMs;
        rate = null;
        last = { atMs, bytes: doneBytes };
        return;
      }
      const elapsedMs = atMs - last.atMs;
      if (elapsedMs < shortestSampleMs) return;
      const current = ((doneBytes - last.bytes) / elapsedMs) * 1000;
      const share = 1 - Math.exp(-elapsedMs / smoothingMs);
      rate = rate === null ? current : rate + share * (current - rate);
      last = { atMs, bytes: doneBytes };
    },
    perSecond,
    secondsFor(remainingBytes) {
      const speed = perSecond();
      if (speed === null || speed < 1 || began === null) return null;
      if (last.atMs - began < forecastAfterMs || sinceLastMs() > stalledAfterMs) return null;
      return remainingBytes / speed;
    },
  };
}
