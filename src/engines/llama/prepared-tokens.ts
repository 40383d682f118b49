import type { PreparedText } from '../engine.ts';

/**
 * A text's tokens in the form that the runner knows. What the library puts around them itself (`frame` tokens) is counted, and
 * stands as zeros at the end.
 */
export function preparedTokens(
  kept: readonly number[],
  { before, frame, texts }: { before: number; frame: number; texts: ((token: number) => string) | null },
): PreparedText {
  const ids = new Uint32Array(kept.length + frame);
  ids.set(kept);
  return {
    ids: texts ? Uint32Array.from(kept) : ids,
    typeIds: new Uint32Array(ids.length),
    tokens: texts && kept.map(texts),
    tokensBeforeTruncation: before,
    truncated: kept.length + frame < before,
    unpooledTokens: 0,
  };
}
