/** A pair of texts as the native library gives it: one entry per token, special ones included. */
export interface PairEncoding {
  readonly ids: readonly number[];
  readonly typeIds: readonly number[];
  /** Which text a token is of, 0 or 1; none for a token of the template. */
  readonly sequences: readonly (number | null | undefined)[];
}

/** A pair that fits. */
export interface CutPair {
  readonly ids: Int32Array;
  readonly typeIds: Int32Array;
}

/**
 * Cuts a whole pair to `maxTokens`, longest first; null when the special tokens leave no room for both texts. A template puts
 * the same special tokens around texts of whatever lengths, so a pair may as well be cut after they were put in.
 *
 * @param lengths tokens of the two texts as their callers wrote them: the encoding may hold less of a very long one.
 */
export function cutPair(
  { ids, typeIds, sequences }: PairEncoding,
  { lengths, maxTokens, side }: { lengths: readonly [number, number]; maxTokens: number; side: 'left' | 'right' },
): CutPair | null {
  const held = [0, 1].map((text) => sequences.filter((sequence) => sequence === text).length);
  const room = maxTokens - sequences.filter((sequence) => sequence !== 0 && sequence !== 1).length;
  if (room < 2) return null;
  const kept = longestFirst(lengths[0], lengths[1], room);
  const starts = held.map((length, text) => (side === 'left' ? Math.max(0, length - (kept[text] ?? 0)) : 0));
  const seen = [0, 0];
  const stays = sequences.map((sequence) => {
    if (sequence !== 0 && sequence !== 1) return true;
    const place = seen[sequence] ?? 0;
    seen[sequence] = place + 1;
    const start = starts[sequence] ?? 0;
    return place >= start && place < start + kept[sequence];
  });
  const select = (values: readonly number[]): Int32Array => Int32Array.from(values.filter((_, index) => stays[index]));
  return { ids: select(ids), typeIds: select(typeIds) };
}

/**
 * How many tokens of each text stay when together they may have `room`: the longer one is cut to what the shorter one leaves,
 * and where both are too long each gets half.
 *
 * Reference: the tokenizers crate, `utils/truncation.rs`, `truncate_encodings` with `LongestFirst`.
 */
function longestFirst(first: number, second: number, room: number): [first: number, second: number] {
  if (first + second <= room) return [first, second];
  const shorter = Math.min(first, second);
  const half = Math.floor(room / 2);
  const [short, long] = shorter > half ? [half, room - half] : [shorter, room - shorter];
  return first > second ? [long, short] : [short, long];
}
