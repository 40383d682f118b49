import { addedToken } from '../src/formats/added-tokens.ts';
import { wordPieceJson } from '../src/formats/word-piece-json.ts';
import { seededRandom } from './random.ts';

/** Size of BERT's English vocabulary. */
const size = 30_522;
const special = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];
const letters = [...'abcdefghijklmnopqrstuvwxyz'];
const continuationShare = 0.19;

/** A WordPiece vocabulary of BERT's size: special tokens, letters, made words, and as many continuations as BERT has. */
export interface Vocabulary {
  readonly tokens: readonly string[];
  readonly words: readonly string[];
  /** Pieces that continue a word, without their `##`. */
  readonly continuations: readonly string[];
}

/** Makes the vocabulary: equal on every machine. */
export function makeVocabulary(): Vocabulary {
  const random = seededRandom(30_522);
  const made = new Set<string>();
  while (made.size < size) {
    const syllables = 1 + Math.floor(random() * 3);
    made.add(Array.from({ length: syllables }, () => syllable(random)).join(''));
  }
  const pieces = [...made].filter((piece) => piece.length > 1);
  const fixed = [...special, ...letters, ...letters.map((letter) => `##${letter}`)];
  const continuationCount = Math.floor(size * continuationShare);
  const continuations = pieces.slice(0, continuationCount);
  const words = pieces.slice(continuationCount, continuationCount + size - fixed.length - continuationCount);
  return { tokens: [...fixed, ...words, ...continuations.map((piece) => `##${piece}`)], words, continuations };
}

/** `tokenizer.json` over the vocabulary. */
export function describeTokenizer({ tokens }: Vocabulary): object {
  const added = special.map((content) => addedToken(content, { id: tokens.indexOf(content), special: true }));
  return wordPieceJson({ vocabulary: new Map(tokens.map((token, id) => [token, id])), added });
}

function syllable(random: () => number): string {
  const pick = (from: string) => from[Math.floor(random() * from.length)] ?? '';
  return pick('bcdfghjklmnpqrstvwxz') + pick('aeiouy') + (random() < 0.4 ? pick('lmnrst') : '');
}
