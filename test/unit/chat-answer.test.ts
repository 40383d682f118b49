import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type AnswerOptions, createAnswer } from '../../src/engines/chat/answer.ts';
import type { AnswerCause, AnswerDelta } from '../../src/engines/chat/chat.ts';
import { createStopMatcher } from '../../src/engines/chat/stop-matcher.ts';

const options: AnswerOptions = { echo: '', stop: [], tools: null, check: null, guard: null, newCallId: () => 'id' };

/** An answer whose tokens are these bytes. */
async function answer(tokens: readonly (string | Uint8Array)[], given: Partial<AnswerOptions> = {}, cause: AnswerCause = 'eog') {
  const reader = createAnswer({ ...options, ...given });
  const deltas: AnswerDelta[] = reader.begin();
  let read = 0;
  for (const token of tokens) {
    read += 1;
    const step = reader.push({ bytes: typeof token === 'string' ? Buffer.from(token) : token, isControl: false });
    deltas.push(...step.deltas);
    if (step.isOver) break;
  }
  const end = await reader.end(cause);
  deltas.push(...end.deltas);
  const texts = deltas.map((delta) => (delta.type === 'text' ? delta.text : ''));
  return { ...end, deltas, texts, text: texts.join(''), read };
}

describe('stop texts', () => {
  it('end an answer, are no part of it, and are found across tokens', async () => {
    expect(await answer(['the qu', 'ick E', 'N', 'D fox'], { stop: ['END'] })).toMatchObject({
      texts: ['the qu', 'ick '],
      reason: 'STOP',
      read: 4,
    });
  });

  it('hold back only what may still become one', async () => {
    expect(await answer(['a', 'ab', 'abc', 'abx'], { stop: ['abcd'] })).toMatchObject({ texts: ['a', 'ab', 'abcabx'] });
  });

  it('that were begun are text where the answer ends', async () => {
    expect(await answer(['fox EN'], { stop: ['END'] })).toMatchObject({ text: 'fox EN', reason: 'STOP' });
    expect(await answer(['fox EN'], { stop: ['END'] }, 'length')).toMatchObject({ text: 'fox EN', reason: 'LENGTH' });
  });

  it('give the same text however it is cut, and never a part of themselves', () => {
    const letters = fc.string({ unit: fc.constantFrom('a', 'b', '😀'), maxLength: 40 });
    fc.assert(
      fc.property(
        letters,
        fc.array(fc.nat(40)),
        fc.array(fc.string({ unit: fc.constantFrom('a', 'b', '😀'), minLength: 1, maxLength: 4 }), { maxLength: 3 }),
        (text, cuts, stop) => {
          const characters = [...text];
          const matcher = createStopMatcher(stop);
          let shown = '';
          let isStopped = false;
          let at = 0;
          for (const to of [...cuts.sort((a, b) => a - b), characters.length]) {
            const step = matcher.push(characters.slice(at, to).join(''));
            shown += step.text;
            at = Math.max(at, to);
            isStopped = step.isStopped;
            if (isStopped) break;
            // Nothing more is held than the longest stop text but for its last character.
            expect(matcher.heldLength).toBeLessThan(Math.max(1, ...stop.map(({ length }) => length)));
          }
          if (!isStopped) shown += matcher.flush();
          for (const stopText of stop) expect(shown).not.toContain(stopText);
          expect(text.startsWith(shown)).toBe(true);
          expect(isStopped).toBe(stop.some((stopText) => text.includes(stopText)));
          if (!isStopped) expect(shown).toBe(text);
        },
      ),
    );
  });
});

describe('characters', () => {
  it('are whole in every delta, however their bytes are spread over tokens', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 20 }), fc.array(fc.nat(80)), async (text, cuts) => {
        const bytes = Buffer.from(text);
        const places = [0, ...cuts.filter((cut) => cut < bytes.length).sort((a, b) => a - b), bytes.length];
        const tokens = places.slice(1).map((to, index) => bytes.subarray(places[index], to));
        const { texts, text: shown } = await answer(tokens);
        expect(shown).toBe(bytes.toString());
        for (const piece of texts) expect(piece.isWellFormed()).toBe(true);
      }),
      { numRuns: 40 },
    );
  });

  it('that are not complete at the end are replaced', async () => {
    expect((await answer(['a', Buffer.from('😀').subarray(0, 3)])).text).toBe('a\ufffd');
  });

  it('include a byte order mark', async () => {
    expect((await answer(['\ufeffa'])).text).toBe('\ufeffa');
  });
});

describe('an answer', () => {
  it('begins with the prompt where that was asked for, in which no stop text is looked for', async () => {
    expect(await answer(['b', 'END'], { echo: 'END a', stop: ['END'] })).toMatchObject({ texts: ['END a', 'b'], reason: 'STOP' });
  });

  it('numbers its deltas', async () => {
    expect((await answer(['a', 'b'], { echo: 'p' })).deltas.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  it('tells each log-probability with the delta that has the end of its token', async () => {
    const reader = createAnswer({ ...options, stop: ['STOP'] });
    const smile = Buffer.from('😀');
    const push = (bytes: Uint8Array | string, token: string) =>
      reader.push({ bytes: Buffer.from(bytes), isControl: false, logprob: { token, logprob: -1, top: [] } }).deltas;
    const told = (deltas: AnswerDelta[]) =>
      deltas.map((delta) => (delta.type === 'text' ? [delta.text, delta.logprobs?.map(({ token }) => token)] : []));
    expect(told(push('a', '1'))).toEqual([['a', ['1']]]);
    expect(told(push('bS', '2'))).toEqual([['b', []]]);
    expect(told(push('c', '3'))).toEqual([['Sc', ['2', '3']]]);
    expect(told(push(smile.subarray(0, 2), '4'))).toEqual([]);
    expect(told(push(smile.subarray(2), '5'))).toEqual([['😀', ['4', '5']]]);
    expect(told(push('ST', '6'))).toEqual([]);
    expect(told((await reader.end('eog')).deltas)).toEqual([['ST', ['6']]]);
  });

  it('does not show control tokens', async () => {
    const reader = createAnswer(options);
    expect(reader.push({ bytes: Buffer.from('<|x|>'), isControl: true }).deltas).toEqual([]);
  });

  it('that somebody cancelled says so, with what there was', async () => {
    expect(await answer(['fox E'], { stop: ['END'] }, 'canceled')).toMatchObject({ text: 'fox E', reason: 'CANCELED' });
  });
});
