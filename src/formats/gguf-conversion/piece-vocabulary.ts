import { quote } from '../../errors.ts';
import { isJsonObject } from '../json-file.ts';
import { unsupported } from './causal-config.ts';
import type { SentencePieceModel } from './sentence-piece-model.ts';
import { type BpeJson, tokenizerJsonFile } from './tokenizer-json.ts';
import {
  addedVocabularyToken,
  type ConvertedVocabulary,
  fillVocabulary,
  type TokensById,
  type TokenType,
  tokenTypes,
} from './vocabulary.ts';

export const sentencePieceFile = 'tokenizer.model';

/** Added tokens, by id. */
export type AddedTokens = readonly { readonly id: number; readonly content: string; readonly special: boolean }[];

/** A SentencePiece tokenizer from its own file. */
export function sentencePieceVocabulary(
  model: SentencePieceModel,
  { size, addedTokens, addSpacePrefix }: { size: number; addedTokens: AddedTokens; addSpacePrefix: boolean | null },
): ConvertedVocabulary {
  const tokens: TokensById = new Map();
  model.pieces.forEach(({ text, score, type }, id) => {
    if (id < size) tokens.set(id, { text, score, type });
  });
  addTokens(tokens, addedTokens, size);
  return {
    kind: model.kind === 'BPE' ? 'SPM' : 'UGM',
    tokens: fillVocabulary(tokens, { size, file: sentencePieceFile }),
    merges: [],
    pre: 'default',
    addSpacePrefix: addSpacePrefix ?? model.addDummyPrefix,
    ...(model.kind === 'UNIGRAM' ? { removeExtraWhitespaces: model.removeExtraWhitespaces, charactersMap: model.charactersMap } : {}),
  };
}

/**
 * The same from a tokenizer.json that was made of one: BPE over characters, with tokens of single bytes for what is unknown.
 * There the order of merges is that of the scores, so that a token's score is the place of the merge that makes it.
 */
export function pieceVocabularyFromJson(
  json: BpeJson,
  { size, addSpacePrefix }: { size: number; addSpacePrefix: boolean | null },
): ConvertedVocabulary {
  const scores = new Map<string, number>();
  json.merges.forEach(([left, right], index) => {
    const text = left + right;
    if (!scores.has(text)) scores.set(text, -index);
  });
  const tokens: TokensById = new Map();
  for (const [text, id] of json.vocabulary)
    tokens.set(id, { text, type: typeOfPiece(text), score: scores.get(text) ?? -json.merges.length - id });
  addTokens(tokens, json.addedTokens, size);
  return {
    kind: 'SPM',
    tokens: fillVocabulary(tokens, { size, file: tokenizerJsonFile }),
    merges: [],
    pre: 'default',
    addSpacePrefix: addSpacePrefix ?? prefixOf(json),
  };
}

function addTokens(tokens: TokensById, added: AddedTokens, size: number): void {
  for (const token of added) {
    const present = tokens.get(token.id);
    // Lists of added tokens repeat `<unk>`, which keeps its own type.
    if (token.id >= size || (present?.text === token.content && present.type === tokenTypes.UNKNOWN)) continue;
    const isUnknown = token.content === '<unk>' && token.special;
    tokens.set(token.id, isUnknown ? { text: token.content, type: tokenTypes.UNKNOWN, score: 0 } : addedVocabularyToken(token));
  }
}

function typeOfPiece(text: string): TokenType {
  return /^<0x[0-9A-F]{2}>$/.test(text) ? tokenTypes.BYTE : tokenTypes.NORMAL;
}

/** Whether texts get a space in front, and that nothing else is done to them: spaces become `▁`, and that is all. */
function prefixOf({ normalizers, preTokenizers }: BpeJson): boolean {
  let hasPrefix = false;
  for (const step of normalizers) {
    const isPrefix = step.type === 'Prepend' && step.prepend === '▁';
    const isSpace = step.type === 'Replace' && isJsonObject(step.pattern) && step.pattern.String === ' ' && step.content === '▁';
    if (!isPrefix && !isSpace) throw unsupported(`its tokenizer has the normalizer ${quote(String(step.type))}`);
    hasPrefix ||= isPrefix;
  }
  for (const step of preTokenizers) {
    if (step.type !== 'Metaspace') throw unsupported(`its tokenizer splits texts by ${quote(String(step.type))}`);
    // Older files say the same in another field.
    const scheme = step.prepend_scheme ?? (step.add_prefix_space === false ? 'never' : 'always');
    hasPrefix ||= scheme !== 'never';
  }
  return hasPrefix;
}
