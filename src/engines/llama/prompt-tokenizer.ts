import type { PromptSegment } from '../chat/chat.ts';
import type { Vocabulary } from './vocabulary.ts';

/** Characters that are tokenised without a second thought: some ten milliseconds. */
const fewCharacters = 32_768;
const sliceCharacters = 16_384;
/** A cut between two slices makes at most so many tokens more than there are. */
const extraTokens = 4;

/**
 * Makes what tokenises prompts. Tokenising holds the thread that all answers share, so that of a prompt which is far too long only
 * the beginning is tokenised: what it answers then has about as many entries as the prompt has tokens, and is for counting alone.
 */
export function createPromptTokenizer(
  { tokenizePrompt }: Pick<Vocabulary, 'tokenizePrompt'>,
  contextSize: number,
): (segments: readonly PromptSegment[]) => number[] {
  /** Null where the prompt may fit. */
  function estimateTooLong(segments: readonly PromptSegment[], characters: number): number | null {
    let counted = 0;
    let seen = 0;
    for (const { text, parsesSpecialTokens } of segments) {
      for (let start = 0; start < text.length; start += sliceCharacters) {
        const slice = text.slice(start, start + sliceCharacters);
        counted += Math.max(0, tokenizePrompt([{ text: slice, parsesSpecialTokens }]).length - extraTokens);
        seen += slice.length;
        if (counted > contextSize) return Math.ceil((counted * characters) / seen);
      }
    }
    return null;
  }

  return (segments) => {
    const characters = segments.reduce((sum, { text }) => sum + text.length, 0);
    const tooMany = characters <= fewCharacters ? null : estimateTooLong(segments, characters);
    if (tooMany === null) return tokenizePrompt(segments);
    const counted: number[] = [];
    // Without its entries it takes no memory.
    counted.length = tooMany;
    return counted;
  };
}
