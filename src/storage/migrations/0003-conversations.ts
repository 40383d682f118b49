import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** One conversation a model: what was said so far, and by whom. */
export const conversations: Migration = {
  async up(kysely: Kysely<unknown>): Promise<void> {
    await sql
      .raw(`create table conversations (
      model_id text primary key references models (id) on delete cascade,
      system text,
      messages text not null,
      updated_at text not null
    ) strict, without rowid`)
      .execute(kysely);
  },
};
