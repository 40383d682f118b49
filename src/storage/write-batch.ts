import { setImmediate } from 'node:timers/promises';
import { type Kysely, sql, type Transaction } from 'kysely';
import { isDiskFull, noRoomForRecords } from './disk-full.ts';
import type { Tables } from './schema.ts';

/** What one write does. It uses the transaction that it is given and nothing else: any other query would wait for ever. */
export type Write<Result> = (transaction: Transaction<Tables>) => Promise<Result>;

/** Joins writes, because a commit that survives a power cut costs milliseconds however little it writes. */
export interface WriteBatch {
  /**
   * Resolves once the write is on disk. The writes asked for in one tick share one commit, in the order in which they
   * were asked for; each fails alone. Throws `INSUFFICIENT_DISK` when the disk has no room for it.
   */
  write<Result>(work: Write<Result>): Promise<Result>;
  /** Resolves when nothing is waiting any more. */
  idle(): Promise<void>;
}

interface Job {
  work: Write<unknown>;
  resolve(result: unknown): void;
  reject(error: unknown): void;
}

export function createWriteBatch(kysely: Kysely<Tables>): WriteBatch {
  let waiting: Job[] = [];
  let flushing: Promise<void> | null = null;

  async function flush(): Promise<void> {
    while (waiting.length > 0) {
      await setImmediate();
      const jobs = waiting;
      waiting = [];
      await commit(kysely, jobs);
    }
    flushing = null;
  }

  return {
    write: (work) =>
      new Promise((resolve, reject) => {
        waiting.push({ work, resolve: resolve as (result: unknown) => void, reject });
        flushing ??= flush();
      }),
    async idle() {
      await flushing;
    },
  };
}

/** Never rejects: every failure goes to the write that it belongs to. */
async function commit(kysely: Kysely<Tables>, jobs: readonly Job[]): Promise<void> {
  const outcomes: (() => void)[] = [];
  let diskFull: unknown = null;
  try {
    await kysely.transaction().execute(async (transaction) => {
      for (const { work, resolve, reject } of jobs) {
        await sql`savepoint one_write`.execute(transaction);
        try {
          const result = await work(transaction);
          outcomes.push(() => resolve(result));
        } catch (error) {
          // SQLite has rolled everything back itself then, so that what follows fails for another reason.
          if (isDiskFull(error)) diskFull ??= error;
          await sql`rollback to one_write`.execute(transaction);
          outcomes.push(() => reject(isDiskFull(error) ? noRoomForRecords(error) : error));
        }
        await sql`release one_write`.execute(transaction);
      }
    });
  } catch (error) {
    if (isDiskFull(error)) diskFull ??= error;
    for (const { reject } of jobs) reject(diskFull === null ? error : noRoomForRecords(diskFull));
    return;
  }
  for (const settle of outcomes) settle();
}
