import type { TokenLogprob } from '../generation.ts';
import { topTokens } from './token-sampler.ts';

/** Below it a float is 0, whose logarithm JSON cannot write. */
const smallestLogprob = Math.log(1e-38);

/** The natural logarithm of a token's probability, and of those of the likeliest, as the model itself has them. */
export function tokenLogprob(
  token: number,
  logits: Float32Array,
  { count, textOf }: { count: number; textOf: (token: number) => string },
): TokenLogprob {
  const highest = logits.reduce((one, other) => Math.max(one, other), Number.NEGATIVE_INFINITY);
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit - highest), 0);
  const described = (of: number) => ({
    token: textOf(of),
    logprob: Math.max(smallestLogprob, (logits[of] ?? Number.NEGATIVE_INFINITY) - highest - Math.log(total)),
  });
  return { ...described(token), top: count === 0 ? [] : (topTokens(logits, count) ?? []).map(described) };
}
