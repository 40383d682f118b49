import { isRecord } from '../tools/json-span.ts';
import { isOfType, type JsonType, resolveReference, type Schema } from './schema-keywords.ts';
import { stringFormats } from './string-formats.ts';

/**
 * What is wrong with a value by a JSON schema, with its place, or null. Knows the keywords that `addSchema` takes. Patterns are a
 * stranger's programs: only for a process that can be ended.
 */
export function checkSchema(value: unknown, schema: unknown): string | null {
  const root = isRecord(schema) ? schema : {};
  let steps = 0;

  function check(item: unknown, given: unknown, path: string): string | null {
    steps += 1;
    if (steps > 1_000_000) return `${path}: takes too long to check`;
    if (given === true) return null;
    if (!isRecord(given)) return `${path}: nothing is allowed here`;
    return (
      checkChoices(item, given, path) ??
      checkType(item, given, path) ??
      (isRecord(item) ? checkObject(item, given, path) : null) ??
      (Array.isArray(item) ? checkArray(item, given, path) : null) ??
      (typeof item === 'string' ? checkString(item, given, path) : null) ??
      (typeof item === 'number' ? checkNumber(item, given, path) : null)
    );
  }

  function checkChoices(item: unknown, given: Schema, path: string): string | null {
    if (given.$ref !== undefined) {
      const wrong = check(item, resolveReference(root, String(given.$ref)), path);
      if (wrong !== null) return wrong;
    }
    for (const part of array(given.allOf)) {
      const wrong = check(item, part, path);
      if (wrong !== null) return wrong;
    }
    const matches = (options: unknown) => array(options).filter((option) => check(item, option, path) === null).length;
    if (given.anyOf !== undefined && matches(given.anyOf) === 0) return `${path}: is none of anyOf`;
    if (given.oneOf !== undefined && matches(given.oneOf) !== 1) return `${path}: is not exactly one of oneOf`;
    return null;
  }

  function checkObject(item: Record<string, unknown>, given: Schema, path: string): string | null {
    const names = Object.keys(item);
    const missing = array(given.required).find((name) => !Object.hasOwn(item, String(name)));
    if (missing !== undefined) return `${path}: lacks ${JSON.stringify(missing)}`;
    if (names.length < number(given.minProperties, 0) || names.length > number(given.maxProperties, Infinity))
      return `${path}: has ${names.length} properties`;
    const properties = isRecord(given.properties) ? given.properties : {};
    for (const name of names) {
      const own = Object.hasOwn(properties, name) ? properties[name] : (given.additionalProperties ?? true);
      const wrong = check(item[name], own, `${path}/${name}`);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  function checkArray(items: unknown[], given: Schema, path: string): string | null {
    if (items.length < number(given.minItems, 0) || items.length > number(given.maxItems, Infinity))
      return `${path}: has ${items.length} items`;
    const isOldTuple = Array.isArray(given.items);
    const prefix = array(isOldTuple ? given.items : given.prefixItems);
    const rest = (isOldTuple ? given.additionalItems : given.items) ?? true;
    for (const [index, item] of items.entries()) {
      const wrong = check(item, index < prefix.length ? prefix[index] : rest, `${path}/${index}`);
      if (wrong !== null) return wrong;
    }
    return null;
  }

  return check(value, schema, '');
}

function checkType(item: unknown, given: Schema, path: string): string | null {
  if (given.type !== undefined && !array([given.type].flat()).some((type) => isOfType(item, type as JsonType))) {
    return `${path}: is not of type ${[given.type].flat().join(' or ')}`;
  }
  const same = (wanted: unknown) => canonical(wanted) === canonical(item);
  if (given.const !== undefined && !same(given.const)) return `${path}: is not the constant`;
  if (given.enum !== undefined && !array(given.enum).some(same)) return `${path}: is not in the enum`;
  return null;
}

function checkString(item: string, given: Schema, path: string): string | null {
  const length = [...item].length;
  if (length < number(given.minLength, 0) || length > number(given.maxLength, Infinity)) return `${path}: has ${length} characters`;
  if (typeof given.pattern === 'string' && !regularExpression(given.pattern).test(item)) return `${path}: does not match its pattern`;
  const format = typeof given.format === 'string' ? stringFormats[given.format] : undefined;
  return format !== undefined && !new RegExp(format, 'u').test(item) ? `${path}: is no ${String(given.format)}` : null;
}

function checkNumber(item: number, given: Schema, path: string): string | null {
  const isWithin =
    item >= number(given.minimum, -Infinity) &&
    item <= number(given.maximum, Infinity) &&
    item > number(given.exclusiveMinimum, -Infinity) &&
    item < number(given.exclusiveMaximum, Infinity) &&
    (given.multipleOf !== 1 || Number.isInteger(item));
  return isWithin && Number.isFinite(item) ? null : `${path}: is ${item}, which is out of bounds`;
}

/** Some people's patterns hold only without the `u` flag, which is stricter about escapes. */
function regularExpression(pattern: string): RegExp {
  try {
    return new RegExp(pattern, 'u');
  } catch {
    return new RegExp(pattern);
  }
}

function array(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}

function number(value: unknown, otherwise: number): number {
  return typeof value === 'number' ? value : otherwise;
}

/** JSON text with keys in order, so that equal values have equal texts. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (!isRecord(value)) return JSON.stringify(value) ?? 'undefined';
  return `{${Object.keys(value)
    .sort()
    .map((key) => `${JSON.stringify(key)}:${canonical(value[key])}`)
    .join(',')}}`;
}
