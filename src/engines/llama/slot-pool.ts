import type { LlamaContext, LlamaContextSequence } from './native.ts';
import { chooseSlot, type Slot } from './slots.ts';

/** The places of a context, and who waits for one. */
export interface SlotPool {
  readonly size: number;
  /** Before anything runs. */
  readonly anySequence: LlamaContextSequence;
  /** Waits for a place, first come, first served; null when the signal aborts before. */
  take(tokens: readonly number[], signal: AbortSignal): Promise<Slot | null>;
  /** Gives it back; what it has in memory stays for who comes with the same beginning. */
  release(slot: Slot): void;
}

interface Waiter {
  tokens: readonly number[];
  answer: (slot: Slot | null) => void;
}

/** Opens all sequences of a context. */
export function createSlotPool(context: LlamaContext): SlotPool {
  const slots: Slot[] = Array.from({ length: context.totalSequences }, (_, id) => ({
    id,
    // The library gives the lowest id first.
    sequence: context.getSequence(),
    isTaken: false,
    lastUse: 0,
  }));
  let waiters: Waiter[] = [];
  let uses = 0;

  function claim(tokens: readonly number[]): Slot | null {
    const slot = chooseSlot(slots, tokens);
    if (!slot) return null;
    uses += 1;
    Object.assign(slot, { isTaken: true, lastUse: uses });
    return slot;
  }

  const [first] = slots;
  if (!first) throw new Error('A context has at least one sequence.');
  return {
    size: slots.length,
    anySequence: first.sequence,
    async take(tokens, signal) {
      if (signal.aborted) return null;
      const slot = claim(tokens);
      if (slot) return slot;
      const { promise, resolve } = Promise.withResolvers<Slot | null>();
      const waiter = { tokens, answer: resolve };
      waiters.push(waiter);
      const leave = () => {
        waiters = waiters.filter((other) => other !== waiter);
        resolve(null);
      };
      signal.addEventListener('abort', leave, { once: true });
      try {
        return await promise;
      } finally {
        signal.removeEventListener('abort', leave);
      }
    },
    release(slot) {
      slot.isTaken = false;
      const next = waiters.shift();
      if (next) next.answer(claim(next.tokens));
    },
  };
}
