import { isRecord } from '../tools/json-span.ts';

/** A JSON schema that is not `true` or `false`. */
export type Schema = Readonly<Record<string, unknown>>;

/** Say something about a schema, not about values. */
const annotations = [
  'title',
  'description',
  'default',
  'examples',
  'example',
  'deprecated',
  'readOnly',
  'writeOnly',
  'contentMediaType',
  '$schema',
  '$id',
  'id',
  '$comment',
  '$defs',
  'definitions',
];

/** What each type of value can be asked for. */
export const keywordsOfType = {
  object: ['properties', 'required', 'additionalProperties', 'minProperties', 'maxProperties'],
  array: ['items', 'prefixItems', 'additionalItems', 'minItems', 'maxItems'],
  string: ['minLength', 'maxLength', 'pattern', 'format'],
  number: ['minimum', 'maximum', 'exclusiveMinimum', 'exclusiveMaximum', 'multipleOf'],
} as const;

const known = new Set<string>([
  ...annotations,
  ...Object.values(keywordsOfType).flat(),
  ...['type', 'enum', 'const', 'anyOf', 'oneOf', 'allOf', '$ref'],
]);

/** The first keyword that nothing here honours; null where all are. */
export function unknownKeyword(schema: Schema): string | null {
  return Object.keys(schema).find((keyword) => !known.has(keyword)) ?? null;
}

/** A schema without what says nothing about values. */
export function withoutAnnotations(schema: Schema): Schema {
  return Object.fromEntries(Object.entries(schema).filter(([keyword]) => !annotations.includes(keyword)));
}

export const jsonTypes = ['object', 'array', 'string', 'number', 'integer', 'boolean', 'null'] as const;
export type JsonType = (typeof jsonTypes)[number];

/** What a local `$ref` points to; undefined where there is nothing. */
export function resolveReference(root: Schema, reference: string): unknown {
  if (reference === '#') return root;
  if (!reference.startsWith('#/')) return undefined;
  let value: unknown = root;
  for (const part of reference.slice(2).split('/')) {
    const key = decode(part).replace(/~1/g, '/').replace(/~0/g, '~');
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Record<string, unknown>)[key];
  }
  return value;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}

/** Whether a value is of a type. */
export function isOfType(value: unknown, type: JsonType): boolean {
  switch (type) {
    case 'object':
      return isRecord(value);
    case 'array':
      return Array.isArray(value);
    case 'integer':
      return Number.isInteger(value);
    case 'null':
      return value === null;
    default:
      return typeof value === type;
  }
}
