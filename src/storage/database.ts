import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Kysely } from 'kysely';
import { lockDataFolder } from './data-folder-lock.ts';
import { DatabaseCorruptError, DatabaseError, DataFolderUnusableError } from './database-errors.ts';
import { checkVersion, migrate } from './migrate.ts';
import { nodeSqliteDialect } from './node-sqlite-dialect.ts';
import type { Tables } from './schema.ts';
import { createWriteBatch, type WriteBatch } from './write-batch.ts';

/** The open state of one data folder. Disposing it finishes what is being written and lets go of the folder. */
export interface Database extends AsyncDisposable {
  /** For reads. Writes go through `write`, which shares their commits. */
  readonly kysely: Kysely<Tables>;
  /** Runs one durable write in a transaction; resolves once it would survive a power cut. See `WriteBatch`. */
  readonly write: WriteBatch['write'];
}

const sqliteCorrupt = 11;
const sqliteNotADatabase = 26;

/**
 * Takes the data folder (made if need be, for this user alone) and opens its database, migrated to this program's version.
 * Throws a `DatabaseError` with one line for the terminal: the folder is locked or unusable, the database too new or damaged.
 */
export async function openDatabase(dataFolder: string): Promise<Database> {
  const folder = resolve(dataFolder);
  try {
    mkdirSync(folder, { recursive: true, mode: 0o700 });
  } catch (error) {
    throw new DataFolderUnusableError({ dataFolder: folder, cause: error });
  }
  using stack = new DisposableStack();
  stack.use(lockDataFolder(folder));
  const path = join(folder, 'state.db');
  try {
    const sqlite = new DatabaseSync(path, { timeout: 5000, enableForeignKeyConstraints: true });
    stack.defer(() => sqlite.isOpen && sqlite.close());
    checkIntegrity(sqlite, path);
    checkVersion(sqlite, path);
    sqlite.exec('pragma journal_mode = WAL; pragma synchronous = FULL');
    const kysely = new Kysely<Tables>({ dialect: nodeSqliteDialect(sqlite) });
    await migrate(kysely, sqlite);
    return opened(kysely, stack.move());
  } catch (error) {
    if (error instanceof DatabaseError) throw error;
    const code = (error as { errcode?: number }).errcode ?? 0;
    // The low byte is the kind of failure, what is above it only details.
    if ((code & 0xff) === sqliteCorrupt || (code & 0xff) === sqliteNotADatabase) throw new DatabaseCorruptError({ path, cause: error });
    throw new DataFolderUnusableError({ dataFolder: folder, cause: error });
  }
}

function opened(kysely: Kysely<Tables>, resources: Disposable): Database {
  const batch = createWriteBatch(kysely);
  return {
    kysely,
    write: batch.write,
    async [Symbol.asyncDispose]() {
      await batch.idle();
      await kysely.destroy();
      resources[Symbol.dispose]();
    },
  };
}

function checkIntegrity(sqlite: DatabaseSync, path: string): void {
  const found = sqlite.prepare('pragma quick_check(1)').get()?.quick_check;
  if (found !== 'ok') throw new DatabaseCorruptError({ path, cause: found });
}
