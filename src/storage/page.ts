import { type SelectQueryBuilder, sql } from 'kysely';

/** One page of a list, forwards or backwards from a row position. */
export interface Page {
  limit: number;
  /** Rows after this position. */
  after?: number;
  /** Rows before this position. */
  before?: number;
  /** True takes the last rows instead of the first. */
  fromEnd?: boolean;
}

/** A model or task in a list, with the position that a cursor is made from. */
export interface Positioned<Item> {
  item: Item;
  position: number;
}

/** Part of a list, in the order of positions whichever end it was taken from. */
export interface PageOf<Item> {
  items: Positioned<Item>[];
  /** How many there are in the whole list. */
  totalCount: number;
  /** Whether the list goes on after the last of these. */
  hasNext: boolean;
  /** Whether there are rows before the first of these. */
  hasPrevious: boolean;
}

// biome-ignore lint/suspicious/noExplicitAny: whatever tables and columns the caller joined
type Query = SelectQueryBuilder<any, any, any>;

/** One page of the rows of a query, in the order of their `position`, with what lies around them. `matching` makes the query without columns. */
export async function readPage<Row extends { position: number }>(
  matching: () => Query,
  page: Page,
): Promise<Omit<PageOf<never>, 'items'> & { rows: Row[] }> {
  const position = sql.ref<number>('position');
  let query = matching().selectAll();
  if (page.after !== undefined) query = query.where(position, '>', page.after);
  if (page.before !== undefined) query = query.where(position, '<', page.before);
  const rows: Row[] = await query
    .orderBy(position, page.fromEnd ? 'desc' : 'asc')
    .limit(page.limit)
    .execute();
  if (page.fromEnd) rows.reverse();
  const count = await matching().select(sql<number>`count(*)`.as('count')).executeTakeFirstOrThrow();
  const isAny = async (operator: '<=' | '>=' | '<' | '>', of: number | undefined) =>
    of !== undefined && (await matching().select(position.as('position')).where(position, operator, of).limit(1).execute()).length > 0;
  const [first, last] = [rows.at(0)?.position, rows.at(-1)?.position];
  return {
    rows,
    totalCount: count.count,
    hasNext: last === undefined ? await isAny('>=', page.before) : await isAny('>', last),
    hasPrevious: first === undefined ? await isAny('<=', page.after) : await isAny('<', first),
  };
}
