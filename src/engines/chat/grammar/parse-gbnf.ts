/** One place of a rule: a character of a set, or another rule. */
export type GrammarElement =
  | { type: 'characters'; ranges: readonly (readonly [number, number])[]; isNegated: boolean }
  | { type: 'rule'; rule: GrammarRule };

/** Its alternatives, each a sequence. */
export interface GrammarRule {
  alternatives: GrammarElement[][];
}

/** Beyond these, llama.cpp would take long to even read it. */
const maxElements = 30_000;
const maxRepeat = 2000;
const maxDepth = 100;

/**
 * Reads a grammar in llama.cpp's notation, with repetitions turned into rules as llama.cpp turns them; answers its `root`. Throws
 * RangeError that says what is wrong, and where.
 */
export function parseGbnf(text: string): GrammarRule {
  const rules = new Map<string, GrammarRule>();
  let at = 0;
  let elements = 0;

  const fail = (message: string) => new RangeError(`${message} at ${JSON.stringify(text.slice(at, at + 20))}`);

  function ruleOf(name: string): GrammarRule {
    const rule = rules.get(name) ?? { alternatives: [] };
    rules.set(name, rule);
    return rule;
  }

  function skipBlanks(overLines: boolean): void {
    for (;;) {
      const character = text.charAt(at);
      if (character === '#') while (at < text.length && !'\r\n'.includes(text.charAt(at))) at += 1;
      else if (character === ' ' || character === '\t' || (overLines && (character === '\n' || character === '\r'))) at += 1;
      else return;
    }
  }

  function takeName(): string {
    const name = /^[a-zA-Z0-9-]{1,200}/.exec(text.slice(at, at + 200))?.[0];
    if (name === undefined) throw fail('expected the name of a rule');
    at += name.length;
    return name;
  }

  function takeCharacter(): number {
    const code = text.codePointAt(at);
    if (code === undefined) throw fail('unexpected end');
    at += code > 0xffff ? 2 : 1;
    if (code !== 0x5c) return code;
    const letter = text.charAt(at);
    at += 1;
    const digits = { x: 2, u: 4, U: 8 }[letter];
    if (digits !== undefined) {
      const hex = text.slice(at, at + digits);
      if (!/^[0-9a-fA-F]+$/.test(hex) || hex.length < digits) throw fail('expected hexadecimal digits');
      at += digits;
      return Number.parseInt(hex, 16);
    }
    const known = { t: 9, r: 13, n: 10, '\\': 92, '"': 34, '[': 91, ']': 93 }[letter];
    if (known === undefined) throw fail('unknown escape');
    return known;
  }

  function takeSet(): GrammarElement {
    const isNegated = text.charAt(at) === '^';
    if (isNegated) at += 1;
    const ranges: [number, number][] = [];
    while (text.charAt(at) !== ']') {
      const low = takeCharacter();
      const isRange = text.charAt(at) === '-' && text.charAt(at + 1) !== ']';
      if (isRange) at += 1;
      ranges.push([low, isRange ? takeCharacter() : low]);
    }
    at += 1;
    return { type: 'characters', ranges, isNegated };
  }

  /** The elements of one thing that may be repeated: a literal is several. */
  function takeUnit(depth: number): GrammarElement[] | null {
    const character = text.charAt(at);
    if (character === '"') {
      at += 1;
      const literal: GrammarElement[] = [];
      while (text.charAt(at) !== '"') {
        const code = takeCharacter();
        literal.push({ type: 'characters', ranges: [[code, code]], isNegated: false });
      }
      at += 1;
      return literal;
    }
    if (character === '[') {
      at += 1;
      return [takeSet()];
    }
    if (character === '.') {
      at += 1;
      return [{ type: 'characters', ranges: [], isNegated: true }];
    }
    if (character === '(') {
      at += 1;
      skipBlanks(true);
      const rule: GrammarRule = { alternatives: takeAlternatives(true, depth + 1) };
      if (text.charAt(at) !== ')') throw fail('expected )');
      at += 1;
      return [{ type: 'rule', rule }];
    }
    return /[a-zA-Z0-9-]/.test(character) ? [{ type: 'rule', rule: ruleOf(takeName()) }] : null;
  }

  function takeRepetition(): [number, number | null] | null {
    const character = text.charAt(at);
    const simple: [number, number | null] | undefined = { '*': [0, null], '+': [1, null], '?': [0, 1] }[character] as
      | [number, number | null]
      | undefined;
    if (simple) {
      at += 1;
      return simple;
    }
    if (character !== '{') return null;
    const found = /^\{\s*(\d+)\s*(,?)\s*(\d*)\s*\}/.exec(text.slice(at, at + 40));
    if (!found) throw fail('expected a number of repetitions');
    at += found[0].length;
    const least = Number(found[1]);
    const most = found[2] === '' ? least : found[3] === '' ? null : Number(found[3]);
    if (least > maxRepeat || (most ?? 0) > maxRepeat || (most !== null && most < least))
      throw fail(`expected at most ${maxRepeat} repetitions, in order,`);
    return [least, most];
  }

  function repeat(unit: GrammarElement[], [least, most]: [number, number | null]): GrammarElement[] {
    const sequence = Array.from({ length: least }, () => unit).flat();
    if (most === null) {
      const more: GrammarRule = { alternatives: [] };
      more.alternatives = [[...unit, { type: 'rule', rule: more }], []];
      return [...sequence, { type: 'rule', rule: more }];
    }
    let optional: GrammarRule | null = null;
    for (let count = least; count < most; count += 1) {
      const rest: GrammarElement[] = optional ? [{ type: 'rule', rule: optional }] : [];
      optional = { alternatives: [[...unit, ...rest], []] };
    }
    return optional ? [...sequence, { type: 'rule', rule: optional }] : sequence;
  }

  function takeSequence(isNested: boolean, depth: number): GrammarElement[] {
    const sequence: GrammarElement[] = [];
    for (;;) {
      let unit = takeUnit(depth);
      if (!unit) return sequence;
      skipBlanks(isNested);
      for (let times = takeRepetition(); times; times = takeRepetition()) {
        elements += unit.length * (times[1] ?? times[0] + 1);
        if (elements > maxElements) throw fail('too large');
        unit = repeat(unit, times);
        skipBlanks(isNested);
      }
      elements += unit.length;
      if (elements > maxElements) throw fail('too large');
      for (const element of unit) sequence.push(element);
    }
  }

  function takeAlternatives(isNested: boolean, depth: number): GrammarElement[][] {
    if (depth > maxDepth) throw fail('nested too deeply');
    const alternatives = [takeSequence(isNested, depth)];
    while (text.charAt(at) === '|') {
      at += 1;
      skipBlanks(true);
      alternatives.push(takeSequence(isNested, depth));
    }
    return alternatives;
  }

  for (skipBlanks(true); at < text.length; skipBlanks(true)) {
    const rule = ruleOf(takeName());
    skipBlanks(false);
    if (!text.startsWith('::=', at)) throw fail('expected ::=');
    at += 3;
    skipBlanks(true);
    rule.alternatives = takeAlternatives(false, 0);
    if (at < text.length && !'\r\n'.includes(text.charAt(at))) throw fail('expected the end of a rule');
  }
  for (const [name, { alternatives }] of rules) if (alternatives.length === 0) throw new RangeError(`there is no rule ${name}`);
  const root = rules.get('root');
  if (!root) throw new RangeError('there is no rule root');
  return root;
}
