import type { LlamaContextSequence, Token } from './native.ts';

/** A place for one generation: a sequence of the context, which keeps the tokens of the generation before. */
export interface Slot {
  readonly id: number;
  readonly sequence: LlamaContextSequence;
  isTaken: boolean;
  /** Rises with every use; 0 for never. */
  lastUse: number;
}

/** From so many tokens on a prefix that is in memory decides which slot is taken. */
const worthwhilePrefix = 32;

/**
 * Chooses a free slot: the one that holds the longest beginning of the prompt; where none holds much of it, one that keeps the ids in
 * use without a gap (llama.cpp runs only neighbours in one batch), there a gap first, then the one that was used least recently.
 * Null when all are taken.
 */
export function chooseSlot(slots: readonly Slot[], tokens: readonly number[]): Slot | null {
  const free = slots.filter((slot) => !slot.isTaken).map((slot) => ({ slot, prefix: reusablePrefix(slot.sequence, tokens) }));
  const longest = Math.max(...free.map(({ prefix }) => prefix));
  if (longest >= worthwhilePrefix) {
    const candidates = free.filter(({ prefix }) => prefix === longest).map(({ slot }) => slot);
    return preferred(slots, candidates);
  }
  return preferred(
    slots,
    free.map(({ slot }) => slot),
  );
}

/** How many tokens at the beginning of a prompt need not be read again. At least one is always left to read. */
export function reusablePrefix(sequence: LlamaContextSequence, tokens: readonly number[]): number {
  const { firstDifferentIndex } = sequence.compareContextTokens(tokens as Token[]);
  const prefix = Math.min(firstDifferentIndex, tokens.length - 1);
  if (prefix >= sequence.nextTokenIndex) return Math.max(0, prefix);
  // Some kinds of model cannot go back a few tokens: what they would have to read again is not reused.
  return prefix > 0 && sequence.getRestoreToPrefixIndexEvaluationSize(prefix) === 0 ? prefix : 0;
}

function preferred(slots: readonly Slot[], candidates: readonly Slot[]): Slot | null {
  const taken = slots.filter((slot) => slot.isTaken).map(({ id }) => id);
  const first = Math.min(...taken);
  const last = Math.max(...taken);
  const distance = ({ id }: Slot) => (taken.length === 0 ? 0 : id < first ? first - id : id > last ? id - last : 0);
  const [best = null] = [...candidates].sort(
    (one, other) => distance(one) - distance(other) || one.lastUse - other.lastUse || one.id - other.id,
  );
  return best;
}
