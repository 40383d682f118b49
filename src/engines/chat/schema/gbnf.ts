/** A grammar in llama.cpp's notation (GBNF) that grows rule by rule. */
export interface Grammar {
  /** Adds a rule, or finds one that says the same; answers its name. */
  rule(name: string, body: string): string;
  /** A name for a rule that `define` gives a body later: so rules can refer to themselves. */
  reserve(name: string): string;
  define(name: string, body: string): void;
  /** The whole grammar, with `root` as where it begins. Throws RangeError where it is longer than engines take. */
  text(root: string): string;
}

/** Far beyond what people write; a grammar is walked for every token. */
const maxRules = 5000;
const maxLength = 512 * 1024;

export function createGrammar(): Grammar {
  const rules = new Map<string, string>();
  const nameOf = new Map<string, string>();
  let length = 0;

  function reserve(name: string): string {
    const base =
      name
        .replace(/[^a-zA-Z0-9]+/g, '-')
        .replace(/^-+|-+$/g, '')
        .slice(0, 40) || 'rule';
    let free = base;
    for (let count = 2; rules.has(free) || free === 'root'; count += 1) free = `${base}-${count}`;
    rules.set(free, '');
    if (rules.size > maxRules) throw new RangeError('its grammar has too many rules');
    return free;
  }

  function define(name: string, body: string): void {
    rules.set(name, body);
    length += body.length;
    if (length > maxLength) throw new RangeError('its grammar is too long');
  }

  return {
    reserve,
    define,
    rule(name, body) {
      const known = nameOf.get(body);
      if (known !== undefined) return known;
      const free = reserve(name);
      nameOf.set(body, free);
      define(free, body);
      return free;
    },
    text: (root) => [`root ::= ${root}`, ...[...rules].map(([name, body]) => `${name} ::= ${body}`), ''].join('\n'),
  };
}

/** A text as it stands, as a literal of the grammar. */
export function literal(text: string): string {
  const escaped = text.replace(/[\\"]/g, '\\$&').replace(/\n/g, '\\n').replace(/\r/g, '\\r').replace(/\t/g, '\\t');
  return `"${escaped}"`;
}

/** A rule for any of several texts, in which what they begin with together stands once: one way to read each is quick to follow. */
export function literals(grammar: Grammar, texts: readonly string[]): string {
  const alternatives = [...Map.groupBy(new Set(texts), (text) => text.charAt(0)).values()].map((group) => {
    const [first = '', ...others] = group;
    if (others.length === 0) return literal(first);
    let length = 0;
    while (length < first.length && others.every((text) => text.charAt(length) === first.charAt(length))) length += 1;
    return `${literal(first.slice(0, length))} ${literals(
      grammar,
      group.map((text) => text.slice(length)),
    )}`;
  });
  return grammar.rule('constant', alternatives.join(' | '));
}

/** What JSON is made of; each is added with its first use. */
export function jsonRules(grammar: Grammar) {
  const blank = () => grammar.rule('ws', '("\\n" [ \\t]{0,20} | " ")?');
  const char = () => grammar.rule('char', '[^"\\\\\\x7F\\x00-\\x1F] | "\\\\" ["\\\\/bfnrt]');
  const string = () => grammar.rule('string', `"\\"" ${char()}* "\\""`);
  const integer = () => grammar.rule('integer', '"-"? ("0" | [1-9] [0-9]{0,14})');
  const number = () => grammar.rule('number', '"-"? ("0" | [1-9] [0-9]{0,14}) ("." [0-9]{1,15})? ([eE] [-+]? [0-9]{1,2})?');
  const boolean = () => grammar.rule('boolean', '"true" | "false"');
  let valueName: string | null = null;
  const value = (): string => {
    if (valueName === null) {
      valueName = grammar.reserve('value');
      grammar.define(valueName, [object(), array(), string(), number(), boolean(), '"null"'].join(' | '));
    }
    return valueName;
  };
  /** Blanks stand behind things and never before them: so there is one way to read each. */
  const list = (item: string) => `${item} ${blank()} ("," ${blank()} ${item} ${blank()})*`;
  const object = () => grammar.rule('object', `"{" ${blank()} (${list(`${string()} ":" ${blank()} ${value()}`)})? "}"`);
  const array = () => grammar.rule('array', `"[" ${blank()} (${list(value())})? "]"`);
  return { blank, char, string, integer, number, boolean, value, object, array };
}

export type JsonRules = ReturnType<typeof jsonRules>;
