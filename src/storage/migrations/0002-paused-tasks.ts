import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** A paused task is active: whoever asks for the same work joins it, and it is found among the active ones. */
export const pausedTasks: Migration = {
  async up(kysely: Kysely<unknown>): Promise<void> {
    const run = (text: string) => sql.raw(text).execute(kysely);
    const active = `where state in ('QUEUED', 'RUNNING', 'PAUSED')`;
    await run('drop index tasks_active_work');
    await run('drop index tasks_active');
    await run(`create unique index tasks_active_work on tasks (work_key) ${active}`);
    await run(`create index tasks_active on tasks (position) ${active}`);
  },
};
