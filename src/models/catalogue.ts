import { randomUUID } from 'node:crypto';
import { join, resolve } from 'node:path';
import type { Clock } from '../clock.ts';
import { InvalidInputError, ModelNotFoundError, NameTakenError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { Log } from '../log.ts';
import type { Database } from '../storage/database.ts';
import type { Page, PageOf } from '../storage/page.ts';
import { isWhole } from './build-folder.ts';
import { createExclusive } from './exclusive.ts';
import { type InstalledModel, type InstallRequest, installModel } from './install.ts';
import { readManifest, writeManifest } from './manifest.ts';
import type { Model, ModelCard, ModelSettings, ModelSource, ModelUse } from './model.ts';
import { modelsFolder, removeModelFolder } from './model-folders.ts';
import { manifestOf, withoutFiles } from './model-record.ts';
import { createModelStore, type ModelConditions } from './model-store.ts';
import { moveAlias } from './move-alias.ts';
import { suggestNames } from './name-suggestions.ts';
import { checkAliases, checkName, foldName } from './names.ts';
import { openClipRepositories, requireOneCheckpoint, withoutHubPrefix } from './open-clip-names.ts';
import { reconcile } from './reconcile.ts';
import { wellKnownModel, wellKnownModels } from './well-known.ts';

/** A name or alias, or an id: exactly one. */
export interface ModelReference {
  name?: string | undefined;
  id?: string | undefined;
}

/** An entry to make without files. */
export interface RegisterRequest {
  name: string;
  source: ModelSource;
  library?: ModelLibrary | undefined;
  description?: string | undefined;
  card?: ModelCard | undefined;
  aliases?: readonly string[] | undefined;
  custom: boolean;
}

/** What may change of an entry; what is absent stays. */
export interface ModelChanges {
  newName?: string | undefined;
  description?: string | undefined;
  /** Takes the place of the whole card. */
  card?: ModelCard | undefined;
  /** Takes the place of all aliases. */
  aliases?: readonly string[] | undefined;
  source?: ModelSource | undefined;
  /** Takes the place of all settings. */
  settings?: ModelSettings | undefined;
}

/** The models of this server: their entries in the database, their folders on disk. */
export interface Catalogue {
  /** By name or alias, or by open_clip's name of a checkpoint. */
  find(nameOrAlias: string): Promise<Model | null>;
  get(id: string): Promise<Model | null>;
  /** One entry an id, in order; null where there is no such model. */
  getMany(ids: readonly string[]): Promise<(Model | null)[]>;
  list(conditions: ModelConditions, page: Page): Promise<PageOf<Model>>;
  /** The well-known models that have no entry here; an id of one is found all the same. */
  wellKnown(): Promise<Model[]>;
  /**
   * Throws `MODEL_NOT_FOUND` with suggestions, `INVALID_INPUT` unless exactly one of name and id is given, or for open_clip's name of
   * an architecture that has several checkpoints.
   */
  require(reference: ModelReference): Promise<Model>;
  /** Names of stored models that are spelt alike, best first. */
  suggest(name: string): Promise<string[]>;
  /** Makes an entry without files. Throws `INVALID_INPUT`, `NAME_TAKEN`. */
  register(request: RegisterRequest): Promise<Model>;
  /** Makes verified files a model, or the newer revision of the one of that name; see `installModel`. */
  install(request: InstallRequest): Promise<InstalledModel>;
  /** Throws `MODEL_NOT_FOUND`, `INVALID_INPUT`, `NAME_TAKEN`. */
  update(id: string, changes: ModelChanges): Promise<Model>;
  /** Makes an alias this model's, whose ever it was. Throws `MODEL_NOT_FOUND`, `INVALID_INPUT`, `NAME_TAKEN` for a model's own name. */
  moveAlias(id: string, alias: string): Promise<Model>;
  /** Counts each use once more. Throws `MODEL_NOT_FOUND`. */
  score(id: string, uses: readonly ModelUse[]): Promise<Model>;
  /** Removes the files and keeps the entry. No effect where there is none. */
  removeFiles(id: string): Promise<void>;
  /** Removes files and entry. No effect where there is none. */
  remove(id: string): Promise<void>;
  /** Absolute path of an installed model's folder. Throws `INVALID_INPUT` for one without files. */
  folderOf(model: Pick<Model, 'name' | 'folder'>): string;
  /** Absolute path of an installed file with that content, to link to; null where no model has it. */
  findBlob(sha256: string): Promise<string | null>;
  /** Calls back after each change of a model's entry or files, and after its removal. Answers a function that ends it. */
  onChange(listener: (modelId: string) => void): () => void;
  /** Once at start: makes folders and database agree; see `reconcile`. */
  reconcile(): Promise<void>;
}

export interface CatalogueOptions {
  database: Database;
  dataFolder: string;
  clock: Clock;
  log?: Log;
}

export function createCatalogue({ database, dataFolder, clock, log }: CatalogueOptions): Catalogue {
  const root = resolve(dataFolder);
  const store = createModelStore(database);
  const exclusive = createExclusive();
  const listeners = new Set<(modelId: string) => void>();

  function changed(modelId: string): void {
    for (const listener of [...listeners]) {
      try {
        listener(modelId);
      } catch (error) {
        log?.error({ err: error, modelId }, 'a listener to model changes failed');
      }
    }
  }

  async function getMany(ids: readonly string[]): Promise<(Model | null)[]> {
    const models = await store.getMany(ids);
    return Promise.all(ids.map((id) => models.get(id) ?? unlisted(wellKnownModel({ id }))));
  }

  /** A well-known model, unless an entry here has its name. */
  async function unlisted(model: Model | null): Promise<Model | null> {
    return model && (await store.find(model.name)) === null ? model : null;
  }

  async function get(id: string): Promise<Model | null> {
    return (await getMany([id]))[0] ?? null;
  }

  /** A name or alias; else what open_clip's name of a checkpoint means, where that is one. */
  async function find(name: string): Promise<Model | null> {
    const stored = await store.find(name);
    if (stored) return stored;
    const [repository = withoutHubPrefix(name), ...others] = openClipRepositories(name);
    return repository === name || others.length > 0 ? null : store.find(repository);
  }

  async function requireFree(names: readonly string[], modelId: string | null): Promise<void> {
    for (const name of names) {
      const holder = await store.find(name);
      if (holder && holder.id !== modelId) throw new NameTakenError({ takenName: name });
    }
  }

  async function suggest(name: string): Promise<string[]> {
    return suggestNames(name, await store.names());
  }

  /** Changes an entry, and what lies beside its files; one change at a time. */
  async function change(id: string, changesOf: (before: Model) => Partial<Model>): Promise<Model> {
    const model = await exclusive(async () => {
      const before = await get(id);
      if (!before) throw new ModelNotFoundError({ name: id });
      const after: Model = { ...before, ...changesOf(before) };
      await requireFree([after.name, ...after.aliases], id);
      await store.put([after]);
      await writeEntry(after);
      return after;
    });
    changed(id);
    return model;
  }

  /** What lies beside its files says the same as its entry. */
  async function writeEntry(model: Model): Promise<void> {
    if (!model.folder || !model.facts) return;
    const folder = join(modelsFolder(root), model.folder);
    const manifest = await readManifest(folder);
    await writeManifest(folder, manifestOf({ ...model, facts: model.facts }, manifest ? new Date(manifest.installedAt) : clock.now()));
  }

  async function findBlob(sha256: string): Promise<string | null> {
    for (const { folder, path, sizeBytes } of await store.filesWith(sha256)) {
      const file = join(modelsFolder(root), folder, path);
      if (await isWhole(file, sizeBytes)) return file;
    }
    return null;
  }

  return {
    find,
    get,
    getMany,
    list: store.list,
    async wellKnown() {
      const taken = new Set((await store.names()).map(foldName));
      return wellKnownModels().filter(({ name }) => !taken.has(foldName(name)));
    },
    async require({ name, id }) {
      if ((name === undefined) === (id === undefined))
        throw new InvalidInputError({
          field: 'name',
          message: `expected exactly one of name and id, got ${name === undefined ? 'neither' : 'both'}.`,
        });
      const model = name === undefined ? await get((id ?? '').toLowerCase()) : await find(name);
      if (!model && name !== undefined) requireOneCheckpoint(name, 'name');
      if (!model) throw new ModelNotFoundError({ name: name ?? id ?? '', suggestions: name === undefined ? [] : await suggest(name) });
      return model;
    },
    suggest,
    async register({ name, source, library = undefined, description, card = {}, aliases = [], custom }) {
      checkName(name, 'name');
      checkAliases(aliases);
      const model: Model = {
        id: randomUUID(),
        name,
        aliases: aliases.filter((alias) => foldName(alias) !== foldName(name)),
        library: library ?? null,
        source,
        revision: null,
        description: description ?? null,
        facts: null,
        files: [],
        sizeBytes: 0,
        folder: null,
        custom,
        card,
        settings: {},
        createdAt: clock.now(),
      };
      await exclusive(async () => {
        await requireFree([name, ...aliases], null);
        await store.put([model]);
      });
      changed(model.id);
      return model;
    },
    async install(request) {
      const installed = await installModel({ store, dataFolder: root, clock, exclusive, findBlob }, request);
      changed(installed.model.id);
      return installed;
    },
    async update(id, { newName, description, card, aliases, source, settings }) {
      if (newName !== undefined) checkName(newName, 'newName');
      if (aliases !== undefined) checkAliases(aliases);
      return change(id, (before) => {
        const name = newName ?? before.name;
        const others = (aliases ?? before.aliases).filter((alias) => foldName(alias) !== foldName(name));
        return {
          name,
          aliases: others,
          description: description ?? before.description,
          card: card ?? before.card,
          source: source ?? before.source,
          settings: settings ?? before.settings,
        };
      });
    },
    async moveAlias(id, alias) {
      checkAliases([alias]);
      const { model, before } = await exclusive(() => moveAlias(store, id, alias));
      for (const changedModel of [model, ...(before ? [before] : [])]) {
        if (changedModel.folder) await writeEntry(changedModel);
        changed(changedModel.id);
      }
      return model;
    },
    score: (id, uses) =>
      change(id, ({ card }) => {
        const score = { ...card.score };
        for (const use of new Set(uses)) score[use] = (score[use] ?? 0) + 1;
        return { card: { ...card, score } };
      }),
    async removeFiles(id) {
      await exclusive(async () => {
        const model = await get(id);
        if (!model?.folder) return;
        await store.put([withoutFiles(model)]);
        await removeModelFolder(root, model.folder);
      });
      changed(id);
    },
    async remove(id) {
      await exclusive(async () => {
        const model = await get(id);
        if (!model) return;
        await store.delete(id);
        if (model.folder) await removeModelFolder(root, model.folder);
      });
      changed(id);
    },
    folderOf({ name, folder }) {
      if (folder === null) throw new InvalidInputError({ field: 'model', message: `${JSON.stringify(name)} has no files here yet.` });
      return join(modelsFolder(root), folder);
    },
    findBlob,
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    reconcile: () => exclusive(() => reconcile({ store, dataFolder: root, clock, log })),
  };
}
