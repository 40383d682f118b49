import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import { ModelNotFoundError, NameTakenError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';
import { buildFolder, checkFiles, isWhole } from './build-folder.ts';
import { renameDurably } from './durable-files.ts';
import type { Exclusive } from './exclusive.ts';
import { writeManifest } from './manifest.ts';
import type { Model, ModelFile, ModelSettings, ModelSource } from './model.ts';
import { installingPrefix, modelsFolder, removeModelFolder } from './model-folders.ts';
import { manifestOf, totalBytes } from './model-record.ts';
import type { ModelStore } from './model-store.ts';
import { checkName, foldName } from './names.ts';
import { wellKnownModel } from './well-known.ts';

/** Verified files that become a model, or the newer revision of one. */
export interface InstallRequest {
  name: string;
  /** Where the files lie under their paths. The folder is removed once the model is on disk. */
  stagingFolder: string;
  facts: CheckpointFacts;
  files: readonly ModelFile[];
  source: ModelSource;
  revision: string | null;
  /** Left out, those of the entry before stay. */
  settings?: ModelSettings | undefined;
  /** Whether a client made it; left out, as it was before. */
  custom?: boolean | undefined;
  /** Called once the folder is in place, and before it is the name's; has to call `commit`. Where it rejects, nothing is installed. */
  takeOver?: (opening: OpenedInstall) => Promise<void>;
}

/** A folder that is about to become a model's. */
export interface OpenedInstall {
  /** As it will be. */
  model: Model;
  /** Absolute path. */
  folder: string;
  /** Gives the folder to the name. Throws `MODEL_NOT_FOUND` when the entry was removed or renamed meanwhile, `NAME_TAKEN`. */
  commit(): Promise<void>;
}

export interface InstalledModel {
  model: Model;
  /** Absolute path of the folder that the model had before, for the caller to remove when nobody uses it any more. */
  retiredFolder: string | null;
}

export interface InstallOptions {
  store: ModelStore;
  dataFolder: string;
  clock: Clock;
  exclusive: Exclusive;
  findBlob(sha256: string): Promise<string | null>;
}

/**
 * Installs all at once: the folder is built beside the others and renamed when every byte is on disk, then one commit gives
 * it to the name. Killed at any moment, there is the old model or the new one, and the staged files are there until it is the
 * new one. Installing the same files again changes nothing. Throws `INVALID_INPUT`, `NAME_TAKEN`, `INVALID_MODEL_FILE`.
 */
export async function installModel(options: InstallOptions, request: InstallRequest): Promise<InstalledModel> {
  const { dataFolder, exclusive, store } = options;
  checkName(request.name, 'name');
  const files = checkFiles(request.files);
  const same = await sameInstalled(options, request, files);
  if (same) {
    await rm(request.stagingFolder, { recursive: true, force: true });
    return { model: same, retiredFolder: null };
  }
  const root = modelsFolder(dataFolder);
  const folder = randomUUID();
  const building = join(root, `${installingPrefix}${folder}`);
  try {
    await buildFolder({ stagingFolder: request.stagingFolder, target: building, files, findBlob: options.findBlob });
    const opened = await exclusive(async () => {
      const before = await entryOf(store, request.name);
      const model = installedModel(
        before,
        { ...request, files },
        { id: await freeId(store, request.name), folder, now: options.clock.now() },
      );
      await writeManifest(building, manifestOf({ ...model, facts: request.facts }, options.clock.now()));
      await renameDurably(building, join(root, folder));
      return { before, model };
    });
    const installed = await commitOrRemove(options, { ...request, files }, opened);
    await rm(request.stagingFolder, { recursive: true, force: true });
    return installed;
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** Gives the folder to the name in one commit, or removes it. */
async function commitOrRemove(
  { store, dataFolder, exclusive, clock }: InstallOptions,
  request: InstallRequest,
  { before, model }: { before: Model | null; model: Model & { folder: string } },
): Promise<InstalledModel> {
  const folder = join(modelsFolder(dataFolder), model.folder);
  let installed: InstalledModel | null = null;
  const commit = () =>
    exclusive(async () => {
      const present = await entryOf(store, request.name);
      if (before && present?.id !== before.id) throw new ModelNotFoundError({ name: request.name });
      // What a client wrote about it meanwhile is kept.
      const isSame = isDeepStrictEqual(present, before);
      const final = isSame ? model : installedModel(present, request, { id: model.id, folder: model.folder, now: model.createdAt });
      if (!isSame) await writeManifest(folder, manifestOf({ ...final, facts: request.facts }, clock.now()));
      await store.put([final]);
      installed = { model: final, retiredFolder: present?.folder ? join(modelsFolder(dataFolder), present.folder) : null };
    });
  try {
    await (request.takeOver ? request.takeOver({ model, folder, commit }) : commit());
    if (!installed) throw new Error('an install ended without its commit');
    return installed;
  } catch (error) {
    if (installed) throw error;
    await removeModelFolder(dataFolder, model.folder);
    throw error;
  }
}

/** The entry of that name, if there is one. Throws `NAME_TAKEN` for another model's alias. */
async function entryOf(store: ModelStore, name: string): Promise<Model | null> {
  const entry = await store.find(name);
  if (entry && foldName(entry.name) !== foldName(name)) throw new NameTakenError({ takenName: name });
  return entry;
}

function installedModel(
  before: Model | null,
  request: InstallRequest,
  { id, folder, now }: { id: string; folder: string; now: Date },
): Model & { folder: string } {
  const { name, facts, files, source, revision } = request;
  const ownDescription = before && before.description !== before.facts?.description ? before.description : null;
  return {
    id: before?.id ?? id,
    name: before?.name ?? name,
    aliases: before?.aliases ?? [],
    library: facts.library,
    source,
    revision,
    description: ownDescription ?? facts.description,
    facts,
    files: [...files],
    sizeBytes: totalBytes(files),
    folder,
    custom: request.custom ?? before?.custom ?? false,
    card: before?.card ?? wellKnownModel({ name })?.card ?? {},
    settings: request.settings ?? before?.settings ?? {},
    createdAt: before?.createdAt ?? now,
  };
}

/** A well-known model keeps the id that it is listed under. */
async function freeId(store: ModelStore, name: string): Promise<string> {
  const known = wellKnownModel({ name })?.id;
  return known !== undefined && !(await store.getMany([known])).has(known) ? known : randomUUID();
}

/** The model, where a task that was killed between installing and recording it asks for the same once more. */
async function sameInstalled({ store, dataFolder }: InstallOptions, request: InstallRequest, files: ModelFile[]): Promise<Model | null> {
  const model = await store.find(request.name);
  if (!model?.folder || foldName(model.name) !== foldName(request.name)) return null;
  const bySha = (list: readonly ModelFile[]) => list.map(({ path, sha256 }) => `${sha256} ${path}`).sort();
  if (request.settings && !isDeepStrictEqual(model.settings, request.settings)) return null;
  if (model.revision !== request.revision || !isDeepStrictEqual(bySha(model.files), bySha(files))) return null;
  for (const { path, sizeBytes } of model.files)
    if (!(await isWhole(join(modelsFolder(dataFolder), model.folder, path), sizeBytes))) return null;
  return model;
}
