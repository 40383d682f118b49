import { InvalidInputError } from '../../errors.ts';
import type { Page, PageOf } from '../../models/model.ts';

/** What a client says of a page: Relay's four arguments. */
export interface PageArguments {
  first?: number | null | undefined;
  after?: string | null | undefined;
  last?: number | null | undefined;
  before?: string | null | undefined;
}

const defaultLimit = 20;
const maxLimit = 100;

/** Relay's arguments in the store's terms: 20 rows unless told, at most 100. Throws INVALID_INPUT. */
export function toPage({ first, after, last, before }: PageArguments): Page {
  if (first != null && last != null) throw new InvalidInputError({ field: 'last', message: 'expected one of first and last, got both.' });
  const limit = first ?? last ?? defaultLimit;
  if (limit < 0 || limit > maxLimit) {
    throw new InvalidInputError({ field: first == null ? 'last' : 'first', message: `expected 0 to ${maxLimit}, got ${limit}.` });
  }
  return {
    limit,
    fromEnd: last != null,
    ...(after == null ? {} : { after: toPosition('after', after) }),
    ...(before == null ? {} : { before: toPosition('before', before) }),
  };
}

/** A page of rows as a Relay connection. */
export function toConnection<Item>({ items, totalCount, hasNext, hasPrevious }: PageOf<Item>) {
  const edges = items.map(({ item, position }) => ({ cursor: toCursor(position), node: item }));
  return {
    edges,
    totalCount,
    pageInfo: {
      hasNextPage: hasNext,
      hasPreviousPage: hasPrevious,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
  };
}

function toCursor(position: number): string {
  return Buffer.from(`row:${position}`).toString('base64url');
}

function toPosition(field: string, cursor: string): number {
  const [, digits] = /^row:(\d{1,15})$/.exec(Buffer.from(cursor, 'base64url').toString('utf8')) ?? [];
  if (digits === undefined)
    throw new InvalidInputError({ field, message: `expected a cursor of this list, got ${JSON.stringify(cursor.slice(0, 40))}.` });
  return Number(digits);
}
