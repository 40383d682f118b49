import { describe, expect, it } from 'vitest';
import type { Sampling } from '../../src/engines/generation.ts';
import { createTokenSampler, topTokens } from '../../src/engines/vision/token-sampler.ts';
import { readTokenSpelling } from '../../src/engines/vision/token-spelling.ts';

const off: Sampling = { temperature: 1, topP: 1, topK: 0, minP: 0, seed: 1, repeatPenalty: 1, presencePenalty: 0, frequencyPenalty: 0 };
const logitsOf = (probabilities: readonly number[]) => Float32Array.from(probabilities, Math.log);
/** In no order, as a vocabulary has them. */
const many = Float32Array.from({ length: 5000 }, (_, token) => Math.sin(token * 12.9898) * 6);

/** How often each token comes of so many draws. */
function shares(probabilities: readonly number[], sampling: Partial<Sampling>, draws = 20_000): number[] {
  const counts = probabilities.map(() => 0);
  const sampler = createTokenSampler({ ...off, ...sampling }, []);
  for (let draw = 0; draw < draws; draw += 1) {
    const token = sampler.choose(logitsOf(probabilities), []);
    counts[token] = (counts[token] ?? 0) + 1;
  }
  return counts.map((count) => count / draws);
}

function expectShares(actual: readonly number[], expected: readonly number[]): void {
  for (const [token, share] of expected.entries()) {
    if (share === 0) expect(actual[token]).toBe(0);
    else expect(Math.abs((actual[token] ?? 0) - share)).toBeLessThan(0.02);
  }
}

describe('a token', () => {
  const odds = [0.1, 0.4, 0.2, 0.3];

  it('comes as often as it is likely', () => {
    expectShares(shares(odds, {}), odds);
    expectShares(
      shares(odds, { temperature: 0.5 }),
      odds.map((share) => share ** 2 / 0.3),
    );
  });

  it('is one of the likeliest, of those with most of the probability, or of those near the likeliest', () => {
    expectShares(shares(odds, { topK: 2 }), [0, 4 / 7, 0, 3 / 7]);
    expectShares(shares(odds, { topP: 0.75 }), [0, 4 / 9, 2 / 9, 3 / 9]);
    expectShares(shares(odds, { topP: 0.0001 }), [0, 1, 0, 0]);
    expectShares(shares(odds, { minP: 0.6 }), [0, 4 / 7, 0, 3 / 7]);
    expectShares(shares(odds, { topK: 3, topP: 0.7, minP: 0.1 }), [0, 4 / 7, 0, 3 / 7]);
  });

  it('is the likeliest where the temperature is 0, and the first of equals', () => {
    const sampler = createTokenSampler({ ...off, temperature: 0 }, []);
    expect(sampler.isGreedy).toBe(true);
    expect(sampler.choose(logitsOf([0.2, 0.4, 0.4]), [])).toBe(1);
  });

  it('that was there before is punished', () => {
    const choose = (sampling: Partial<Sampling>, prompt: number[], answer: number[]) =>
      createTokenSampler({ ...off, temperature: 0, ...sampling }, prompt).choose(Float32Array.of(2, 3, -1), answer);
    expect(choose({ repeatPenalty: 2 }, [1], [])).toBe(0);
    expect(choose({ repeatPenalty: 2 }, [1, ...Array.from({ length: 64 }, () => 2)], [])).toBe(1);
    // Without the repeat penalty the prompt does not count.
    expect(choose({ presencePenalty: 1.5 }, [1], [])).toBe(1);
    expect(choose({ presencePenalty: 1.5 }, [], [1])).toBe(0);
    expect(choose({ frequencyPenalty: 0.6 }, [], [1])).toBe(1);
    expect(choose({ frequencyPenalty: 0.6 }, [], [1, 1])).toBe(0);
  });

  it('is found among many as by sorting them all', () => {
    const sorted = [...many.keys()].sort((one, other) => (many[other] ?? 0) - (many[one] ?? 0) || one - other);
    for (const count of [1, 7, 40, 1000]) expect(topTokens(many, count)).toEqual(sorted.slice(0, count));
    expect(topTokens(many, 5000)).toBeNull();
    // The nucleus of all is the nucleus of so many that it lies among them.
    const draw = (topK: number) => {
      const sampler = createTokenSampler({ ...off, topK, topP: 0.5 }, []);
      return Array.from({ length: 50 }, () => sampler.choose(many, []));
    };
    const total = many.reduce((sum, logit) => sum + Math.exp(logit), 0);
    let sum = 0;
    const end = sorted.findIndex((token) => {
      sum += Math.exp(many[token] ?? 0);
      return sum >= total / 2;
    });
    const nucleus = new Set(sorted.slice(0, end + 1));
    for (const token of draw(0)) expect(nucleus).toContain(token);
  });
});

describe('the spelling of tokens', () => {
  it('of sentencepiece has spaces for its marks, and bytes for what it lacks', () => {
    const spelling = readTokenSpelling({
      added_tokens: [
        { id: 3, content: '<image>', special: false },
        { id: 4, content: '\n\n', special: false },
        { id: 5, content: 'EOS', special: true },
      ],
      decoder: {
        type: 'Sequence',
        decoders: [{ type: 'Replace' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }],
      },
      model: {
        type: 'Unigram',
        vocab: [
          ['▁Hello', -1],
          ['<0xC3>', -2],
          ['<0xA4>', -3],
        ],
      },
    });
    expect([spelling.textOf(0), spelling.dropsFirstSpace]).toEqual([' Hello', true]);
    expect(Buffer.concat([spelling.bytesOf(1), spelling.bytesOf(2)]).toString()).toBe('ä');
    expect([3, 4, 5].map((token) => spelling.isSpecial(token))).toEqual([false, false, true]);
    // White space that is a token of its own is what people write.
    expect(spelling.specialTokens.map(({ text }) => text)).toEqual(['<image>', 'EOS']);
  });

  it('of byte-level BPE is bytes', () => {
    const spelling = readTokenSpelling({ decoder: { type: 'ByteLevel' }, model: { type: 'BPE', vocab: { ĠHi: 0, Ã: 1, '¤': 2 } } });
    expect([spelling.textOf(0), spelling.dropsFirstSpace]).toEqual([' Hi', false]);
    expect(Buffer.concat([spelling.bytesOf(1), spelling.bytesOf(2)]).toString()).toBe('ä');
  });
});
