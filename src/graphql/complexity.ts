import { type GraphQLField, getNamedType, isLeafType, isListType, isNonNullType } from 'graphql';

/** How many items a list that is bounded by nature is taken to have. */
const assumedListSize = 10;
/** What a connection gives when no size is asked for. */
export const defaultPageSize = 20;

/**
 * What a field costs: nothing for a leaf, 1 for an object, and what is below a list as often as the list is long. A connection
 * counts its `first` or `last` once, on the connection field itself; `edges` and `nodes` below it do not count again.
 */
export function fieldComplexity(
  args: Record<string, unknown>,
  _context: unknown,
  field: GraphQLField<unknown, never>,
): { field: number; multiplier: number } {
  const type = getNamedType(field.type);
  if (isLeafType(type)) return { field: 0, multiplier: 1 };
  if (type.name.endsWith('Connection')) return { field: 1, multiplier: pageSize(args) };
  const bare = isNonNullType(field.type) ? field.type.ofType : field.type;
  if (!isListType(bare) || field.name === 'edges' || field.name === 'nodes') return { field: 1, multiplier: 1 };
  return { field: 1, multiplier: Array.isArray(args.ids) ? args.ids.length : assumedListSize };
}

function pageSize({ first, last }: Record<string, unknown>): number {
  if (typeof first === 'number') return Math.max(first, 1);
  if (typeof last === 'number') return Math.max(last, 1);
  return defaultPageSize;
}
