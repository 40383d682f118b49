import { type Kysely, sql } from 'kysely';
import type { Migration } from 'kysely/migration';

/** Models with their names, tasks with their journals. */
export const initial: Migration = {
  async up(kysely: Kysely<unknown>): Promise<void> {
    const run = (text: string) => sql.raw(text).execute(kysely);
    await run(`create table state_facts (name text primary key, value text not null) strict`);
    await run(`create table models (
      position integer primary key autoincrement,
      id text not null unique,
      name text not null,
      library text,
      source text not null,
      revision text,
      description text,
      facts text,
      files text not null,
      size_bytes integer not null,
      folder text unique,
      custom integer not null,
      card text not null,
      created_at text not null
    ) strict`);
    await run(`create table model_names (
      folded_name text primary key,
      name text not null,
      model_id text not null references models (id) on delete cascade,
      alias integer not null
    ) strict, without rowid`);
    await run(`create index model_names_of_model on model_names (model_id)`);
    await run(`create table tasks (
      position integer primary key autoincrement,
      id text not null unique,
      kind text not null,
      state text not null,
      model_id text,
      work_key text,
      input text not null,
      steps text not null,
      journal text not null,
      error text,
      clean_up text not null,
      attempt integer not null,
      resumptions integer not null,
      created_at text not null,
      started_at text,
      finished_at text
    ) strict`);
    await run(`create unique index tasks_active_work on tasks (work_key) where state in ('QUEUED', 'RUNNING')`);
    await run(`create index tasks_active on tasks (position) where state in ('QUEUED', 'RUNNING')`);
    await run(`create index tasks_of_model on tasks (model_id, position)`);
    await run(`create index tasks_of_state on tasks (state, position)`);
    await run(`create index tasks_of_kind on tasks (kind, position)`);
    await run(`create index tasks_finished on tasks (finished_at)`);
  },
};
