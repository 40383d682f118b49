import { isRecord } from '../tools/json-span.ts';
import type { Schema } from './schema-keywords.ts';
import { type SchemaPlace, unsupported } from './unsupported.ts';

const largest = ['minimum', 'exclusiveMinimum', 'minLength', 'minItems', 'minProperties'];
const smallest = ['maximum', 'exclusiveMaximum', 'maxLength', 'maxItems', 'maxProperties'];

/** One schema for what both want, as `allOf` means it. Throws INVALID_INPUT for two keywords that only together could be held. */
export function mergeSchemas(a: Schema, b: Schema, place: SchemaPlace): Schema {
  requireOpenObjects(a, b, place);
  requireOpenObjects(b, a, place);
  const merged: Record<string, unknown> = { ...a };
  for (const [keyword, value] of Object.entries(b)) {
    const own = merged[keyword];
    const isSame = own === undefined || (keyword !== 'properties' && JSON.stringify(own) === JSON.stringify(value));
    merged[keyword] = isSame ? value : both(keyword, own, value, place);
  }
  return merged;
}

function both(keyword: string, a: unknown, b: unknown, place: SchemaPlace): unknown {
  if (largest.includes(keyword)) return Math.max(Number(a), Number(b));
  if (smallest.includes(keyword)) return Math.min(Number(a), Number(b));
  switch (keyword) {
    case 'type':
      return commonTypes(a, b, place);
    case 'required':
      return [...new Set([...(a as string[]), ...(b as string[])])];
    case 'enum': {
      const wanted = new Set((b as unknown[]).map((value) => JSON.stringify(value)));
      return (a as unknown[]).filter((value) => wanted.has(JSON.stringify(value)));
    }
    case 'properties': {
      const all: Record<string, unknown> = { ...(a as Schema) };
      for (const [name, schema] of Object.entries(b as Schema)) all[name] = name in all ? { allOf: [all[name], schema] } : schema;
      return all;
    }
    case 'additionalProperties':
    case 'items':
      return a === false || b === false ? false : { allOf: [a, b] };
    default:
      throw unsupported(place, `has ${JSON.stringify(keyword)} twice (through allOf, anyOf or $ref), which cannot be held together.`);
  }
}

function commonTypes(a: unknown, b: unknown, place: SchemaPlace): unknown {
  const wanted = [b].flat();
  const common = [a].flat().flatMap((type) => {
    if (wanted.includes(type)) return [type];
    if (type === 'number' && wanted.includes('integer')) return ['integer'];
    return type === 'integer' && wanted.includes('number') ? ['integer'] : [];
  });
  if (common.length === 0) throw unsupported(place, 'asks for types that no value has together.');
  return common;
}

function requireOpenObjects(closed: Schema, other: Schema, place: SchemaPlace): void {
  if (closed.additionalProperties !== false || !isRecord(other.properties)) return;
  const own = isRecord(closed.properties) ? closed.properties : {};
  const foreign = Object.keys(other.properties).find((name) => !Object.hasOwn(own, name));
  if (foreign !== undefined)
    throw unsupported(place, `forbids with additionalProperties the property ${JSON.stringify(foreign)} that another part has.`);
}
