/** Finds the first stop text in a stream, and lets go of everything that cannot be the beginning of one. */
export interface StopMatcher {
  /** What may be shown now; `isStopped` where a stop text came, which is no part of it, nor is what follows. */
  push(text: string): { text: string; isStopped: boolean };
  /** What was held back, at the end of the stream. */
  flush(): string;
  /** How many UTF-16 units are held back. */
  readonly heldLength: number;
}

/** Empty stop texts count as none. */
export function createStopMatcher(stop: readonly string[]): StopMatcher {
  const texts = stop.filter((text) => text !== '');
  let held = '';
  return {
    push(text) {
      const seen = held + text;
      const places = texts.map((stopText) => seen.indexOf(stopText)).filter((place) => place >= 0);
      if (places.length > 0) {
        held = '';
        return { text: seen.slice(0, Math.min(...places)), isStopped: true };
      }
      const heldLength = Math.max(0, ...texts.map((stopText) => overlap(seen, stopText)));
      held = seen.slice(seen.length - heldLength);
      return { text: seen.slice(0, seen.length - heldLength), isStopped: false };
    },
    flush() {
      const text = held;
      held = '';
      return text;
    },
    get heldLength() {
      return held.length;
    },
  };
}

/** Length of the longest end of `text` with which `wanted` begins, short of the whole. */
export function overlap(text: string, wanted: string): number {
  for (let length = Math.min(text.length, wanted.length - 1); length > 0; length -= 1) {
    if (text.endsWith(wanted.slice(0, length))) return length;
  }
  return 0;
}
