/** Decides how much of waiting prompts is read in one tick. */
export interface ReadingPace {
  /** Tokens that all prompts together may have read in a tick in which so many sequences write. */
  tokensOfTick(writers: number): number;
  /** A tick is over. */
  measured(tick: { tokensRead: number; writers: number; elapsedMs: number }): void;
}

/** A tick is not much longer than this, so that a cancelled generation ends soon. */
const longestTickMs = 200;
/** Nor, beside streams that write, so many times as long as one that only writes: nobody notices a newcomer much. */
const mostTicks = 3.5;
/** Fewer tokens at once cost nearly as much as these: the weights are read for them all the same. */
const steps = [12, 16, 24, 32, 48, 64, 96, 128, 192, 256, 384, 512];
/** Share of a new measurement. */
const weight = 0.3;

/**
 * Makes the pace of one model on this machine: it goes a step down where a tick was too long, and a step up where there is room for
 * it. In steps, so that prompts are normally cut at the same places: what llama.cpp computes depends a little on how much it computes at once.
 */
export function createReadingPace(mostTokens: number): ReadingPace {
  const alone = createStep(steps.indexOf(64), steps.indexOf(32));
  const beside = createStep(steps.indexOf(24), 0);
  let writeMs: number | null = null;

  return {
    tokensOfTick: (writers) => Math.max(1, Math.min((writers > 0 ? beside : alone).tokens, mostTokens - writers)),
    measured({ tokensRead, writers, elapsedMs }) {
      if (tokensRead === 0) writeMs = blend(writeMs, elapsedMs);
      else if (writers === 0) alone.measured(tokensRead, elapsedMs, longestTickMs);
      else beside.measured(tokensRead, elapsedMs, Math.min(longestTickMs, mostTicks * (writeMs ?? longestTickMs)));
    },
  };
}

function createStep(start: number, lowest: number) {
  let step = start;
  let tickMs: number | null = null;
  const tokens = () => steps[step] ?? 1;

  function move(to: number): void {
    step = to;
    tickMs = null;
  }

  return {
    get tokens() {
      return tokens();
    },
    measured(tokensRead: number, elapsedMs: number, limitMs: number): void {
      // What was left of a prompt says little.
      if (tokensRead < 0.75 * tokens()) return;
      tickMs = blend(tickMs, elapsedMs);
      if (tickMs > limitMs && step > lowest) move(step - 1);
      else if (tickMs * 1.6 < limitMs && step < steps.length - 1) move(step + 1);
    },
  };
}

function blend(before: number | null, now: number): number {
  return before === null ? now : before + weight * (now - before);
}
