import { type Kysely, sql, type Transaction } from 'kysely';
import { NameTakenError } from '../errors.ts';
import type { Database } from '../storage/database.ts';
import { type Page, type PageOf, readPage } from '../storage/page.ts';
import type { ModelsTable, Tables } from '../storage/schema.ts';
import type { Model, ModelFilter } from './model.ts';
import { modelFromRow, rowFromModel } from './model-record.ts';
import { foldName } from './names.ts';

/** Conditions on a list of models; what is absent or undefined does not narrow it. */
export type ModelConditions = { [Key in keyof ModelFilter]?: ModelFilter[Key] | undefined } & {
  ids?: readonly string[] | undefined;
  exceptIds?: readonly string[] | undefined;
};

/** The models in the database. What writes resolves once it is on disk. */
export interface ModelStore {
  find(nameOrAlias: string): Promise<Model | null>;
  getMany(ids: readonly string[]): Promise<Map<string, Model>>;
  list(conditions: ModelConditions, page: Page): Promise<PageOf<Model>>;
  all(): Promise<Model[]>;
  /** Every name and alias. */
  names(): Promise<string[]>;
  /** Stores models, new or not, with their names. Throws `NAME_TAKEN`; then none of them is stored. */
  put(models: readonly Model[]): Promise<void>;
  delete(id: string): Promise<void>;
  /** Folders and paths of installed files with this content. */
  filesWith(sha256: string): Promise<{ folder: string; path: string; sizeBytes: number }[]>;
  /** Whether the folders on disk were taken into the database once. */
  isCatalogued(): Promise<boolean>;
  /** Stores models found on disk and that they were looked for: both or neither. */
  putCatalogued(models: readonly Model[]): Promise<void>;
}

type Connection = Kysely<Tables> | Transaction<Tables>;

export function createModelStore({ kysely, write }: Database): ModelStore {
  async function withNames(rows: readonly (Omit<ModelsTable, 'position'> & { position: number })[]): Promise<Model[]> {
    const aliases = await kysely
      .selectFrom('model_names')
      .select(['model_id', 'name'])
      .where('alias', '=', 1)
      .where('model_id', 'in', listed(rows.map(({ id }) => id)))
      .orderBy('folded_name')
      .execute();
    const byModel = Map.groupBy(aliases, ({ model_id }) => model_id);
    return rows.map((row) =>
      modelFromRow(
        row,
        (byModel.get(row.id) ?? []).map(({ name }) => name),
      ),
    );
  }

  const select = (conditions: ModelConditions) => narrowed(kysely, conditions);

  return {
    async find(nameOrAlias) {
      const named = kysely.selectFrom('model_names').select('model_id').where('folded_name', '=', foldName(nameOrAlias));
      const rows = await kysely.selectFrom('models').selectAll().where('id', '=', named).execute();
      return (await withNames(rows))[0] ?? null;
    },
    async getMany(ids) {
      const rows = await select({ ids }).selectAll().execute();
      return new Map((await withNames(rows)).map((model) => [model.id, model]));
    },
    async list(conditions, page) {
      const { rows, ...around } = await readPage<ModelsTable & { position: number }>(() => select(conditions), page);
      const models = await withNames(rows);
      return { ...around, items: models.map((item, index) => ({ item, position: rows[index]?.position ?? 0 })) };
    },
    async all() {
      return withNames(await kysely.selectFrom('models').selectAll().orderBy('position').execute());
    },
    async names() {
      return (await kysely.selectFrom('model_names').select('name').execute()).map(({ name }) => name);
    },
    put: (models) => write((transaction) => putAll(transaction, models)),
    async delete(id) {
      await write((transaction) => transaction.deleteFrom('models').where('id', '=', id).execute());
    },
    async filesWith(sha256) {
      const { rows } = await sql<{ folder: string; path: string; sizeBytes: number }>`
        select models.folder as folder, file.value ->> 'path' as path, file.value ->> 'sizeBytes' as sizeBytes
        from models, json_each(models.files) as file
        where models.folder is not null and file.value ->> 'sha256' = ${sha256}`.execute(kysely);
      return rows;
    },
    async isCatalogued() {
      const fact = await kysely.selectFrom('state_facts').select('value').where('name', '=', 'catalogued').executeTakeFirst();
      return fact !== undefined;
    },
    putCatalogued: (models) =>
      write(async (transaction) => {
        await putAll(transaction, models);
        const fact = { name: 'catalogued', value: '1' };
        await transaction
          .insertInto('state_facts')
          .values(fact)
          .onConflict((conflict) => conflict.doNothing())
          .execute();
      }),
  };
}

async function putAll(transaction: Transaction<Tables>, models: readonly Model[]): Promise<void> {
  for (const model of models) {
    const row = rowFromModel(model);
    await transaction
      .insertInto('models')
      .values(row)
      .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
      .execute();
    await transaction.deleteFrom('model_names').where('model_id', '=', model.id).execute();
    for (const [index, name] of [model.name, ...model.aliases].entries()) {
      const entry = { folded_name: foldName(name), name, model_id: model.id, alias: index === 0 ? 0 : 1 };
      const inserted = await transaction
        .insertInto('model_names')
        .values(entry)
        .onConflict((conflict) => conflict.doNothing())
        .executeTakeFirst();
      if (inserted.numInsertedOrUpdatedRows !== 1n) throw new NameTakenError({ takenName: name });
    }
  }
}

function narrowed(kysely: Connection, { installed, library, capability, nameContains, ids, exceptIds }: ModelConditions) {
  let query = kysely.selectFrom('models');
  if (installed !== undefined) query = query.where('folder', installed ? 'is not' : 'is', null);
  if (library !== undefined) query = query.where('library', '=', library);
  if (ids !== undefined) query = query.where('id', 'in', listed(ids));
  if (exceptIds !== undefined) query = query.where('id', 'not in', listed(exceptIds));
  if (capability !== undefined)
    query = query.where(sql<boolean>`exists (select 1 from json_each(models.facts, '$.capabilities') where value = ${capability})`);
  if (nameContains !== undefined)
    query = query.where(
      sql<boolean>`exists (select 1 from model_names where model_id = models.id and alias = 0 and instr(folded_name, ${foldName(nameContains)}) > 0)`,
    );
  return query;
}

/** A list of any length as one parameter: SQLite limits how many there may be. */
function listed(values: readonly string[]) {
  return sql<string>`(select value from json_each(${JSON.stringify(values)}))`;
}
