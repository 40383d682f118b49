/** One whose prompt is being read. */
export interface Reader {
  readonly member: { readonly unread: readonly number[] };
  /** Who came first has the smallest. */
  readonly arrival: number;
}

/** Tokens of one prompt that are worth a part of a batch. */
const smallestPart = 16;
/** Who came a moment before the others is waited for so long. */
const ticksToLevel = 2;

/**
 * Shares what may be read in a tick. Prompts of about the same length come to their end together, as the first to write would hold up
 * the others, which then had to be read beside it: the longer ones are read until they are level, then all in equal parts. Of prompts
 * that differ the short one is through first: all get the same. Where that would be tiny, who came first is read first.
 */
export function shareReading<Each extends Reader>(readers: readonly Each[], tokens: number): Map<Each, number> {
  const lengths = readers.map(({ member }) => member.unread.length);
  const [shortest, longest] = [Math.min(...lengths), Math.max(...lengths)];
  if (longest <= 2 * shortest || longest - shortest <= ticksToLevel * tokens) return levelled(readers, tokens);
  const atOnce = Math.max(1, Math.floor(tokens / smallestPart));
  const chosen = readers.toSorted((one, other) => one.arrival - other.arrival).slice(0, atOnce);
  return new Map(chosen.map((reader) => [reader, Math.floor(tokens / chosen.length)]));
}

/** Takes from the longest until all that it takes from are level. Equal parts make one batch, others several. */
function levelled<Each extends Reader>(readers: readonly Each[], tokens: number): Map<Each, number> {
  const sorted = readers.toSorted((one, other) => other.member.unread.length - one.member.unread.length);
  const shares = new Map<Each, number>();
  let left = tokens;
  for (const [index, reader] of sorted.entries()) {
    const taken = sorted.slice(0, index + 1);
    const next = sorted[index + 1]?.member.unread.length ?? 0;
    const part = Math.min(reader.member.unread.length - (shares.get(reader) ?? 0) - next, Math.floor(left / taken.length));
    for (const each of taken) shares.set(each, (shares.get(each) ?? 0) + part);
    left -= part * taken.length;
  }
  // A tick brings somebody further, however many there are.
  const [longest] = sorted;
  if (longest && left === tokens) shares.set(longest, 1);
  return new Map([...shares].filter(([, share]) => share > 0));
}
