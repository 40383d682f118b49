import { describe, expect, test } from 'vitest';
import { createPromptTokenizer } from '../../src/engines/llama/prompt-tokenizer.ts';

/** One token for each four characters. */
function setUp(contextSize: number) {
  const lengths: number[] = [];
  const tokenize = createPromptTokenizer(
    {
      tokenizePrompt(segments) {
        const length = segments.reduce((sum, { text }) => sum + text.length, 0);
        lengths.push(length);
        return Array.from({ length: Math.ceil(length / 4) }, (_, index) => index + 1);
      },
    },
    contextSize,
  );
  return { lengths, count: (characters: number) => tokenize([{ text: 'x'.repeat(characters), parsesSpecialTokens: true }]) };
}

describe('tokenising a prompt', () => {
  test('takes one that may fit as a whole', () => {
    const { lengths, count } = setUp(100_000);
    expect(count(200_000)).toHaveLength(50_000);
    expect(lengths.at(-1)).toBe(200_000);
    expect(setUp(10).count(1000)).toHaveLength(250);
  });

  test('reads of one that is far too long no more than shows it, and says about how long it is', () => {
    const { lengths, count } = setUp(4096);
    const tokens = count(64_000_000);
    expect(Math.max(...lengths)).toBeLessThan(20_000);
    expect(lengths.length).toBeLessThan(4);
    expect(tokens.length / 16_000_000).toBeCloseTo(1, 1);
  });
});
