import { describe, expect, it } from 'vitest';
import { createGrammarGuard } from '../../src/engines/chat/grammar/grammar-guard.ts';
import { parseGbnf } from '../../src/engines/chat/grammar/parse-gbnf.ts';
import { schemaGrammar } from '../../src/engines/chat/schema/json-grammar.ts';
import { jsonSchemas } from '../support/json-schemas.ts';

const many = <Piece>(count: number, piece: (index: number) => Piece) => Array.from({ length: count }, (_, index) => piece(index));

describe('a grammar that would hold everybody up', () => {
  it.each([
    ['many repetitions behind each other', `root ::= ${many(30, () => '[a-z]*').join(' ')} "z"`],
    ['many that may be left out', 'root ::= (a?){100} "z"\na ::= "x"'],
    [
      'rules that double',
      `root ::= r0\n${many(20, (index) => `r${index} ::= r${index + 1} r${index + 1} | r${index + 1}`).join('\n')}\nr20 ::= "x" | "y"`,
    ],
    ['a rule that begins with itself', 'root ::= root "x" | "x"'],
    ['many alternatives that go on alike', `root ::= ${many(400, (index) => `[a-z]{1,${index + 1}} "${index}"`).join(' | ')}`],
    ['a repetition of nothing', 'root ::= ("a"*)*'],
  ])('%s', (_name, grammar) => {
    expect(() => createGrammarGuard(grammar)).toThrow(RangeError);
  });

  it('only later on is refused when it comes to that', () => {
    const guard = createGrammarGuard(`root ::= "harmless: " (${many(30, () => '[a-z]*').join(' ')} "z")`);
    guard.push('harm');
    expect(() => guard.push('less: ')).toThrow('too many ways');
  });
});

describe('a grammar that people use', () => {
  it.each([
    ['JSON', schemaGrammar({ type: 'object' }, ''), '{"a": [1, -2.5e3, {"b": "c \\n d"}], "é😀": {}, "e": [[[null]]]}'],
    ['an enum of many', schemaGrammar({ enum: many(500, (index) => `value ${index}`) }, ''), '"value 437"'],
    [
      'an object of many',
      schemaGrammar(
        { type: 'object', properties: Object.fromEntries(many(100, (index) => [`property${index}`, { type: 'string' }] as const)) },
        '',
      ),
      '{ "property3": "x", "property70": "y" }',
    ],
    ['a long text', schemaGrammar({ type: 'string', maxLength: 1000 }, ''), `"${'long '.repeat(200)}"`],
    ['a list', 'root ::= item+\nitem ::= "- " [^\\r\\n\\x0b\\x0c\\u0085\\u2028\\u2029]+ "\\n"', '- one\n- two\n'],
    [
      'arithmetic',
      'root  ::= (expr "=" ws term "\\n")+ # comment\nexpr  ::= term ([-+*/] term)*\nterm  ::= ident | num | "(" ws expr ")" ws\nident ::= [a-z] [a-z0-9-]* ws\nnum   ::= [0-9]+ ws\nws    ::= [ \\t\\n]*',
      '(a + 12) * b = c\n',
    ],
    [
      'chess',
      'root ::= "1. " move " " move "\\n" ([1-9] [0-9]? ". " move " " move "\\n")+\nmove ::= (pawn | nonpawn | castle) [+#]?\nnonpawn ::= [NBKQR] [a-h]? [1-8]? "x"? [a-h] [1-8]\npawn ::= ([a-h] "x")? [a-h] [1-8] ("=" [NBKQR])?\ncastle ::= "O-O" "-O"?',
      '1. e4 e5\n2. Nf3 Nc6\n',
    ],
  ])('%s goes on to its end', (_name, grammar, text) => {
    const guard = createGrammarGuard(grammar);
    for (const character of text) guard.push(character);
  });

  it('of every kind of schema is read', () => {
    for (const schema of Object.values(jsonSchemas)) createGrammarGuard(schemaGrammar(schema, ''));
  });

  it('may be laid out over lines, with every kind of escape', () => {
    const root = parseGbnf(
      'root ::= (\n  "a\\"\\\\\\x41\\u00e9\\U0001F600" # one\n  | [^\\]\\[a-c]{2} |\n  other-rule?\n)\n\n# end\nother-rule ::= . | ""',
    );
    expect(root.alternatives).toHaveLength(1);
  });

  it.each([
    '',
    'root',
    'root ::=  (',
    'root ::= "a',
    'root ::= [a',
    'root ::= missing',
    'other ::= "a"',
    'root ::= "a" )',
    'root ::= "\\q"',
    'root ::= "a"{3000}',
    'root ::= "a"{3,2}',
    `root ::= ${'('.repeat(200)}"a"${')'.repeat(200)}`,
    'root ::= (("a"{2000}){2000}){2000} "\\x4"',
  ])('is told from what is none: %s', (text) => {
    expect(() => parseGbnf(text)).toThrow(RangeError);
  });
});
