import fc from 'fast-check';
import { expect, test } from 'vitest';
import { InvalidInputError } from '../../src/errors.ts';
import { distance, suggestNames } from '../../src/models/name-suggestions.ts';
import { checkName } from '../../src/models/names.ts';

test.each([
  'intfloat/e5-small-v2',
  'all-MiniLM-L6-v2',
  'hf-hub:Marqo/marqo-fashionCLIP',
  'llama3:8b',
  'a',
  'x'.repeat(200),
  'team@host/model+lora',
  'модель',
  '模型/小',
  'v1.2.3',
])('%s is a name', (name) => {
  expect(() => checkName(name, 'name')).not.toThrow();
});

test.each([
  '',
  'x'.repeat(201),
  '/etc/passwd',
  'a/',
  'a//b',
  '../a',
  'a/../b',
  'a..b',
  '.',
  './a',
  'a/./b',
  'a b',
  'a\nb',
  'a\u0000b',
  'a\\b',
  'a\u202eb',
  'a\u200bb',
  "a'b",
  'a"b',
  '<a>',
  'a%2fb',
  '\u{1f600}',
  'e\u0301',
  '3f2504e0-4f89-41d3-9a0c-0305e82c3301',
  '3F2504E0-4F89-41D3-9A0C-0305E82C3301',
  'Model:abc',
  'task:1',
])('%j is refused', (name) => {
  expect(() => checkName(name, 'name')).toThrow(InvalidInputError);
});

test('suggestions find slips of the fingers, missing owners and other case', () => {
  const names = ['intfloat/e5-small-v2', 'intfloat/e5-base-v2', 'sentence-transformers/all-MiniLM-L6-v2', 'unrelated/thing'];
  expect(suggestNames('intfloat/e5-smal-v2', names)[0]).toBe('intfloat/e5-small-v2');
  expect(suggestNames('e5-small-v2', names)[0]).toBe('intfloat/e5-small-v2');
  expect(suggestNames('INTFLOAT/E5-BASE-V3', names)[0]).toBe('intfloat/e5-base-v2');
  expect(suggestNames('minilm', names)).toEqual(['sentence-transformers/all-MiniLM-L6-v2']);
  expect(suggestNames('someone/all-MiniLM-L6-v2', names)[0]).toBe('sentence-transformers/all-MiniLM-L6-v2');
  expect(suggestNames('completely different', names)).toEqual([]);
  expect(suggestNames('', names)).toEqual([]);
});

test('suggestions of a hostile name among thousands come soon', () => {
  const names = Array.from({ length: 5000 }, (_, index) => `owner-${index}/${'ab'.repeat(90)}`);
  const from = performance.now();
  suggestNames('ab'.repeat(50_000), names);
  expect(performance.now() - from).toBeLessThan(2000);
});

test('the banded distance is the whole one wherever that is within the limit', () => {
  const text = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 12 });
  fc.assert(
    fc.property(text, text, fc.integer({ min: 0, max: 5 }), (first, second, limit) => {
      const whole = distance(first, second, 20);
      expect(distance(first, second, limit)).toBe(whole <= limit ? whole : Number.POSITIVE_INFINITY);
      expect(distance(second, first, 20)).toBe(whole);
      expect(distance(first, first, limit)).toBe(0);
    }),
  );
  expect(distance('small', 'samll', 3)).toBe(1);
  expect(distance('kitten', 'sitting', 3)).toBe(3);
});
