import { quote } from '../../errors.ts';
import { unsupported } from './causal-config.ts';
import { preTokenizerName } from './pre-tokenizer.ts';
import { type BpeJson, tokenizerJsonFile } from './tokenizer-json.ts';
import { addedVocabularyToken, type ConvertedVocabulary, fillVocabulary, type TokensById, tokenTypes } from './vocabulary.ts';

/** A byte-level BPE tokenizer: its tokens are written in characters that stand for bytes. */
export function bytePairVocabulary(json: BpeJson, { size }: { size: number }): ConvertedVocabulary {
  // llama.cpp leaves texts as they are; NFC changes only what is not composed already.
  const normalizer = json.normalizers.find(({ type }) => type !== 'NFC');
  if (normalizer) throw unsupported(`its tokenizer has the normalizer ${quote(String(normalizer.type))}`);
  const tokens: TokensById = new Map();
  for (const [text, id] of json.vocabulary) tokens.set(id, { text, type: tokenTypes.NORMAL, score: 0 });
  for (const token of json.addedTokens) if (token.id < size) tokens.set(token.id, addedVocabularyToken(token));
  return {
    kind: 'BPE',
    tokens: fillVocabulary(tokens, { size, file: tokenizerJsonFile }),
    merges: json.merges.map(([left, right]) => `${encodeSpaces(left)} ${encodeSpaces(right)}`),
    pre: preTokenizerName(json),
    addSpacePrefix: null,
  };
}

/** Pairs may hold spaces; in the joined form a space parts them. */
function encodeSpaces(part: string): string {
  return part.replaceAll(' ', 'Ġ');
}
