import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { type Database, openDatabase } from '../../src/storage/database.ts';
import { readPage } from '../../src/storage/page.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const put = (database: Database, name: string) =>
  database.write((transaction) => transaction.insertInto('state_facts').values({ name, value: '' }).execute());

test('writes of one tick share one commit', async () => {
  await using folder = await temporaryFolder();
  await using database = await openDatabase(folder.path);
  using outside = new DatabaseSync(join(folder.path, 'state.db'), { readOnly: true });
  const committed = () => outside.prepare('select count(*) as count from state_facts').get()?.count;
  const seen: unknown[] = [];
  const first = put(database, 'first').then(() => seen.push(['first resolves with', committed()]));
  const second = database.write(async (transaction) => {
    seen.push(['while the second is written', committed()]);
    await transaction.insertInto('state_facts').values({ name: 'second', value: '' }).execute();
  });
  await Promise.all([first, second]);
  expect(seen).toEqual([
    ['while the second is written', 0],
    ['first resolves with', 2],
  ]);
});

test('one failing write of a tick fails alone', async () => {
  await using folder = await temporaryFolder();
  await using database = await openDatabase(folder.path);
  const outcomes = await Promise.allSettled([
    put(database, 'same'),
    put(database, 'same'),
    database.write(async (transaction) => {
      await transaction.insertInto('state_facts').values({ name: 'undone', value: '' }).execute();
      throw new Error('changed its mind');
    }),
    put(database, 'other'),
  ]);
  expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected', 'rejected', 'fulfilled']);
  const rows = await database.kysely.selectFrom('state_facts').select('name').orderBy('name').execute();
  expect(rows.map(({ name }) => name)).toEqual(['other', 'same']);
});

test('closing waits for the writes that were asked for', async () => {
  await using folder = await temporaryFolder();
  const database = await openDatabase(folder.path);
  const writes = Array.from({ length: 50 }, (_, index) => put(database, `write ${index}`));
  await database[Symbol.asyncDispose]();
  await Promise.all(writes);
  await using again = await openDatabase(folder.path);
  expect(await again.kysely.selectFrom('state_facts').selectAll().execute()).toHaveLength(50);
});

test('a page says what lies around it, from either end', async () => {
  await using folder = await temporaryFolder();
  await using database = await openDatabase(folder.path);
  const time = new Date(0).toISOString();
  await database.write(async (transaction) => {
    for (let index = 1; index <= 5; index++)
      await transaction
        .insertInto('tasks')
        .values({
          id: `task ${index}`,
          kind: 'LOAD',
          state: 'SUCCEEDED',
          input: '{}',
          steps: '[]',
          journal: '{}',
          clean_up: 'NONE',
          attempt: 1,
          resumptions: 0,
          created_at: time,
          model_id: null,
          work_key: null,
          error: null,
          started_at: null,
          finished_at: time,
        })
        .execute();
  });
  const page = async (options: Parameters<typeof readPage>[1]) => {
    const { rows, ...around } = await readPage<{ position: number }>(() => database.kysely.selectFrom('tasks'), options);
    return [rows.map(({ position }) => position), around.hasPrevious, around.hasNext, around.totalCount];
  };
  expect(await page({ limit: 2 })).toEqual([[1, 2], false, true, 5]);
  expect(await page({ limit: 2, after: 2 })).toEqual([[3, 4], true, true, 5]);
  expect(await page({ limit: 2, after: 4 })).toEqual([[5], true, false, 5]);
  expect(await page({ limit: 2, fromEnd: true })).toEqual([[4, 5], true, false, 5]);
  expect(await page({ limit: 2, fromEnd: true, before: 4 })).toEqual([[2, 3], true, true, 5]);
  expect(await page({ limit: 9, after: 1, before: 5 })).toEqual([[2, 3, 4], true, true, 5]);
  expect(await page({ limit: 2, after: 5 })).toEqual([[], true, false, 5]);
  expect(await page({ limit: 2, fromEnd: true, before: 1 })).toEqual([[], false, true, 5]);
});
