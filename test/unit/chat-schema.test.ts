import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/engines/chat/schema/check-schema.ts';
import { schemaGrammar } from '../../src/engines/chat/schema/json-grammar.ts';
import { numberGrammar } from '../../src/engines/chat/schema/number-grammar.ts';
import { patternGrammar } from '../../src/engines/chat/schema/pattern-grammar.ts';

const grammar = (schema: unknown) => schemaGrammar(schema, 'input.responseFormat.jsonSchema');

/** GBNF of literals, classes and choices is a regular expression with other blanks and quotes. */
function toRegExp(gbnf: string): RegExp {
  const source = gbnf.replace(/"((?:[^"\\]|\\.)*)"|\[(?:[^\]\\]|\\.)*\]| /g, (part, literal: string | undefined) =>
    part === ' ' ? '' : literal === undefined ? part : literal.replace(/\\(["\\])/g, '$1').replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'),
  );
  return new RegExp(`^(?:${source})$`, 'u');
}

describe('numbers', () => {
  it('are held between their bounds, inclusive or not, to the last one', () => {
    const bound = fc.option(fc.integer({ min: -1200, max: 1200 }), { nil: null });
    fc.assert(
      fc.property(bound, bound, fc.boolean(), fc.boolean(), (minimum, maximum, isMinimumExclusive, isMaximumExclusive) => {
        const gbnf = numberGrammar({ minimum, maximum, isMinimumExclusive, isMaximumExclusive }, { isInteger: true });
        const pattern = gbnf === null ? /$^/ : toRegExp(gbnf);
        const isWithin = (value: number) =>
          (minimum === null || (isMinimumExclusive ? value > minimum : value >= minimum)) &&
          (maximum === null || (isMaximumExclusive ? value < maximum : value <= maximum));
        for (const near of [minimum, maximum, 0, 9, 10, 99, 100, 999, 1000].filter((value) => value !== null)) {
          for (const value of [near - 1, near, near + 1, -near])
            expect([value, pattern.test(String(value || 0))]).toEqual([value, isWithin(value)]);
        }
        expect(pattern.test('-0') || pattern.test('007') || pattern.test('1e2')).toBe(false);
      }),
    );
  });

  it('with decimals are held too', () => {
    const pattern = toRegExp(
      numberGrammar({ minimum: -0.25, maximum: 1.5, isMinimumExclusive: false, isMaximumExclusive: true }, { isInteger: false }) ?? '',
    );
    for (const text of ['-0.25', '-0.1', '0', '0.5', '1', '1.0', '1.49', '0.01']) expect([text, pattern.test(text)]).toEqual([text, true]);
    for (const text of ['-0.26', '-1', '1.5', '1.50', '2', '10', '.5', '1.', '01'])
      expect([text, pattern.test(text)]).toEqual([text, false]);
  });

  it('without a number between their bounds are refused', () => {
    expect(() => grammar({ type: 'integer', minimum: 3, maximum: 2 })).toThrow('no number lies between');
    expect(() => grammar({ type: 'integer', exclusiveMinimum: 3, exclusiveMaximum: 4 })).toThrow('no number lies between');
    expect(() => grammar({ type: 'number', minimum: 1e-9 })).toThrow('cannot be held');
    expect(() => grammar({ type: 'number', minimum: 'x' })).toThrow('not a number');
  });

  it('of 64 bits have no bound that matters', () => {
    expect(grammar({ type: 'integer', minimum: -(2 ** 63), maximum: 2 ** 63 })).toContain('[0-9]');
  });
});

describe('patterns', () => {
  const held = (pattern: string) => toRegExp(patternGrammar(pattern, { char: '[a-z]' }));

  it.each([
    ['^[A-Z]{2,3}-\\d+$', ['AB-1', 'ABC-123'], ['A-1', 'ABCD-1', 'AB-', 'xAB-1']],
    ['^(?:a|bc)?x*$', ['', 'a', 'bcxx'], ['b', 'axa']],
    ['^\\w+\\.(png|jpe?g)$', ['a_1.png', 'b.jpg', 'c.jpeg'], ['.png', 'a.gif', 'aXpng']],
    ['abc', ['abc', 'xabcy'], ['ab']],
    ['^a|b$', ['a', 'ax', 'b', 'xb'], ['xa1']],
    ['^[^0-9]$', ['a', 'é', '😀'], ['1', '"', '\\']],
    ['^\\u00e9\\x41\\/\\-$', ['éA/-'], ['eA/-']],
    ['^(?<year>[0-9]{4})$', ['2024'], ['24']],
  ])('%s', (pattern, fitting, others) => {
    for (const text of fitting) expect([text, held(pattern).test(text)]).toEqual([text, true]);
    for (const text of others) expect([text, held(pattern).test(text)]).toEqual([text, false]);
  });

  it.each([
    '(?=a)',
    '(?<!a)b',
    '\\bword',
    '(a)\\1',
    'a^b',
    '\\p{L}',
    '(a*)*',
    '((a{500}){500})',
    'a{2000}',
    '[',
    '(a',
    'a)',
    '[z-a]',
    `${'('.repeat(60)}a${')'.repeat(60)}`,
    '\\',
    'x'.repeat(5000),
  ])('%s is refused by name', (pattern) => {
    expect(() => grammar({ type: 'string', pattern })).toThrow(/^input\.responseFormat\.jsonSchema: \/pattern cannot be held: /);
  });
});

describe('what a grammar cannot hold', () => {
  it.each([
    [{ not: {} }, 'not'],
    [{ type: 'array', uniqueItems: true }, 'uniqueItems'],
    [{ type: 'array', contains: {} }, 'contains'],
    [{ type: 'number', multipleOf: 0.5 }, 'multipleOf'],
    [{ type: 'object', patternProperties: {} }, 'patternProperties'],
    [{ type: 'object', properties: { a: { if: {} } } }, 'if'],
    [{ type: 'string', format: 'iri' }, 'iri'],
    [{ type: 'object', properties: { a: {} }, minProperties: 1 }, 'minProperties'],
    [{ $ref: 'https://example.com/x' }, 'https://example.com/x'],
    [{ $ref: '#/$defs/none' }, 'none'],
    [{ type: 'thing' }, 'type'],
    [{ enum: [] }, 'enum'],
    [{ type: 'array', minItems: 3, maxItems: 2 }, 'maxItems'],
    [{ type: 'string', minLength: -1 }, 'minLength'],
    [{ allOf: [{ type: 'string' }, { type: 'number' }] }, 'types'],
    [{ allOf: [{ pattern: 'a' }, { pattern: 'b' }] }, 'pattern'],
    [{ allOf: [{ properties: { a: {} }, additionalProperties: false }, { properties: { b: {} } }] }, '"b"'],
    [{ type: 'object', required: ['x'], additionalProperties: false }, '"x"'],
    [false, 'nothing'],
    [{ properties: 3 }, 'properties'],
  ])('%j is INVALID_INPUT that names it', (schema, name) => {
    expect(() => grammar(schema)).toThrow(name);
    try {
      grammar(schema);
    } catch (error) {
      expect(error).toMatchObject({ code: 'INVALID_INPUT', field: 'input.responseFormat.jsonSchema' });
    }
  });

  it('that never comes to a value is refused', () => {
    expect(() => grammar({ $ref: '#' })).toThrow('refers to itself');
    expect(() =>
      grammar({ $defs: { a: { anyOf: [{ $ref: '#/$defs/b' }] }, b: { allOf: [{ $ref: '#/$defs/a' }, {}] } }, $ref: '#/$defs/a' }),
    ).toThrow();
  });

  it('that is nested or large without end is refused quickly', () => {
    let deep: object = { type: 'string' };
    for (let level = 0; level < 90; level += 1) deep = { type: 'array', items: deep };
    expect(() => grammar(deep)).toThrow('levels');
    expect(() =>
      grammar({
        type: 'object',
        properties: Object.fromEntries(Array.from({ length: 4000 }, (_, index) => [`p${index}`, { enum: [index] }])),
      }),
    ).toThrow();
    // Each level doubles what the one below is.
    const $defs: Record<string, object> = { d0: { type: 'string' } };
    for (let level = 1; level < 40; level += 1)
      $defs[`d${level}`] = {
        allOf: [
          { properties: { a: { $ref: `#/$defs/d${level - 1}` } } },
          { properties: { a: { $ref: `#/$defs/d${level - 1}` }, b: { $ref: `#/$defs/d${level - 1}` } } },
        ],
      };
    expect(() => grammar({ $defs, $ref: '#/$defs/d39' })).toThrow();
  });

  it('may refer to itself through values', () => {
    const tree = {
      $defs: {
        node: {
          type: 'object',
          properties: { value: { type: 'integer' }, next: { anyOf: [{ $ref: '#/$defs/node' }, { type: 'null' }] } },
          required: ['value', 'next'],
        },
      },
      $ref: '#/$defs/node',
    };
    expect(grammar(tree)).toMatch(/anyOf ::= node \| null/);
  });
});

describe('an answer is checked once more', () => {
  const schema = {
    type: 'object',
    properties: {
      a: { type: 'integer', minimum: 1 },
      b: { type: ['string', 'null'], maxLength: 3 },
      c: { type: 'array', items: { $ref: '#/$defs/c' }, minItems: 1 },
    },
    required: ['a'],
    additionalProperties: false,
    $defs: { c: { oneOf: [{ const: 'x' }, { type: 'number', exclusiveMaximum: 2 }] } },
  };
  it.each([
    [{ a: 1 }, null],
    [{ a: 1, b: null, c: ['x', 1.5] }, null],
    [{ a: 1, b: '😀😀😀' }, null],
    [{}, 'lacks "a"'],
    [{ a: 0 }, 'out of bounds'],
    [{ a: 1.5 }, 'is not of type integer'],
    [{ a: 1, b: 'abcd' }, '/b: has 4 characters'],
    [{ a: 1, c: [] }, '/c: has 0 items'],
    [{ a: 1, c: [2] }, '/c/0: is not exactly one of oneOf'],
    [{ a: 1, d: 1 }, '/d: nothing is allowed here'],
    [[], 'is not of type object'],
  ])('%j', (value, wrong) => {
    const found = checkSchema(value, schema);
    if (wrong === null) expect(found).toBe(null);
    else expect(found).toContain(wrong);
  });

  it('equal values are equal whatever the order of their keys', () => {
    expect(checkSchema({ a: 1, b: [2] }, { const: { b: [2], a: 1 } })).toBe(null);
    expect(checkSchema({ __proto__: 1 }, { enum: [{}] })).toBe(null);
  });
});
