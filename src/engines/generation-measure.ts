import type { GenerationEnd } from './generation.ts';

/** Counts tokens and time of one generation. */
export type GenerationMeasure = ReturnType<typeof createGenerationMeasure>;

/** Begins with the generation's arrival. */
export function createGenerationMeasure() {
  const arrivedMs = performance.now();
  const usage = { promptTokens: 0, cachedPromptTokens: 0, completionTokens: 0 };
  let begunMs: number | null = null;
  let firstMs: number | null = null;
  let lastMs = arrivedMs;
  return {
    usage,
    begin() {
      begunMs = performance.now();
    },
    token() {
      lastMs = performance.now();
      firstMs ??= lastMs;
      usage.completionTokens += 1;
    },
    read(): Pick<GenerationEnd, 'usage' | 'timing'> {
      const nowMs = performance.now();
      const generationMs = firstMs === null ? 0 : lastMs - firstMs;
      return {
        usage: { ...usage },
        timing: {
          queueMs: (begunMs ?? nowMs) - arrivedMs,
          promptMs: begunMs === null ? 0 : (firstMs ?? nowMs) - begunMs,
          firstTokenMs: firstMs === null ? null : firstMs - arrivedMs,
          generationMs,
          tokensPerSecond: generationMs > 0 ? ((usage.completionTokens - 1) * 1000) / generationMs : null,
        },
      };
    },
  };
}
