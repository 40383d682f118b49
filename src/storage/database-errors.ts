/** The data folder or its database cannot be used; the message is one line for the terminal. */
export class DatabaseError extends Error {}

/** Another process holds the data folder. */
export class DataFolderLockedError extends DatabaseError {
  constructor({ dataFolder, processId }: { dataFolder: string; processId: number | null }) {
    const holder = processId === null ? '' : ` (process ${processId})`;
    super(`${dataFolder} is used by another modelkeep${holder}. Stop that one, or set MODELKEEP_DATA to another folder.`);
  }
}

/** The data folder cannot be made or written. */
export class DataFolderUnusableError extends DatabaseError {
  constructor({ dataFolder, cause }: { dataFolder: string; cause: unknown }) {
    super(`${dataFolder} cannot be used as the data folder: ${oneLine(cause)}`, { cause });
  }
}

/** A newer program made the database. */
export class DatabaseTooNewError extends DatabaseError {
  constructor({ path, found, known }: { path: string; found: string; known: string }) {
    super(
      `${path} has version ${found}; this program knows versions up to ${known}. Start the newer modelkeep, or use another data folder.`,
    );
  }
}

/** The database's file is damaged. */
export class DatabaseCorruptError extends DatabaseError {
  constructor({ path, cause }: { path: string; cause: unknown }) {
    super(`${path} is damaged (${oneLine(cause)}). Move it away and start again: the models are found by their manifests.`, { cause });
  }
}

function oneLine(cause: unknown): string {
  return (cause instanceof Error ? cause.message : String(cause)).replaceAll(/\s+/g, ' ').slice(0, 300);
}
