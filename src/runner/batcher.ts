/** Anything that takes a place in a batch: so many tokens, come so early. */
export interface BatchItem {
  /** What runs together: items of one network and output. */
  readonly lane: string;
  /** Tokens before padding. */
  readonly length: number;
  /** Rises with every parcel that arrives; the smallest has waited longest. */
  readonly arrival: number;
}

/**
 * Padding that a batch may carry beyond its share: below this, one native run less is worth more than the padding.
 */
const freePaddingTokens = 32;

/** The largest part of a batch that may be padding; sorted batches of the measurements that led here stayed at or below it. */
const paddingShare = 0.2;

/**
 * Chooses what to run next, and answers it sorted by length. All of it is of the lane of the item that has waited longest.
 *
 * The item that has waited longest is always in: nothing starves. It gathers its neighbours in length, nearest first, while
 * items × longest stays within `maxBatchTokens` and little of that is padding (on CPU a batch of mixed lengths is slower
 * than no batch). An item above the budget runs alone.
 */
export function chooseBatch<Item extends BatchItem>(waiting: readonly Item[], maxBatchTokens: number): Item[] {
  const lane = waiting[indexOfOldest(waiting)]?.lane;
  const sorted = waiting
    .filter((item) => item.lane === lane)
    .sort((first, second) => first.length - second.length || first.arrival - second.arrival);
  const oldest = indexOfOldest(sorted);
  if (oldest < 0) return [];
  let start = oldest;
  let end = oldest + 1;
  let tokens = sorted[oldest]?.length ?? 0;
  for (;;) {
    const shorter = sorted[start - 1];
    const longer = sorted[end];
    const longest = sorted[end - 1]?.length ?? 0;
    const paddingOfShorter = shorter ? longest - shorter.length : Number.POSITIVE_INFINITY;
    const paddingOfLonger = longer ? (longer.length - longest) * (end - start) : Number.POSITIVE_INFINITY;
    // Of equal neighbours the longer index is taken, as sorting put the earlier arrival first.
    const takesLonger = longer !== undefined && paddingOfLonger <= paddingOfShorter;
    const next = takesLonger ? longer : shorter;
    if (!next) break;
    const padded = (end - start + 1) * (takesLonger ? next.length : longest);
    const padding = padded - tokens - next.length;
    if (padded > maxBatchTokens || padding > Math.max(freePaddingTokens, padded * paddingShare)) break;
    tokens += next.length;
    if (takesLonger) end += 1;
    else start -= 1;
  }
  return sorted.slice(start, end);
}

function indexOfOldest(items: readonly BatchItem[]): number {
  let oldest = -1;
  for (const [index, item] of items.entries()) {
    if (oldest < 0 || item.arrival < (items[oldest]?.arrival ?? 0)) oldest = index;
  }
  return oldest;
}
