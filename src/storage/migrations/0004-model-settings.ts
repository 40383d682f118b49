import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** What a custom model does unless a request says otherwise. */
export const modelSettings: Migration = {
  async up(kysely: Kysely<unknown>): Promise<void> {
    await sql.raw(`alter table models add column settings text not null default '{}'`).execute(kysely);
  },
};
