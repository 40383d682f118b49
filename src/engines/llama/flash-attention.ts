import type { GenerationOptions } from '../generation.ts';

/** Up to this much the matrix of all scores of attention may take, which flash attention never makes. */
const mostScoreBytes = 256 * 1024 ** 2;

/**
 * Whether attention is computed without the whole matrix of its scores. On a processor that saves 4 to 5 % of the time for a token (and
 * about an eighth of that for a prompt), and lets an answer depend on what runs beside it (2e-4 of a logarithm, against 2e-6; vectors
 * are 3e-3 off the reference, against 1e-3), so it is done only where the matrix would be large. Quantised kinds of cache need it.
 *
 * @param batchTokens tokens of one pass.
 */
export function usesFlashAttention({
  asked = 'AUTO',
  hasGpu,
  cacheType = 'F16',
  heads,
  batchTokens,
  contextSize,
}: {
  asked?: GenerationOptions['flashAttention'];
  hasGpu: boolean;
  cacheType?: GenerationOptions['cacheType'];
  heads: readonly number[];
  batchTokens: number;
  contextSize: number;
}): boolean | 'auto' {
  if (asked !== 'AUTO') return asked === 'ON';
  if (cacheType.startsWith('Q')) return true;
  const scoreBytes = Math.max(...heads, 0) * batchTokens * contextSize * 4;
  return hasGpu || scoreBytes > mostScoreBytes ? 'auto' : false;
}
