import type { Conversion } from './conversion.ts';
import { patternGrammar } from './pattern-grammar.ts';
import type { Schema } from './schema-keywords.ts';
import { stringFormats } from './string-formats.ts';
import { explained, type SchemaPlace, unsupported } from './unsupported.ts';

const maxRepeat = 1000;

/**
 * A string's pattern, its format, or its length. A grammar holds one of them: the length beside a pattern, a pattern beside a format, and
 * a length above 1000 are checked once the answer is whole.
 */
export function stringGrammar(own: Schema, place: SchemaPlace, { grammar, rules }: Conversion): string {
  const format = own.format === undefined ? null : stringFormats[String(own.format)];
  if (format === undefined) {
    throw unsupported(place, `has the format ${JSON.stringify(own.format)}; known are ${Object.keys(stringFormats).join(', ')}.`);
  }
  const pattern = own.pattern ?? format;
  const least = length(own.minLength, 'minLength', place) ?? 0;
  const most = length(own.maxLength, 'maxLength', place);
  if (most !== null && most < least) throw unsupported(place, 'has a "maxLength" below its "minLength".');
  if (pattern !== null) {
    if (typeof pattern !== 'string') throw unsupported(place, 'has a "pattern" that is not a text.');
    const body = explained({ ...place, path: `${place.path}/pattern` }, () => patternGrammar(pattern, { char: rules.char() }));
    return grammar.rule('string', `"\\"" (${body}) "\\""`);
  }
  if (least === 0 && most === null) return rules.string();
  if (least > maxRepeat) throw unsupported(place, `has a "minLength" above ${maxRepeat}.`);
  return grammar.rule('string', `"\\"" ${rules.char()}{${least},${most === null || most > maxRepeat ? '' : most}} "\\""`);
}

function length(value: unknown, keyword: string, place: SchemaPlace): number | null {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw unsupported(place, `has a ${JSON.stringify(keyword)} that is not a whole number from 0 on.`);
}
