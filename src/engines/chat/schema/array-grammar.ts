import type { Conversion } from './conversion.ts';
import type { Schema } from './schema-keywords.ts';
import { below, type SchemaPlace, unsupported } from './unsupported.ts';

const maxRepeat = 1000;

/** Items in order: `prefixItems` (or a list of `items`, as it once was) first, then as many of `items` as the bounds let. */
export function arrayGrammar(own: Schema, place: SchemaPlace, { grammar, rules, convert }: Conversion): string {
  const isOldTuple = Array.isArray(own.items);
  const prefix = (isOldTuple ? own.items : own.prefixItems) ?? [];
  if (!Array.isArray(prefix) || prefix.length > maxRepeat) throw unsupported(place, 'has "prefixItems" that are not a list.');
  const rest = (isOldTuple ? own.additionalItems : own.items) ?? true;
  const least = count(own.minItems, 'minItems', place) ?? 0;
  const most = count(own.maxItems, 'maxItems', place);
  if (most !== null && most < least) throw unsupported(place, 'has a "maxItems" below its "minItems".');
  if (least > maxRepeat) throw unsupported(place, `has a "minItems" above ${maxRepeat}.`);
  const blank = rules.blank();
  const comma = `"," ${blank}`;
  const firsts = prefix
    .slice(0, most ?? prefix.length)
    .map((item, index) => `${convert(item, below(place, 'prefixItems', index))} ${blank}`);
  if (rest === false && least > firsts.length) throw unsupported(place, 'has a "minItems" that it has no items for.');
  const item = rest === false || (most !== null && most <= firsts.length) ? null : `${convert(rest, below(place, 'items'))} ${blank}`;
  // So many may follow the first ones; what is above the bound of a grammar is checked at the end.
  const from = Math.max(least - firsts.length, 0);
  const to = most === null || most > maxRepeat ? null : most - firsts.length;
  let tail = item === null ? '' : many(item, comma, from, to, firsts.length > 0);
  for (const [index, first] of firsts.toReversed().entries()) {
    const place = firsts.length - 1 - index;
    const body = [place > 0 ? comma : '', first, tail].filter((part) => part !== '').join(' ');
    tail = place < least ? body : grammar.rule('items', `(${body})?`);
  }
  return grammar.rule('array', ['"["', blank, tail, '"]"'].filter((part) => part !== '').join(' '));
}

function many(item: string, comma: string, from: number, to: number | null, followsOthers: boolean): string {
  if (to === 0) return '';
  if (followsOthers) return `(${comma} ${item}){${from},${to ?? ''}}`;
  const more = `(${comma} ${item}){${Math.max(from - 1, 0)},${to === null ? '' : to - 1}}`;
  return from === 0 ? `(${item} ${more})?` : `${item} ${more}`;
}

function count(value: unknown, keyword: string, place: SchemaPlace): number | null {
  if (value === undefined) return null;
  if (typeof value === 'number' && Number.isInteger(value) && value >= 0) return value;
  throw unsupported(place, `has a ${JSON.stringify(keyword)} that is not a whole number from 0 on.`);
}
