import type { DatabaseSync } from 'node:sqlite';
import type { Kysely } from 'kysely';
import { Migrator } from 'kysely/migration';
import { DatabaseTooNewError } from './database-errors.ts';
import { migrations } from './migrations/migrations.ts';
import type { Tables } from './schema.ts';

/** Refuses a database that a newer program made, before anything is written to it. Throws `DatabaseTooNewError`. */
export function checkVersion(sqlite: DatabaseSync, path: string): void {
  const known = Object.keys(migrations);
  const version = Number(sqlite.prepare('pragma user_version').get()?.user_version ?? 0);
  if (version > known.length) throw new DatabaseTooNewError({ path, found: String(version), known: String(known.length) });
  const kept = sqlite.prepare(`select 1 from sqlite_schema where name = 'kysely_migration'`).get();
  if (!kept) return;
  const newest = sqlite.prepare('select max(name) as name from kysely_migration').get()?.name;
  if (typeof newest === 'string' && !known.includes(newest))
    throw new DatabaseTooNewError({ path, found: newest, known: known.at(-1) ?? '0' });
}

/** Brings the tables up to this program's version; each step in one transaction. */
export async function migrate(kysely: Kysely<Tables>, sqlite: DatabaseSync): Promise<void> {
  const migrator = new Migrator({ db: kysely, provider: { getMigrations: async () => ({ ...migrations }) } });
  const { error } = await migrator.migrateToLatest();
  if (error) throw error;
  sqlite.exec(`pragma user_version = ${Object.keys(migrations).length}`);
}
