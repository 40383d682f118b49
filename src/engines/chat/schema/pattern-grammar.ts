import { literal } from './gbnf.ts';

/**
 * GBNF for the texts that a regular expression matches, as they stand inside a JSON string. Throws RangeError that names what a grammar
 * cannot say (look-around, back references, word boundaries, anchors in the middle) or what would make it too large.
 */
export function patternGrammar(pattern: string, { char }: { char: string }): string {
  const parser = createParser(pattern);
  const alternatives = parser.alternatives(true);
  if (!parser.isAtEnd()) throw new RangeError(`has ${JSON.stringify(parser.rest())}, which does not fit there`);
  return alternatives
    .map(
      ({ body, isStart, isEnd }) =>
        [isStart ? '' : `${char}*`, body, isEnd ? '' : `${char}*`].filter((part) => part !== '').join(' ') || '""',
    )
    .join(' | ');
}

interface Alternative {
  body: string;
  isNullable: boolean;
  isStart: boolean;
  isEnd: boolean;
}

interface Atom {
  body: string;
  isNullable: boolean;
}

const maxLength = 4096;
const maxDepth = 50;
const maxRepeat = 1000;
/** What repetitions inside each other may come to. */
const maxExpansion = 10_000;
/** Stand for themselves only escaped in JSON, or not at all. */
const unsafe: [number, number][] = [
  [0, 0x1f],
  [0x22, 0x22],
  [0x5c, 0x5c],
  [0x7f, 0x7f],
  [0xd800, 0xdfff],
];
const digits: [number, number][] = [[0x30, 0x39]];
const words: [number, number][] = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const blanks: [number, number][] = [[0x20, 0x20]];

function createParser(pattern: string) {
  if (pattern.length > maxLength) throw new RangeError(`has more than ${maxLength} characters`);
  const source = [...pattern];
  let at = 0;
  let depth = 0;
  let expansion = 1;
  const peek = () => source[at] ?? '';
  const next = () => source[at++] ?? '';

  function alternatives(isTop: boolean): Alternative[] {
    depth += 1;
    if (depth > maxDepth) throw new RangeError('is nested too deeply');
    const all = [sequence(isTop)];
    while (peek() === '|') {
      next();
      all.push(sequence(isTop));
    }
    depth -= 1;
    return all;
  }

  function sequence(isTop: boolean): Alternative {
    const isStart = isTop && peek() === '^';
    if (isStart) next();
    const parts: string[] = [];
    let isNullable = true;
    let isEnd = false;
    while (at < source.length && peek() !== '|' && peek() !== ')') {
      if (isTop && peek() === '$' && [undefined, '|'].includes(source[at + 1])) {
        next();
        isEnd = true;
        continue;
      }
      const atom = quantified();
      parts.push(atom.body);
      isNullable &&= atom.isNullable;
    }
    return { body: parts.join(' '), isNullable, isStart, isEnd };
  }

  function quantified(): Atom {
    const before = expansion;
    const single = atom();
    const [least, most] = quantifier();
    if (least === 1 && most === 1) return single;
    if (most === null && single.isNullable) throw new RangeError('repeats something that may be empty');
    expansion = before + (expansion - before + 1) * (most ?? least + 1);
    if (expansion > maxExpansion) throw new RangeError('repeats too much');
    if (peek() === '?') next();
    const isNullable = least === 0 || single.isNullable;
    if (most === 0) return { body: '""', isNullable: true };
    if (least === 0 && most === null) return { body: `(${single.body})*`, isNullable };
    if (least === 1 && most === null) return { body: `(${single.body})+`, isNullable };
    if (least === 0 && most === 1) return { body: `(${single.body})?`, isNullable };
    return { body: `(${single.body}){${least === most ? least : `${least},${most ?? ''}`}}`, isNullable };
  }

  function quantifier(): [number, number | null] {
    switch (peek()) {
      case '*':
        next();
        return [0, null];
      case '+':
        next();
        return [1, null];
      case '?':
        next();
        return [0, 1];
      case '{': {
        const found = /^\{(\d+)(,?)(\d*)\}/.exec(source.slice(at, at + 24).join(''));
        if (!found) return [1, 1];
        at += found[0].length;
        const least = Number(found[1]);
        const most = found[2] === '' ? least : found[3] === '' ? null : Number(found[3]);
        if (least > maxRepeat || (most ?? 0) > maxRepeat) throw new RangeError(`repeats more than ${maxRepeat} times`);
        return [least, most];
      }
      default:
        return [1, 1];
    }
  }

  function atom(): Atom {
    const character = next();
    if (character === '(') return group();
    if (character === '[') return { body: characterClass(), isNullable: false };
    if (character === '.')
      return {
        body: setGrammar(
          [
            [0x0a, 0x0a],
            [0x0d, 0x0d],
          ],
          true,
        ),
        isNullable: false,
      };
    if (character === '\\') {
      const set = escapedSet(peek());
      if (set) {
        next();
        return { body: setGrammar(set.ranges, set.isNegated), isNullable: false };
      }
      return { body: literal(inJson(escapedCharacter())), isNullable: false };
    }
    if ('^$*+?'.includes(character)) throw new RangeError(`has ${JSON.stringify(character)} where it cannot stand`);
    return { body: literal(inJson(character)), isNullable: false };
  }

  function group(): Atom {
    if (peek() === '?') {
      const name = /^\?(?::|<[A-Za-z_]\w{0,60}>)/.exec(source.slice(at, at + 64).join(''));
      if (!name) throw new RangeError('has a look-around or another special group');
      at += name[0].length;
    }
    const inner = alternatives(false);
    if (next() !== ')') throw new RangeError('has a group that is not closed');
    return { body: `(${inner.map(({ body }) => body || '""').join(' | ')})`, isNullable: inner.some(({ isNullable }) => isNullable) };
  }

  function characterClass(): string {
    const isNegated = peek() === '^';
    if (isNegated) next();
    const ranges: [number, number][] = [];
    while (peek() !== ']') {
      if (at >= source.length) throw new RangeError('has a class that is not closed');
      if (peek() === '\\') {
        const set = escapedSet(source[at + 1] ?? '');
        if (set) {
          if (set.isNegated) throw new RangeError('has a negated class inside a class');
          at += 2;
          ranges.push(...set.ranges);
          continue;
        }
      }
      const low = classCharacter();
      if (peek() === '-' && source[at + 1] !== ']' && source[at + 1] !== undefined) {
        next();
        const high = classCharacter();
        if (high < low) throw new RangeError('has a range that is out of order');
        ranges.push([low, high]);
      } else ranges.push([low, low]);
    }
    next();
    return setGrammar(ranges, isNegated);
  }

  function classCharacter(): number {
    const character = next();
    return (character === '\\' ? escapedCharacter() : character).codePointAt(0) ?? 0;
  }

  function escapedCharacter(): string {
    const character = next();
    const known: Record<string, string> = { n: '\n', r: '\r', t: '\t', f: '\f', v: '\v', '0': '\0' };
    if (character in known) return known[character] ?? '';
    if (character === 'x' || character === 'u') {
      const found = /^(?:\{([0-9a-fA-F]{1,6})\}|([0-9a-fA-F]{4})|([0-9a-fA-F]{2}))/.exec(source.slice(at, at + 8).join(''));
      const text = character === 'x' ? source.slice(at, at + 2).join('') : found?.[0];
      const code = Number.parseInt(text?.replace(/[{}]/g, '') ?? '', 16);
      if (text === undefined || Number.isNaN(code) || code > 0x10ffff) throw new RangeError('has an escape that is no character');
      at += text.length;
      return String.fromCodePoint(code);
    }
    if (character === '' || /[a-zA-Z0-9]/.test(character)) throw new RangeError(`has \\${character}, which a grammar cannot say`);
    return character;
  }

  return { alternatives, isAtEnd: () => at >= source.length, rest: () => source.slice(at, at + 20).join('') };
}

function escapedSet(letter: string): { ranges: [number, number][]; isNegated: boolean } | null {
  const ranges = { d: digits, w: words, s: blanks }[letter.toLowerCase()];
  return ranges ? { ranges, isNegated: letter !== letter.toLowerCase() } : null;
}

/** A class of the grammar; what JSON must escape stands beside it, or where it is excluded not at all. */
function setGrammar(ranges: readonly [number, number][], isNegated: boolean): string {
  if (isNegated) return `[^${[...unsafe, ...ranges].map(range).join('')}]`;
  const escaped = ranges
    .filter(([low, high]) => low === high && isUnsafe(low))
    .map(([code]) => literal(inJson(String.fromCodePoint(code))));
  const safe = ranges.flatMap(subtractUnsafe);
  if (safe.length === 0 && escaped.length === 0) throw new RangeError('has a class that nothing is in');
  return `(${[...(safe.length > 0 ? [`[${safe.map(range).join('')}]`] : []), ...escaped].join(' | ')})`;
}

function isUnsafe(code: number): boolean {
  return unsafe.some(([low, high]) => code >= low && code <= high);
}

function subtractUnsafe([low, high]: [number, number]): [number, number][] {
  let parts: [number, number][] = [[low, high]];
  for (const [from, to] of unsafe) {
    parts = parts.flatMap(([a, b]): [number, number][] => {
      if (to < a || from > b) return [[a, b]];
      return (
        [
          [a, from - 1],
          [to + 1, b],
        ] as [number, number][]
      ).filter(([start, end]) => start <= end);
    });
  }
  return parts;
}

function range([low, high]: readonly [number, number]): string {
  return low === high ? code(low) : `${code(low)}-${code(high)}`;
}

function code(value: number): string {
  if (value > 0xffff) return `\\U${value.toString(16).padStart(8, '0')}`;
  if (value > 0x7e || value < 0x20)
    return value > 0xff ? `\\u${value.toString(16).padStart(4, '0')}` : `\\x${value.toString(16).padStart(2, '0')}`;
  const character = String.fromCharCode(value);
  return '[]\\^-"'.includes(character) ? `\\x${value.toString(16).padStart(2, '0')}` : character;
}

/** A character as it stands inside a JSON string. */
function inJson(character: string): string {
  if (character === '\x7f') throw new RangeError('has a control character');
  return JSON.stringify(character).slice(1, -1);
}
