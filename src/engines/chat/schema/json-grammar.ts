import { isRecord } from '../tools/json-span.ts';
import { arrayGrammar } from './array-grammar.ts';
import type { Conversion } from './conversion.ts';
import { createGrammar, type Grammar, jsonRules, literals } from './gbnf.ts';
import { mergeSchemas } from './merge-schemas.ts';
import { numberGrammar } from './number-grammar.ts';
import { objectGrammar } from './object-grammar.ts';
import {
  isOfType,
  type JsonType,
  jsonTypes,
  keywordsOfType,
  resolveReference,
  type Schema,
  unknownKeyword,
  withoutAnnotations,
} from './schema-keywords.ts';
import { stringGrammar } from './string-grammar.ts';
import { below, explained, type SchemaPlace, unsupported } from './unsupported.ts';

const maxSchemas = 3000;
const maxDepth = 64;
const maxAlternatives = 500;

/**
 * Adds rules for the values of a JSON schema to a grammar, and answers the name of theirs. What the grammar cannot hold is INVALID_INPUT
 * that names it. Narrower than the schema in places: properties come in their order, and others only where they are asked for.
 */
export function addSchema(grammar: Grammar, schema: unknown, field: string): string {
  const rules = jsonRules(grammar);
  const root = isRecord(schema) ? schema : {};
  const ruleOf = new Map<string, string>();
  let count = 0;
  let depth = 0;

  /** `pending`: references that were followed without a character in between: coming back to one would never end. */
  function convert(value: unknown, place: SchemaPlace, pending: ReadonlySet<string>): string {
    count += 1;
    if (count > maxSchemas) throw unsupported(place, `is one of more than ${maxSchemas} schemas.`);
    if (value === true) return rules.value();
    if (!isRecord(value)) throw unsupported(place, value === false ? 'allows nothing.' : 'is not a schema.');
    depth += 1;
    if (depth > maxDepth) throw unsupported(place, `is nested more than ${maxDepth} levels deep.`);
    const name = convertRecord(value, place, pending);
    depth -= 1;
    return name;
  }

  function convertRecord(given: Schema, place: SchemaPlace, pending: ReadonlySet<string>): string {
    const keyword = unknownKeyword(given);
    if (keyword !== null) throw unsupported(place, `has ${JSON.stringify(keyword.slice(0, 80))}, which is not supported.`);
    const own = withoutAnnotations(given);
    if (own.$ref !== undefined) return convertReference(own, place, pending);
    if (own.allOf !== undefined) return convert(mergeAll(own, place), place, pending);
    const choice = own.anyOf === undefined ? 'oneOf' : 'anyOf';
    if (own[choice] !== undefined) return convertChoice(own, choice, place, pending);
    if (own.const !== undefined) return constants([own.const], own, place);
    if (own.enum !== undefined) return constants(own.enum, own, place);
    const alternatives = typesOf(own, place).map((type) => convertType(type, own, place));
    return alternatives.length === 1 ? (alternatives[0] ?? '') : grammar.rule('choice', alternatives.join(' | '));
  }

  function convertReference({ $ref: reference, ...rest }: Schema, place: SchemaPlace, pending: ReadonlySet<string>): string {
    const key = String(reference);
    if (pending.has(key)) throw unsupported(place, `refers to itself through ${JSON.stringify(key.slice(0, 80))} and never to a value.`);
    const target = resolveReference(root, key);
    if (target === undefined) throw unsupported(place, `refers to ${JSON.stringify(key.slice(0, 80))}, which is not in the schema.`);
    const seen = new Set([...pending, key]);
    if (Object.keys(rest).length > 0) {
      if (!isRecord(target)) return convert(target === true ? rest : target, place, seen);
      return convert(mergeSchemas(withoutAnnotations(target), rest, place), place, seen);
    }
    const known = ruleOf.get(key);
    if (known !== undefined) return known;
    const name = grammar.reserve(key.split('/').at(-1) ?? 'ref');
    ruleOf.set(key, name);
    grammar.define(name, convert(target, { ...place, path: key.slice(1) }, seen));
    return name;
  }

  function mergeAll({ allOf, ...rest }: Schema, place: SchemaPlace): Schema {
    const parts = list(allOf, below(place, 'allOf'));
    return parts.reduce<Schema>((merged, part, index) => {
      const at = below(place, 'allOf', index);
      if (part === true) return merged;
      if (!isRecord(part)) throw unsupported(at, 'allows nothing.');
      const target = part.$ref === undefined ? part : resolveReference(root, String(part.$ref));
      if (!isRecord(target) || target.$ref !== undefined) throw unsupported(at, 'refers to something that cannot be merged.');
      count += 1;
      if (count > maxSchemas) throw unsupported(at, `is one of more than ${maxSchemas} schemas.`);
      const { $ref: _reference, ...siblings } = part;
      const whole = part.$ref === undefined ? part : mergeSchemas(target, siblings, at);
      const keyword = unknownKeyword(whole);
      if (keyword !== null) throw unsupported(at, `has ${JSON.stringify(keyword.slice(0, 80))}, which is not supported.`);
      const own = withoutAnnotations(whole);
      return mergeSchemas(merged, own.allOf === undefined ? own : mergeNested(own, at), at);
    }, rest);
  }

  function mergeNested(schema: Schema, place: SchemaPlace): Schema {
    depth += 1;
    if (depth > maxDepth) throw unsupported(place, `is nested more than ${maxDepth} levels deep.`);
    const merged = mergeAll(schema, place);
    depth -= 1;
    return merged;
  }

  function convertChoice(own: Schema, keyword: 'anyOf' | 'oneOf', place: SchemaPlace, pending: ReadonlySet<string>): string {
    const { [keyword]: options, ...rest } = own;
    const isBare = Object.keys(rest).length === 0;
    const names = list(options, below(place, keyword)).map((option, index) => {
      const at = below(place, keyword, index);
      if (isBare || !isRecord(option)) return convert(isBare || option === false ? option : rest, at, pending);
      return convert(
        option.$ref === undefined ? mergeSchemas(rest, withoutAnnotations(option), at) : { ...rest, allOf: [option] },
        at,
        pending,
      );
    });
    return grammar.rule(keyword, [...new Set(names)].join(' | '));
  }

  function constants(values: unknown, own: Schema, place: SchemaPlace): string {
    const types = own.type === undefined ? null : typesOf(own, place);
    const fitting = list(values, below(place, 'enum')).filter((value) => types === null || types.some((type) => isOfType(value, type)));
    if (fitting.length === 0) throw unsupported(place, 'has no value of its enum that is of its type.');
    return literals(
      grammar,
      fitting.map((value) => JSON.stringify(value)),
    );
  }

  function convertType(type: JsonType, own: Schema, place: SchemaPlace): string {
    const conversion: Conversion = { grammar, rules, convert: (schema, at) => convert(schema, at, new Set()) };
    switch (type) {
      case 'object':
        return objectGrammar(own, place, conversion);
      case 'array':
        return arrayGrammar(own, place, conversion);
      case 'string':
        return stringGrammar(own, place, conversion);
      case 'number':
      case 'integer':
        return convertNumber(own, type === 'integer' || own.multipleOf === 1, place);
      case 'boolean':
        return rules.boolean();
      case 'null':
        return grammar.rule('null', '"null"');
      default:
        throw new Error(`no such type: ${type satisfies never}`);
    }
  }

  function convertNumber(own: Schema, isInteger: boolean, place: SchemaPlace): string {
    if (own.multipleOf !== undefined && own.multipleOf !== 1) throw unsupported(place, 'has "multipleOf", which is supported as 1 only.');
    const bound = (keyword: string) => {
      const value = own[keyword];
      if (value === undefined || (typeof value === 'number' && Number.isFinite(value))) return value;
      throw unsupported(place, `has a ${JSON.stringify(keyword)} that is not a number.`);
    };
    const [least, most, above, under] = [bound('minimum'), bound('maximum'), bound('exclusiveMinimum'), bound('exclusiveMaximum')];
    if (least === undefined && most === undefined && above === undefined && under === undefined) {
      return isInteger ? rules.integer() : rules.number();
    }
    const isMinimumExclusive = above !== undefined && (least === undefined || above >= least);
    const isMaximumExclusive = under !== undefined && (most === undefined || under <= most);
    const minimum = (isMinimumExclusive ? above : least) ?? null;
    const maximum = (isMaximumExclusive ? under : most) ?? null;
    const body = explained(place, () => numberGrammar({ minimum, maximum, isMinimumExclusive, isMaximumExclusive }, { isInteger }));
    if (body === null) throw unsupported(place, 'has bounds that no number lies between.');
    return grammar.rule('number', body);
  }

  function list(value: unknown, place: SchemaPlace): unknown[] {
    if (Array.isArray(value) && value.length > 0 && value.length <= maxAlternatives) return value;
    throw unsupported(place, `is not a list of 1 to ${maxAlternatives}.`);
  }

  return explained({ field, path: '' }, () => convert(schema, { field, path: '' }, new Set()));
}

/** GBNF for the values of a JSON schema. */
export function schemaGrammar(schema: unknown, field: string): string {
  const grammar = createGrammar();
  const root = addSchema(grammar, schema, field);
  return grammar.text(root);
}

/** A type that is not said shows in the keywords, which speak of one type each; without those it is any. */
function typesOf(own: Schema, place: SchemaPlace): JsonType[] {
  if (own.type !== undefined) {
    const types = [own.type].flat();
    const isKnown = (type: unknown): type is JsonType => jsonTypes.includes(type as JsonType);
    if (types.length > 0 && types.every(isKnown)) return types.includes('number') ? types.filter((type) => type !== 'integer') : types;
    throw unsupported(place, `has a type that is not one of ${jsonTypes.join(', ')}.`);
  }
  const shown = (Object.keys(keywordsOfType) as (keyof typeof keywordsOfType)[]).filter((type) =>
    keywordsOfType[type].some((keyword) => own[keyword] !== undefined),
  );
  return shown.length > 0 ? shown : jsonTypes.filter((type) => type !== 'integer');
}
