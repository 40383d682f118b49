/** How fast a model works, measured while it is busy. */
export interface Throughput {
  /** So many tokens were done; `isBusy` tells whether more are in hand. */
  done(tokens: number, isBusy: boolean): void;
  /** Work begins after a pause. Does nothing while it goes on. */
  begin(): void;
  /** Milliseconds that so many tokens are likely to take; null before anything was measured. */
  estimateMs(tokens: number): number | null;
}

/** After this much busy time the measurements count half: recent ones decide. */
const halfLifeMs = 10_000;

/** Measures throughput in (estimated) tokens per millisecond. */
export function createThroughput(monotonicMs: () => number): Throughput {
  let tokensDone = 0;
  let busyMs = 0;
  let busySince: number | null = null;

  return {
    begin() {
      busySince ??= monotonicMs();
    },
    done(tokens, isBusy) {
      const now = monotonicMs();
      if (busySince !== null) busyMs += now - busySince;
      busySince = isBusy ? now : null;
      tokensDone += tokens;
      if (busyMs > halfLifeMs) {
        busyMs /= 2;
        tokensDone /= 2;
      }
    },
    estimateMs(tokens) {
      if (tokensDone === 0 || busyMs === 0) return null;
      return (tokens * busyMs) / tokensDone;
    },
  };
}
