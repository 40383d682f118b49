import { seededRandom } from './random.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Makes texts of given lengths out of a vocabulary. */
export interface TextMaker {
  /** One text of so many tokens, [CLS] and [SEP] included. No two are alike. */
  text(tokens: number): string;
  /** `count` texts with lengths spread evenly over the range, in mixed order. */
  spread(count: number, shortest: number, longest: number): string[];
}

/** One word in so many goes on with a second piece. */
const piecesPerContinuation = 6;

/** Makes texts: the same ones for the same seed. */
export function createTextMaker({ words, continuations }: Vocabulary, seed: number): TextMaker {
  const random = seededRandom(seed);
  const pick = (from: readonly string[]): string => from[Math.floor(random() * from.length)] ?? '';

  function text(tokens: number): string {
    const parts: string[] = [];
    for (let piece = 0; piece < tokens - 2; piece += 1) {
      const continues = piece > 0 && piece % piecesPerContinuation === 0;
      // The tokenizer may find a longer first piece, or cut the word elsewhere: the length is then off by a token.
      if (continues) parts.push(`${parts.pop()}${pick(continuations)}`);
      else parts.push(pick(words));
    }
    return parts.join(' ');
  }

  return {
    text,
    spread(count, shortest, longest) {
      const lengths = Array.from({ length: count }, (_, index) =>
        Math.round(shortest + ((longest - shortest) * index) / Math.max(1, count - 1)),
      );
      for (let last = lengths.length - 1; last > 0; last -= 1) {
        const other = Math.floor(random() * (last + 1));
        [lengths[last], lengths[other]] = [lengths[other] ?? shortest, lengths[last] ?? shortest];
      }
      return lengths.map(text);
    },
  };
}
