import type { Kysely, Transaction } from 'kysely';
import { sql } from 'kysely';
import type { Database } from '../storage/database.ts';
import { type Page, type PageOf, readPage } from '../storage/page.ts';
import type { Tables, TasksTable } from '../storage/schema.ts';
import type { TaskKind, TaskState } from './task.ts';
import { activeStates, recordFromRow, rowFromRecord, type TaskRecord } from './task-record.ts';

/** Which tasks a list is about; what is absent does not narrow it. */
export interface TaskFilter {
  kind?: TaskKind;
  state?: TaskState;
  /** True: waiting or running; false: ended. */
  active?: boolean;
  modelId?: string;
}

/** The tasks in the database. What writes resolves once it is on disk. */
export interface TaskStore {
  /**
   * Stores a new task, unless an active one has its work key: that one is answered then. What failed
   * and cancelled ones with its work key kept for a retry has to be removed from now on; `superseded` are their ids, newest first.
   */
  insertOrJoin(record: TaskRecord): Promise<{ record: TaskRecord; joined: boolean; superseded: string[] }>;
  /** Replaces a task by what the callback makes of it, in one transaction; the callback may refuse by throwing. Null: no such task. */
  update(id: string, change: (record: TaskRecord, rivals: TaskRecord | null) => TaskRecord): Promise<TaskRecord | null>;
  get(id: string): Promise<TaskRecord | null>;
  getMany(ids: readonly string[]): Promise<Map<string, TaskRecord>>;
  list(filter: TaskFilter, page: Page): Promise<PageOf<TaskRecord>>;
  /** The newest task of that key; null where there is none. */
  newestOf(workKey: string): Promise<TaskRecord | null>;
  /** Tasks that wait or run, oldest first. */
  active(): Promise<TaskRecord[]>;
  activeForModels(modelIds: readonly string[]): Promise<TaskRecord[]>;
  /** Ended tasks whose remains have yet to be removed. */
  uncleaned(): Promise<TaskRecord[]>;
  /** Ended tasks that keep what they gathered for a retry, and ended before a moment. */
  keptSince(before: Date): Promise<TaskRecord[]>;
  /** Ended tasks that are past keeping: ended before a moment, or beyond the newest so many. */
  expired(before: Date, keep: number): Promise<TaskRecord[]>;
  delete(id: string): Promise<void>;
}

type Connection = Kysely<Tables> | Transaction<Tables>;

export function createTaskStore({ kysely, write }: Database): TaskStore {
  const ended = () => kysely.selectFrom('tasks').where('state', 'not in', activeStates);
  const find = async (connection: Connection, id: string) => {
    const row = await connection.selectFrom('tasks').selectAll().where('id', '=', id).executeTakeFirst();
    return row ? recordFromRow(row) : null;
  };

  return {
    insertOrJoin: (record) =>
      write(async (transaction) => {
        const same = await findActiveWork(transaction, record.workKey);
        if (same) return { record: same, joined: true, superseded: [] };
        await transaction.insertInto('tasks').values(rowFromRecord(record)).execute();
        const kept = transaction.selectFrom('tasks').select('id').where('work_key', '=', record.workKey).where('clean_up', '=', 'NONE');
        const rows = await kept.where('state', 'in', ['FAILED', 'CANCELED']).orderBy('position', 'desc').execute();
        const superseded = rows.map(({ id }) => id);
        await transaction.updateTable('tasks').set({ clean_up: 'PENDING' }).where('id', 'in', listed(superseded)).execute();
        return { record, joined: false, superseded };
      }),
    update: (id, change) =>
      write(async (transaction) => {
        const before = await find(transaction, id);
        if (!before) return null;
        const rival = await findActiveWork(transaction, before.workKey);
        const after = change(before, rival?.id === id ? null : rival);
        if (after !== before) await transaction.updateTable('tasks').set(rowFromRecord(after)).where('id', '=', id).execute();
        return after;
      }),
    get: (id) => find(kysely, id),
    async getMany(ids) {
      const rows = await kysely.selectFrom('tasks').selectAll().where('id', 'in', listed(ids)).execute();
      return new Map(rows.map((row) => [row.id, recordFromRow(row)]));
    },
    async list({ kind, state, active, modelId }, page) {
      const matching = () => {
        let query = kysely.selectFrom('tasks');
        if (kind !== undefined) query = query.where('kind', '=', kind);
        if (state !== undefined) query = query.where('state', '=', state);
        if (active !== undefined) query = query.where('state', active ? 'in' : 'not in', activeStates);
        if (modelId !== undefined) query = query.where('model_id', '=', modelId);
        return query;
      };
      const { rows, ...around } = await readPage<TasksTable & { position: number }>(matching, page);
      return { ...around, items: rows.map((row) => ({ item: recordFromRow(row), position: row.position })) };
    },
    async active() {
      const rows = await kysely.selectFrom('tasks').selectAll().where('state', 'in', activeStates).orderBy('position').execute();
      return rows.map(recordFromRow);
    },
    async newestOf(workKey) {
      const query = kysely.selectFrom('tasks').selectAll().where('work_key', '=', workKey);
      const row = await query.orderBy('position', 'desc').limit(1).executeTakeFirst();
      return row ? recordFromRow(row) : null;
    },
    async activeForModels(modelIds) {
      const query = kysely.selectFrom('tasks').selectAll().where('state', 'in', activeStates).where('model_id', 'in', listed(modelIds));
      return (await query.orderBy('position').execute()).map(recordFromRow);
    },
    async uncleaned() {
      return (await ended().selectAll().where('clean_up', '=', 'PENDING').execute()).map(recordFromRow);
    },
    async keptSince(before) {
      const kept = ended().selectAll().where('clean_up', '=', 'NONE').where('state', 'in', ['FAILED', 'CANCELED']);
      return (await kept.where('finished_at', '<', before.toISOString()).execute()).map(recordFromRow);
    },
    async expired(before, keep) {
      const old = await ended().selectAll().where('finished_at', '<', before.toISOString()).execute();
      const surplus = await ended().selectAll().orderBy('position', 'desc').limit(10_000).offset(keep).execute();
      return [...new Map([...old, ...surplus].map((row) => [row.id, recordFromRow(row)])).values()];
    },
    async delete(id) {
      // One that a retry made active in the meantime stays.
      await write((transaction) => transaction.deleteFrom('tasks').where('id', '=', id).where('state', 'not in', activeStates).execute());
    },
  };
}

async function findActiveWork(connection: Connection, workKey: string | null): Promise<TaskRecord | null> {
  if (workKey === null) return null;
  const query = connection.selectFrom('tasks').selectAll().where('work_key', '=', workKey).where('state', 'in', activeStates);
  const row = await query.executeTakeFirst();
  return row ? recordFromRow(row) : null;
}

/** A list of any length as one parameter: SQLite limits how many there may be. */
function listed(values: readonly string[]) {
  return sql<string>`(select value from json_each(${JSON.stringify(values)}))`;
}
