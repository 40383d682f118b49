import { mkdir, open, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/database.ts';
import {
  DatabaseCorruptError,
  DatabaseTooNewError,
  DataFolderLockedError,
  DataFolderUnusableError,
} from '../../src/storage/database-errors.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a new data folder belongs to its user alone and its database is durable', async () => {
  await using folder = await temporaryFolder();
  const path = join(folder.path, 'deep', 'data');
  await using database = await openDatabase(path);
  expect((await stat(path)).mode & 0o777).toBe(0o700);
  await database.write((transaction) => transaction.insertInto('state_facts').values({ name: 'a', value: 'b' }).execute());
  using second = new DatabaseSync(join(path, 'state.db'), { readOnly: true });
  expect(second.prepare('pragma journal_mode').get()).toEqual({ journal_mode: 'wal' });
  expect(second.prepare('select value from state_facts').get()).toEqual({ value: 'b' });
});

test('what was written is there when the folder is opened again', async () => {
  await using folder = await temporaryFolder();
  {
    await using database = await openDatabase(folder.path);
    await database.write((transaction) => transaction.insertInto('state_facts').values({ name: 'a', value: 'b' }).execute());
  }
  await using again = await openDatabase(folder.path);
  expect(await again.kysely.selectFrom('state_facts').selectAll().execute()).toEqual([{ name: 'a', value: 'b' }]);
});

test('a folder that is open cannot be opened a second time, and can once it is closed', async () => {
  await using folder = await temporaryFolder();
  {
    await using _database = await openDatabase(folder.path);
    const refused = await openDatabase(folder.path).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(DataFolderLockedError);
    expect((refused as Error).message).toBe(
      `${folder.path} is used by another modelkeep (process ${process.pid}). Stop that one, or set MODELKEEP_DATA to another folder.`,
    );
  }
  await using again = await openDatabase(folder.path);
  expect(await again.kysely.selectFrom('tasks').selectAll().execute()).toEqual([]);
});

test('a database of a newer program is refused in one line that names both versions, and left as it was', async () => {
  await using folder = await temporaryFolder();
  await (await openDatabase(folder.path))[Symbol.asyncDispose]();
  const edit = (text: string) => {
    using file = new DatabaseSync(join(folder.path, 'state.db'));
    file.exec(text);
  };
  edit('pragma user_version = 99');
  const refused = await openDatabase(folder.path).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DatabaseTooNewError);
  expect((refused as Error).message).toMatch(/^[^\n]*state\.db has version 99; this program knows versions up to \d+\.[^\n]*$/);

  edit(`pragma user_version = 1; insert into kysely_migration (name, timestamp) values ('9999-later', '2030-01-01')`);
  await expect(openDatabase(folder.path)).rejects.toThrow(/has version 9999-later; this program knows versions up to \d{4}-[a-z-]+/);

  edit(`delete from kysely_migration where name = '9999-later'`);
  await using _again = await openDatabase(folder.path);
});

test('a file that is no database, and a damaged one, give one clear line', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'state.db'), 'this is not a database, and long enough to see that it is not one at all. '.repeat(20));
  const refused = await openDatabase(folder.path).catch((error: unknown) => error);
  expect(refused).toBeInstanceOf(DatabaseCorruptError);
  expect((refused as Error).message).toMatch(/^[^\n]*state\.db is damaged[^\n]*Move it away[^\n]*$/);

  const other = join(folder.path, 'other');
  await (await openDatabase(other))[Symbol.asyncDispose]();
  const file = await open(join(other, 'state.db'), 'r+');
  await file.write(Buffer.alloc(3 * 4096, 0xa5), 0, 3 * 4096, 2 * 4096);
  await file.close();
  await expect(openDatabase(other)).rejects.toThrow(DatabaseCorruptError);
});

test('a data folder that cannot be made gives one clear line', async () => {
  await using folder = await temporaryFolder();
  await writeFile(join(folder.path, 'file'), '');
  await expect(openDatabase(join(folder.path, 'file', 'data'))).rejects.toThrow(DataFolderUnusableError);
  await mkdir(join(folder.path, 'data', 'lock'), { recursive: true });
  await expect(openDatabase(join(folder.path, 'data'))).rejects.toThrow(/^[^\n]*cannot be used as the data folder[^\n]*$/);
});
