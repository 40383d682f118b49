import { mkdir, readdir, rename, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import type { Clock } from '../clock.ts';
import type { Log } from '../log.ts';
import { isWhole } from './build-folder.ts';
import { manifestName, readManifest, writeManifest } from './manifest.ts';
import type { Manifest, Model } from './model.ts';
import {
  damagedPrefix,
  installingPrefix,
  modelsFolder,
  partialFolder,
  partialsFolder,
  removeModelFolder,
  removingPrefix,
} from './model-folders.ts';
import { manifestOf, modelFromManifest, withoutFiles } from './model-record.ts';
import type { ModelStore } from './model-store.ts';
import { foldName, isUuid } from './names.ts';

export interface ReconcileOptions {
  store: ModelStore;
  dataFolder: string;
  clock: Clock;
  log: Log | undefined;
}

/**
 * Makes the folders on disk and the database agree again, at start, whatever moment the last process ended at. Half-built and
 * half-removed folders go. A database that has never seen the folders (new, or lost) takes them in by their manifests, and what
 * tasks had begun goes;
 * otherwise a folder that no model has goes. A model whose folder is missing is an entry without files.
 */
export async function reconcile(options: ReconcileOptions): Promise<void> {
  const { store, dataFolder, log } = options;
  const root = modelsFolder(dataFolder);
  await mkdir(root, { recursive: true, mode: 0o700 });
  await mkdir(partialsFolder(dataFolder), { recursive: true, mode: 0o700 });
  for (const name of await readdir(root))
    if (name.startsWith(installingPrefix) || name.startsWith(removingPrefix)) await rm(join(root, name), { recursive: true, force: true });

  if (await store.isCatalogued()) await removeUnowned(options);
  else {
    // Tasks are only in the database: with a new one, nobody goes on with what these began.
    for (const name of await readdir(partialsFolder(dataFolder)))
      await rm(partialFolder(dataFolder, name), { recursive: true, force: true });
    await rebuild(options);
  }

  for (const model of await store.all()) {
    if (model.folder === null) continue;
    const isThere = await stat(join(root, model.folder)).then(
      (found) => found.isDirectory(),
      () => false,
    );
    if (!isThere) {
      log?.warn({ model: model.name }, 'the files of a model are gone; its entry is kept');
      await store.put([withoutFiles(model)]);
    } else await mendManifest(options, model);
  }
}

async function removeUnowned({ store, dataFolder, log }: ReconcileOptions): Promise<void> {
  const owned = new Set((await store.all()).map(({ folder }) => folder));
  for (const folder of await modelFolders(dataFolder)) {
    if (owned.has(folder)) continue;
    log?.info({ folder }, 'a folder that no model has is removed');
    await removeModelFolder(dataFolder, folder);
  }
}

async function rebuild({ store, dataFolder, log }: ReconcileOptions): Promise<void> {
  const known = await store.all();
  const owned = new Set(known.map(({ folder }) => folder));
  const found: { folder: string; manifest: Manifest }[] = [];
  for (const folder of await modelFolders(dataFolder)) {
    if (owned.has(folder)) continue;
    const path = join(modelsFolder(dataFolder), folder);
    const manifest = await readManifest(path);
    if (manifest && (await areFilesWhole(path, manifest))) found.push({ folder, manifest });
    else {
      log?.warn({ folder }, 'a folder without a manifest that fits its files is put aside');
      await rename(path, join(modelsFolder(dataFolder), `${damagedPrefix}${folder}`));
    }
  }
  // Of two folders of one model the later counts; the other, like one whose name is taken, goes at the next start.
  found.sort((a, b) => b.manifest.installedAt.localeCompare(a.manifest.installedAt));
  const ids = new Set(known.map(({ id }) => id));
  const names = new Set((await store.names()).map(foldName));
  const models: Model[] = [];
  for (const { folder, manifest } of found) {
    if (ids.has(manifest.id) || names.has(foldName(manifest.name))) continue;
    const aliases = manifest.aliases.filter((alias) => !names.has(foldName(alias)));
    ids.add(manifest.id);
    for (const name of [manifest.name, ...aliases]) names.add(foldName(name));
    models.push(modelFromManifest({ ...manifest, aliases }, folder));
  }
  models.sort((a, b) => a.createdAt.getTime() - b.createdAt.getTime());
  await store.putCatalogued(models);
  if (models.length > 0) log?.info({ count: models.length }, 'models were found by their manifests');
}

/** A crash between the database and the file leaves an older manifest. */
async function mendManifest({ dataFolder, clock }: ReconcileOptions, model: Model): Promise<void> {
  if (model.folder === null || model.facts === null) return;
  const folder = join(modelsFolder(dataFolder), model.folder);
  const manifest = await readManifest(folder);
  const wanted = manifestOf({ ...model, facts: model.facts }, manifest ? new Date(manifest.installedAt) : clock.now());
  if (!isDeepStrictEqual(manifest, wanted)) await writeManifest(folder, wanted);
}

async function modelFolders(dataFolder: string): Promise<string[]> {
  const entries = await readdir(modelsFolder(dataFolder), { withFileTypes: true });
  return entries.filter((entry) => entry.isDirectory() && isUuid(entry.name)).map(({ name }) => name);
}

async function areFilesWhole(folder: string, { files }: Manifest): Promise<boolean> {
  for (const { path, sizeBytes } of files) if (path === manifestName || !(await isWhole(join(folder, path), sizeBytes))) return false;
  return true;
}
