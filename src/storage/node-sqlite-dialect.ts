import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { SqliteDialect } from 'kysely';

/** Texts whose statements are kept; the program has far fewer, but lists of ids make a text for each length. */
const mostKept = 500;

const nothingDone = { changes: 0, lastInsertRowid: 0 };

/**
 * Lets kysely speak to `node:sqlite`, whose statements take their parameters apart where better-sqlite3's take a list. Statements
 * are kept, for making one costs as much as running it.
 */
export function nodeSqliteDialect(database: DatabaseSync): SqliteDialect {
  const kept = new Map<string, StatementSync>();

  function statementOf(text: string): StatementSync {
    const statement = kept.get(text) ?? database.prepare(text);
    if (kept.size >= mostKept) kept.clear();
    kept.set(text, statement);
    return statement;
  }

  const isIdleRollback = (text: string) => text === 'rollback' && !database.isTransaction;

  return new SqliteDialect({
    database: {
      close: () => database.close(),
      prepare(text) {
        const statement = statementOf(text);
        return {
          reader: statement.columns().length > 0,
          all: (parameters) => statement.all(...(parameters as SQLInputValue[])),
          // A commit that fails on a full disk has rolled back already: another rollback would only hide why.
          run: (parameters) => (isIdleRollback(text) ? nothingDone : statement.run(...(parameters as SQLInputValue[]))),
          // An iteration holds its statement's place, so it has one of its own.
          iterate: (parameters) => database.prepare(text).iterate(...(parameters as SQLInputValue[])),
        };
      },
    },
  });
}
