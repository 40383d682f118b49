import { InvalidInputError } from '../../errors.ts';
import type { PromptSegment, SpecialToken } from './chat.ts';

/**
 * A person's text must never become a special token, whatever a template does with it. So before a template sees the text, every
 * special token's text in it is replaced by one private-use character that stands nowhere else; in the rendered prompt that
 * character marks a place that is tokenised as plain text. Trimming, splitting or changing case leave such a character alone.
 */
export interface Mask {
  /** The same value with the strings in it masked. */
  apply<Value>(value: Value): Value;
  /** A rendered prompt, cut where plain text begins and ends. */
  segments(rendered: string): PromptSegment[];
}

const firstPrivate = 0xe000;
const privateCount = 0xf8ff - firstPrivate + 1;
/** Longer ones, or more of them, no tokenizer has. */
const maxTokenLength = 128;
const maxTokens = 20_000;

/** Makes ready what is the same for every request of a model. */
export function createMasking(specialTokens: readonly SpecialToken[]): (present: readonly unknown[]) => Mask {
  const known = specialTokens.filter(({ text }) => text.length > 0 && text.length <= maxTokenLength).slice(0, maxTokens);
  const byText = new Map(known.map((token) => [token.text, token]));
  const texts = [...byText.keys()];
  const lengthsOf = lengthsByFirstCharacter(texts);
  const beginnings = new Set(texts.flatMap((text) => pieces(text, (length) => text.slice(0, length))));
  // One character alone is nothing that a template would complete.
  const ends = new Set(texts.flatMap((text) => pieces(text, (length) => text.slice(-length)).filter((piece) => piece.length > 1)));

  /** The parts of a text that are masked, in order: special tokens, and at its edges what its neighbours could complete to one. */
  function cut(text: string): { start: number; end: number }[] {
    const found: { start: number; end: number }[] = [];
    for (let at = 0; at < text.length; at += 1) {
      const length = lengthsOf.get(text.charAt(at))?.find((candidate) => byText.has(text.slice(at, at + candidate)));
      if (length === undefined) continue;
      found.push({ start: at, end: at + length });
      at += length - 1;
    }
    const trimmedEnd = text.trimEnd().length;
    const trimmedStart = text.length - text.trimStart().length;
    const last = found.at(-1)?.end ?? 0;
    const first = found[0]?.start ?? text.length;
    const head = longest(
      maxTokenLength,
      (length) => trimmedStart + length <= first && ends.has(text.slice(trimmedStart, trimmedStart + length)),
    );
    const headEnd = trimmedStart + head;
    const tail = longest(
      maxTokenLength,
      (length) => trimmedEnd - length >= Math.max(last, headEnd) && beginnings.has(text.slice(trimmedEnd - length, trimmedEnd)),
    );
    if (head > 0) found.unshift({ start: trimmedStart, end: headEnd });
    if (tail > 0) found.push({ start: trimmedEnd - tail, end: trimmedEnd });
    return found;
  }

  return (present) => {
    const used = privateCharacters(present);
    const markOf = new Map<string, string>();
    const textOf = new Map<string, string>();
    let next = 0;

    function mark(text: string): string {
      const given = markOf.get(text);
      if (given !== undefined) return given;
      while (next < privateCount && used.has(next)) next += 1;
      if (next >= privateCount) {
        throw new InvalidInputError({
          field: 'input.messages',
          message: 'has too many different private-use characters and special tokens.',
        });
      }
      const character = String.fromCharCode(firstPrivate + next);
      next += 1;
      markOf.set(text, character);
      textOf.set(character, text);
      return character;
    }

    function maskText(text: string): string {
      let masked = '';
      let at = 0;
      for (const { start, end } of cut(text)) {
        masked += text.slice(at, start) + mark(text.slice(start, end));
        at = end;
      }
      return masked + text.slice(at);
    }

    return {
      apply: (value) => mapStrings(value, maskText),
      segments(rendered) {
        if (textOf.size === 0) return rendered === '' ? [] : [{ text: rendered, parsesSpecialTokens: true }];
        const segments: PromptSegment[] = [];
        const marks = [...textOf.keys()];
        // A template may ask for JSON in ASCII, which escapes the character.
        const places = new RegExp(marks.map((mark) => `${mark}|\\\\u${mark.charCodeAt(0).toString(16)}`).join('|'), 'g');
        let at = 0;
        for (const match of rendered.matchAll(places)) {
          push(segments, rendered.slice(at, match.index), true);
          const character = match[0].length === 1 ? match[0] : String.fromCharCode(Number.parseInt(match[0].slice(2), 16));
          const text = textOf.get(character) ?? '';
          if (byText.get(text)?.alwaysParsed) {
            segments.push({ text: text.slice(0, 1), parsesSpecialTokens: false }, { text: text.slice(1), parsesSpecialTokens: false });
          } else segments.push({ text, parsesSpecialTokens: false });
          at = match.index + match[0].length;
        }
        push(segments, rendered.slice(at), true);
        return segments;
      },
    };
  };
}

/** Longest first. */
function lengthsByFirstCharacter(texts: readonly string[]): Map<string, number[]> {
  const lengths = new Map<string, Set<number>>();
  for (const text of texts) lengths.set(text.charAt(0), (lengths.get(text.charAt(0)) ?? new Set()).add(text.length));
  return new Map([...lengths].map(([first, set]) => [first, [...set].sort((a, b) => b - a)]));
}

function push(segments: PromptSegment[], text: string, parsesSpecialTokens: boolean): void {
  if (text !== '') segments.push({ text, parsesSpecialTokens });
}

/** Proper parts of a text, by their lengths. */
function pieces(text: string, piece: (length: number) => string): string[] {
  return Array.from({ length: text.length - 1 }, (_, index) => piece(index + 1));
}

function longest(most: number, fits: (length: number) => boolean): number {
  for (let length = most; length > 0; length -= 1) if (fits(length)) return length;
  return 0;
}

function privateCharacters(values: readonly unknown[]): Set<number> {
  const used = new Set<number>();
  for (const value of values) {
    mapStrings(value, (text) => {
      for (const match of text.matchAll(/[\ue000-\uf8ff]/g)) used.add(match[0].charCodeAt(0) - firstPrivate);
      return text;
    });
  }
  return used;
}

function mapStrings<Value>(value: Value, map: (text: string) => string): Value {
  if (typeof value === 'string') return map(value) as Value;
  if (Array.isArray(value)) return value.map((item) => mapStrings(item, map)) as Value;
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [map(key), mapStrings(item, map)])) as Value;
}
