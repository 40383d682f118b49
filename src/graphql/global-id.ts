import { InvalidInputError } from '../errors.ts';

const nodeTypeNames = ['Model', 'Task'] as const;

/** The types that have ids of their own. */
export type NodeTypeName = (typeof nodeTypeNames)[number];

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

/** A readable global id, e.g. `Model:8f14e45f-…`. */
export function encodeId(type: string, id: string | number | bigint): string {
  return `${type}:${id}`;
}

/** Takes a global id apart; a bare UUID has the type name ''. Throws INVALID_INPUT for anything else. */
export function decodeId(globalId: string, field = 'id'): { typename: string; id: string } {
  const [, typename = '', id = ''] = /^(?:(\w+):)?(.*)$/s.exec(globalId) ?? [];
  if (!uuidPattern.test(id)) throw new InvalidInputError({ field, message: 'must be an id such as Model:<uuid>, or the bare UUID.' });
  if (typename !== '' && !nodeTypeNames.some((name) => name === typename)) {
    throw new InvalidInputError({ field, message: `must be the id of a ${nodeTypeNames.join(' or a ')}, not of a ${typename}.` });
  }
  return { typename, id: id.toLowerCase() };
}

/** The bare UUID of an argument that names a node of one type: a global id of that type, or the UUID itself. */
export function parseId(type: NodeTypeName, value: string | number, field = 'id'): string {
  const { typename, id } = decodeId(String(value), field);
  if (typename !== '' && typename !== type) {
    throw new InvalidInputError({ field, message: `must be the id of a ${type}, not of a ${typename}.` });
  }
  return id;
}
