import { InvalidModelFileError, quote } from '../../errors.ts';

/** What a token is, by llama.cpp's numbers. */
export const tokenTypes = { NORMAL: 1, UNKNOWN: 2, CONTROL: 3, USER_DEFINED: 4, UNUSED: 5, BYTE: 6 } as const;
export type TokenType = (typeof tokenTypes)[keyof typeof tokenTypes];

/** One token; the score is only of use to SentencePiece. */
export interface VocabularyToken {
  readonly text: string;
  readonly type: TokenType;
  readonly score: number;
}

/** A tokenizer as GGUF keeps it. */
export interface ConvertedVocabulary {
  /** SPM merges by the tokens' scores, UGM cuts by them, BPE merges by a list of merges over bytes. */
  readonly kind: 'SPM' | 'UGM' | 'BPE';
  /** By id: as many as the model's table has rows. */
  readonly tokens: readonly VocabularyToken[];
  /** `left right`, first the one to be done first; empty for SPM. */
  readonly merges: readonly string[];
  /** How BPE splits a text into words, by llama.cpp's name for it. */
  readonly pre: string;
  /** Whether a space is put in front of a text; null for BPE, which never does. */
  readonly addSpacePrefix: boolean | null;
  /** Only UGM does it: see `SentencePieceModel`. */
  readonly removeExtraWhitespaces?: boolean;
  readonly charactersMap?: Uint8Array | null;
}

/** Tokens by id, of which some are not there yet. */
export type TokensById = Map<number, VocabularyToken>;

/**
 * Fills the holes with tokens that nothing makes, up to `size`. Throws `INVALID_MODEL_FILE` for a token whose id is beyond, and
 * for one that is there twice, for llama.cpp aborts on it.
 */
export function fillVocabulary(tokens: TokensById, { size, file }: { size: number; file: string }): VocabularyToken[] {
  const seen = new Map<string, number>();
  for (const [id, { text }] of tokens) {
    if (id >= size) throw new InvalidModelFileError({ file, message: `Token ${quote(text)} has id ${id}; the model has ${size} tokens.` });
    const other = seen.get(text);
    if (other !== undefined) throw new InvalidModelFileError({ file, message: `Tokens ${other} and ${id} are both ${quote(text)}.` });
    seen.set(text, id);
  }
  return Array.from({ length: size }, (_, id) => tokens.get(id) ?? { text: unusedText(id, seen), type: tokenTypes.UNUSED, score: -10_000 });
}

function unusedText(id: number, seen: ReadonlyMap<string, number>): string {
  let text = `[PAD${id}]`;
  while (seen.has(text)) text = `[${text}]`;
  return text;
}

/** Tokens that upstream forgot to call special, yet nobody should be able to type. Reference: llama.cpp, `does_token_look_special`. */
function looksSpecial(text: string): boolean {
  return /^<\|.*\|>$|^<｜.*｜>$|^<unused.*>$/su.test(text) || ['<pad>', '<mask>', '<2mass>', '[@BOS@]'].includes(text);
}

/** An added token as llama.cpp looks for it: in the text, not in pieces. */
export function addedVocabularyToken({ content, special }: { content: string; special: boolean }): VocabularyToken {
  if (special || looksSpecial(content)) return { text: content, type: tokenTypes.CONTROL, score: -1000 };
  return { text: content.replaceAll('▁', ' '), type: tokenTypes.USER_DEFINED, score: -1000 };
}
