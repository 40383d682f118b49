import type { Sampling } from '../generation.ts';

/** Draws the tokens of one answer. */
export interface TokenSampler {
  /** Whether the likeliest token is taken as it stands: nothing needs to be drawn. */
  readonly isGreedy: boolean;
  /** The next token. Changes the logits where penalties are on. */
  choose(logits: Float32Array, answer: readonly number[]): number;
}

/** So many tokens back the repeat penalty looks, the prompt's among them; as llama.cpp has it. */
const repeatWindow = 64;

/**
 * The library itself knows neither top-p nor min-p, and draws from one source for all. So this draws, in llama.cpp's order: penalties,
 * top-k, top-p, min-p, temperature.
 *
 * @param prompt the prompt's tokens.
 */
export function createTokenSampler(sampling: Sampling, prompt: readonly number[]): TokenSampler {
  const { temperature, topP, topK, minP, repeatPenalty, presencePenalty, frequencyPenalty } = sampling;
  const hasPenalty = repeatPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
  const random = randomNumbers(sampling.seed ?? Math.floor(Math.random() * 2 ** 32));

  function punish(logits: Float32Array, answer: readonly number[]): void {
    // With presence and frequency alone all of the answer counts, and nothing of the prompt (OpenAI's meaning).
    const seen = repeatPenalty === 1 ? answer : [...prompt.slice(-repeatWindow), ...answer].slice(-repeatWindow);
    const counts = new Map<number, number>();
    for (const token of seen) counts.set(token, (counts.get(token) ?? 0) + 1);
    for (const [token, count] of counts) {
      const logit = logits[token] ?? 0;
      logits[token] = (logit > 0 ? logit / repeatPenalty : logit * repeatPenalty) - presencePenalty - frequencyPenalty * count;
    }
  }

  return {
    isGreedy: temperature === 0 && !hasPenalty,
    choose(logits, answer) {
      if (hasPenalty) punish(logits, answer);
      if (temperature === 0 || topK === 1) return likeliest(logits);
      const candidates = minimumShare(nucleus(topTokens(logits, topK), logits, topP), logits, minP);
      return draw(candidates, logits, { temperature, random });
    },
  };
}

/** The first of the tokens with the highest logit. */
function likeliest(logits: Float32Array): number {
  let best = 0;
  let highest = logits[0] ?? 0;
  for (let token = 1; token < logits.length; token += 1) {
    const logit = logits[token] as number;
    if (logit > highest) {
      highest = logit;
      best = token;
    }
  }
  return best;
}

/** So many of the likeliest tokens, best first; null for all, in no order. */
export function topTokens(logits: Float32Array, count: number): number[] | null {
  if (count === 0 || count >= logits.length) return null;
  const best: number[] = [];
  let lowest = Number.NEGATIVE_INFINITY;
  const places = byLogit(logits);
  // Those that beat the worst so far are put aside and sorted from time to time, not each at once.
  for (let token = 0; token < logits.length; token += 1) {
    if ((logits[token] as number) <= lowest && best.length >= count) continue;
    best.push(token);
    if (best.length >= count * 2 + 64) {
      best.sort(places).splice(count);
      lowest = logits[best[count - 1] as number] as number;
    }
  }
  return best.sort(places).slice(0, count);
}

/** The likeliest of them that have this much probability together; at least one. */
function nucleus(tokens: number[] | null, logits: Float32Array, share: number): number[] | null {
  if (share >= 1) return tokens;
  const highest = logits[tokens?.[0] ?? likeliest(logits)] as number;
  const weightOf = (token: number) => Math.exp((logits[token] as number) - highest);
  let total = 0;
  let few = tokens;
  if (few) for (const token of few) total += weightOf(token);
  else {
    for (let token = 0; token < logits.length; token += 1) total += weightOf(token);
    // All beyond the nucleus have less than the rest together, so that less than this for each is none of it.
    const least = ((1 - share) * total) / logits.length;
    few = [];
    for (let token = 0; token < logits.length; token += 1) if (weightOf(token) >= least) few.push(token);
    few.sort(byLogit(logits));
  }
  let sum = 0;
  const end = few.findIndex((token) => {
    sum += weightOf(token);
    return sum >= share * total;
  });
  return few.slice(0, Math.max(1, end < 0 ? few.length : end + 1));
}

/** Those that have at least this share of the likeliest's probability. */
function minimumShare(tokens: number[] | null, logits: Float32Array, share: number): number[] | null {
  if (share <= 0) return tokens;
  const least = (logits[tokens?.[0] ?? likeliest(logits)] as number) + Math.log(Math.min(1, share));
  if (tokens) return tokens.filter((token) => (logits[token] as number) >= least);
  const kept: number[] = [];
  for (let token = 0; token < logits.length; token += 1) if ((logits[token] as number) >= least) kept.push(token);
  return kept;
}

function draw(
  tokens: number[] | null,
  logits: Float32Array,
  { temperature, random }: { temperature: number; random: () => number },
): number {
  const top = logits[likeliest(logits)] as number;
  const count = tokens?.length ?? logits.length;
  const weights = new Float64Array(count);
  let total = 0;
  for (let place = 0; place < count; place += 1) {
    const weight = Math.exp(((logits[tokens ? (tokens[place] as number) : place] as number) - top) / temperature);
    weights[place] = weight;
    total += weight;
  }
  let left = random() * total;
  for (let place = 0; place < count; place += 1) {
    left -= weights[place] as number;
    if (left < 0) return tokens ? (tokens[place] as number) : place;
  }
  return tokens?.[0] ?? likeliest(logits);
}

/** Of equals the first. */
function byLogit(logits: Float32Array): (one: number, other: number) => number {
  return (one, other) => (logits[other] as number) - (logits[one] as number) || one - other;
}

/** Numbers of 0 to 1, the same for the same seed. Algorithm: mulberry32. */
function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
