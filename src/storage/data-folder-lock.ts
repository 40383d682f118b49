import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { DataFolderLockedError, DataFolderUnusableError } from './database-errors.ts';

const sqliteBusy = 5;

/**
 * Holds a data folder for this process alone until disposed. The lock is an exclusive transaction on a database of its
 * own: the operating system lets go of it however the process ends, so nothing stale is ever left. A text file beside it
 * says who holds it. Throws `DataFolderLockedError`.
 */
export function lockDataFolder(dataFolder: string): Disposable {
  const processFile = join(dataFolder, 'lock.pid');
  const lock = openLock(dataFolder);
  try {
    lock.exec('BEGIN EXCLUSIVE');
    writeFileSync(processFile, `${process.pid}\n`);
  } catch (error) {
    lock.close();
    if (((error as { errcode?: number }).errcode ?? 0) % 256 === sqliteBusy)
      throw new DataFolderLockedError({ dataFolder, processId: readProcessId(processFile) });
    throw new DataFolderUnusableError({ dataFolder, cause: error });
  }
  return {
    [Symbol.dispose]() {
      if (!lock.isOpen) return;
      rmSync(processFile, { force: true });
      lock.close();
    },
  };
}

function openLock(dataFolder: string): DatabaseSync {
  try {
    return new DatabaseSync(join(dataFolder, 'lock'), { timeout: 0 });
  } catch (error) {
    throw new DataFolderUnusableError({ dataFolder, cause: error });
  }
}

function readProcessId(processFile: string): number | null {
  try {
    return Number.parseInt(readFileSync(processFile, 'utf8'), 10) || null;
  } catch {
    return null;
  }
}
