import { isRecord } from '../tools/json-span.ts';
import type { Conversion } from './conversion.ts';
import { literal } from './gbnf.ts';
import type { Schema } from './schema-keywords.ts';
import { below, type SchemaPlace, unsupported } from './unsupported.ts';

/** Properties in their order, the required ones first; then others, where `additionalProperties` says of what kind. */
export function objectGrammar(own: Schema, place: SchemaPlace, { grammar, rules, convert }: Conversion): string {
  const properties = own.properties ?? {};
  if (!isRecord(properties)) throw unsupported(place, 'has "properties" that are not an object.');
  const required = own.required ?? [];
  if (!Array.isArray(required)) throw unsupported(place, 'has a "required" that is not a list.');
  const others = own.additionalProperties ?? Object.keys(properties).length === 0;
  const undeclared = required.filter((name) => !Object.hasOwn(properties, String(name))).map(String);
  if (undeclared.length > 0 && others === false)
    throw unsupported(place, `requires ${JSON.stringify(undeclared[0])}, which it does not allow.`);
  const schemas = new Map<string, unknown>([
    ...Object.entries(properties),
    ...undeclared.map((name) => [name, others === false ? true : others] as const),
  ]);
  if (schemas.size === 0 && own.type === 'object' && others === true && own.minProperties === undefined && own.maxProperties === undefined)
    return rules.object();
  const blank = rules.blank();
  const comma = `"," ${blank}`;
  const pair = (key: string, schema: unknown, at: SchemaPlace) =>
    grammar.rule('pair', `${key} ${blank} ":" ${blank} ${convert(schema, at)} ${blank}`);
  const pairOf = new Map(
    [...schemas].map(([name, schema]) => [name, pair(literal(JSON.stringify(name)), schema, below(place, 'properties', name))]),
  );
  const mustHave = [...pairOf].flatMap(([name, rule]) => (required.includes(name) ? [rule] : []));
  const mayHave = [...pairOf].flatMap(([name, rule]) => (required.includes(name) ? [] : [rule]));
  const other =
    others === false ? null : pair(otherKey([...schemas.keys()], rules, grammar.rule), others, below(place, 'additionalProperties'));
  if (own.minProperties !== undefined || own.maxProperties !== undefined) {
    if (schemas.size > 0 || other === null)
      throw unsupported(place, 'has "minProperties" or "maxProperties" beside named properties, which is not supported.');
    return grammar.rule('object', braces(repeated(other, comma, own.minProperties, own.maxProperties, place), blank));
  }
  // Each choice is one of the properties that may come, or of those behind it.
  let choice = other === null ? null : grammar.rule('others', `${other} (${comma} ${other})*`);
  for (const rule of mayHave.toReversed()) {
    choice = grammar.rule('more', choice === null ? rule : `${rule} (${comma} ${choice})? | ${choice}`);
  }
  const [first, ...rest] = mustHave;
  if (first === undefined) return grammar.rule('object', choice === null ? `"{" ${blank} "}"` : braces(`(${choice})?`, blank));
  const following = choice === null ? [] : [`(${comma} ${choice})?`];
  return grammar.rule('object', braces([first, ...rest.map((rule) => `${comma} ${rule}`), ...following].join(' '), blank));
}

function braces(members: string, blank: string): string {
  return `"{" ${blank} ${members} "}"`;
}

function repeated(item: string, comma: string, least: unknown, most: unknown, place: SchemaPlace): string {
  const [from, to] = [least ?? 0, most ?? null] as [number, number | null];
  const isCount = (value: unknown) => Number.isInteger(value) && (value as number) >= 0 && (value as number) <= 1000;
  if (!isCount(from) || (to !== null && (!isCount(to) || to < from)))
    throw unsupported(place, 'has "minProperties" or "maxProperties" that are not 0 to 1000 in order.');
  if (to === 0) return '""';
  const more = `(${comma} ${item}){${Math.max(from - 1, 0)},${to === null ? '' : to - 1}}`;
  return from === 0 ? `(${item} ${more})?` : `${item} ${more}`;
}

/** A key that is none of the named ones. */
function otherKey(names: readonly string[], rules: Conversion['rules'], rule: Conversion['grammar']['rule']): string {
  if (names.length === 0) return rules.string();
  const after = (prefix: string): string => {
    const going = names.filter((name) => name.startsWith(prefix));
    const nexts = [...new Set(going.map((name) => [...name.slice(prefix.length)][0]).filter((next) => next !== undefined))];
    // A character that JSON escapes is none that such a key begins with.
    const plain = nexts.filter((next) => !/["\\\p{Cc}\x7f]/u.test(next));
    const different = `[^"\\\\\\x7F\\x00-\\x1F${plain.map(inClass).join('')}] ${rules.char()}*`;
    const alternatives = [different, ...plain.map((next) => `${literal(next)} ${after(prefix + next)}`)];
    const body = names.includes(prefix) ? alternatives.join(' | ') : `(${alternatives.join(' | ')})?`;
    return rule('key-part', body);
  };
  return rule('key', `"\\"" ${after('')} "\\""`);
}

function inClass(character: string): string {
  return '[]^-\\'.includes(character) ? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}` : character;
}
