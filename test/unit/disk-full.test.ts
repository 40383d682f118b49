import { sql } from 'kysely';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/database.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a write for which there is no room is INSUFFICIENT_DISK, and the next one after there is', async () => {
  await using folder = await temporaryFolder();
  await using database = await openDatabase(folder.path);
  const { kysely, write } = database;
  const fill = (size: number) =>
    write((transaction) => sql`create table ${sql.table(`t${size}`)} as select ${'x'.repeat(size)} as text`.execute(transaction));
  const { rows } = await sql<{ page_count: number }>`pragma page_count`.execute(kysely);
  const pages = rows[0]?.page_count ?? 0;
  await sql`pragma max_page_count = ${sql.raw(String(pages + 1))}`.execute(kysely);
  const [refused, alongside] = await Promise.allSettled([fill(1_000_000), write(async () => 'nothing')]);
  expect(refused).toMatchObject({ status: 'rejected', reason: { code: 'INSUFFICIENT_DISK' } });
  // What shares the commit may fail with it, but only for the same reason.
  if (alongside.status === 'rejected') expect(alongside.reason).toMatchObject({ code: 'INSUFFICIENT_DISK' });
  await sql`pragma max_page_count = 100000`.execute(kysely);
  await fill(900_000);
  expect((await sql`select length(text) as size from t900000`.execute(kysely)).rows).toEqual([{ size: 900_000 }]);
});
