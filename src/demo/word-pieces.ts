import { addedToken } from '../formats/added-tokens.ts';
import { wordPieceJson } from '../formats/word-piece-json.ts';
import { contentWords, endings, stopWords } from './words.ts';

/** One entry of the vocabulary, with the length of its vector. */
export interface WordPiece {
  text: string;
  norm: number;
}

const letters = [...'abcdefghijklmnopqrstuvwxyz0123456789'];
const punctuation = [...'!"#$%&\'()*+,-./:;<=>?@[\\]^_`{|}~'];
const specialTokens = ['[PAD]', '[UNK]', '[CLS]', '[SEP]', '[MASK]'];

/** The vocabulary in id order. Single letters and their continuations are in it, so that any Latin text has tokens. */
export function listWordPieces(): WordPiece[] {
  const pieces: [texts: readonly string[], norm: number][] = [
    [specialTokens, 0.01],
    [contentWords, 1],
    [stopWords, 0.05],
    [letters, 0.5],
    [[...endings, ...letters].map((piece) => `##${piece}`), 0.2],
    [punctuation, 0.05],
  ];
  // The first mention counts: a stop word of one letter, or an ending that is a letter too, is there once.
  const norms = new Map<string, number>();
  for (const [texts, norm] of pieces) {
    for (const text of texts) norms.set(text, norms.get(text) ?? norm);
  }
  return [...norms].map(([text, norm]) => ({ text, norm }));
}

/** `tokenizer.json` over the pieces. */
export function describeTokenizer(pieces: readonly WordPiece[]): object {
  const vocabulary = new Map(pieces.map(({ text }, id) => [text, id]));
  const added = specialTokens.map((content) => addedToken(content, { id: vocabulary.get(content) ?? 0, special: true }));
  return wordPieceJson({ vocabulary, added });
}
