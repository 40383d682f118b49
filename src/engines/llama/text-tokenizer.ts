import { InputTooLongError, type ModelkeepError } from '../../errors.ts';
import type { PreparedText, Work } from '../engine.ts';
import { preparedTokens } from './prepared-tokens.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Tokens of texts as a raw prompt has them, for whoever wants to count them. */
export function createTextTokenizer(
  vocabulary: Pick<Vocabulary, 'tokenizePrompt' | 'textOf'>,
  maxTokens: number,
): (work: Work) => Promise<(PreparedText | ModelkeepError)[]> {
  return async (work) => {
    if (work.kind !== 'tokenizeTexts') throw new Error(`A model that writes was asked for ${work.kind}.`);
    return work.items.map((text, position) => {
      const tokens = vocabulary.tokenizePrompt([{ text: work.prompt + text, parsesSpecialTokens: true }]);
      if (tokens.length > maxTokens && work.truncate === 'NONE')
        return new InputTooLongError({ index: work.firstIndex + position, tokens: tokens.length, limit: maxTokens });
      return preparedTokens(tokens.slice(0, maxTokens), { before: tokens.length, frame: 0, texts: vocabulary.textOf });
    });
  };
}
