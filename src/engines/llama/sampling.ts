import type { Sampling } from '../generation.ts';
import type { LlamaContextSequence, Token } from './native.ts';

type NativeSampling = Omit<NonNullable<Parameters<LlamaContextSequence['evaluate']>[1]>, 'topK'> & { topK?: number };

/** So many tokens back the penalties look for repetitions, the prompt's among them; as llama.cpp has it. */
const repeatWindow = 64;

/**
 * The sampler's settings in the library's terms. Where the repeat penalty is on, penalties see the last tokens of prompt and answer
 * (llama.cpp's meaning); presence and frequency penalties alone see all of the answer, and nothing of the prompt (OpenAI's).
 *
 * @param answer tokens written so far; grows while it is sampled.
 */
export function nativeSampling(
  { temperature, topP, topK, minP, seed, repeatPenalty, presencePenalty, frequencyPenalty }: Sampling,
  { prompt, answer, contextSize }: { prompt: readonly number[]; answer: readonly number[]; contextSize: number },
): NativeSampling {
  const hasPenalty = repeatPenalty !== 1 || presencePenalty !== 0 || frequencyPenalty !== 0;
  const recent = () => (repeatPenalty === 1 ? [...answer] : lastOf(prompt, answer, repeatWindow));
  return {
    temperature,
    topP,
    minP,
    // Left out, the library takes 40; as 0 it would sort the whole vocabulary. Null is what its sampler takes for "none".
    topK: topK > 0 ? topK : (null as unknown as number),
    seed: (seed ?? Math.floor(Math.random() * 2 ** 32)) >>> 0,
    ...(hasPenalty
      ? {
          repeatPenalty: {
            punishTokens: () => recent() as Token[],
            maxPunishTokens: repeatPenalty === 1 ? contextSize : repeatWindow,
            penalty: repeatPenalty,
            presencePenalty,
            frequencyPenalty,
          },
        }
      : {}),
  };
}

/** The last `count` tokens of both together. */
function lastOf(prompt: readonly number[], answer: readonly number[], count: number): number[] {
  const ofPrompt = Math.max(0, count - answer.length);
  return [...(ofPrompt > 0 ? prompt.slice(-ofPrompt) : []), ...answer.slice(-count)];
}
