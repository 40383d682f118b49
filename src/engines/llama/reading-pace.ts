/** Decides how much of waiting prompts is read in one tick. */
export interface ReadingPace {
  /** Tokens that all prompts together may have read in a tick in which so many sequences write. */
  tokensOfTick(writers: number): number;
  /** A tick is over. */
  measured(tick: { tokensRead: number; writers: number; elapsedMs: number }): void;
}

/** A tick is not much longer than this, so that a cancelled generation ends soon. */
const longestTickMs = 120;
/** Beside streams that write, reading takes at most so many times as long as writing: nobody notices a newcomer much. */
const readingShare = 3;
const firstTokens = 64;
const fewestTokens = 8;
/** Share of a new measurement. */
const weight = 0.3;

/**
 * Makes the pace of one model on this machine. It moves in powers of two, so that a prompt is normally cut at the same places: what
 * llama.cpp computes depends a little on how much it computes at once.
 */
export function createReadingPace(mostTokens: number): ReadingPace {
  let readMsPerToken: number | null = null;
  let writeMs: number | null = null;

  const blend = (before: number | null, now: number) => (before === null ? now : before + weight * (now - before));

  return {
    tokensOfTick(writers) {
      if (readMsPerToken === null) return Math.min(firstTokens, mostTokens);
      const budgetMs = writers > 0 && writeMs !== null ? Math.min(longestTickMs, Math.max(readingShare * writeMs, 10)) : longestTickMs;
      const wanted = Math.max(budgetMs / Math.max(readMsPerToken, 1e-6), fewestTokens);
      return Math.min(2 ** Math.floor(Math.log2(wanted)), mostTokens);
    },
    measured({ tokensRead, writers, elapsedMs }) {
      if (tokensRead === 0) writeMs = blend(writeMs, elapsedMs);
      else readMsPerToken = blend(readMsPerToken, Math.max(0, elapsedMs - (writers > 0 ? (writeMs ?? 0) : 0)) / tokensRead);
    },
  };
}
