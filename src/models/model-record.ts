import type { Insertable, Selectable } from 'kysely';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { ModelsTable } from '../storage/schema.ts';
import type { Manifest, Model, ModelFile } from './model.ts';

export function modelFromRow(row: Selectable<ModelsTable>, aliases: string[]): Model {
  const facts: Model['facts'] = row.facts === null ? null : JSON.parse(row.facts);
  return {
    id: row.id,
    name: row.name,
    aliases,
    library: row.library as ModelLibrary | null,
    source: JSON.parse(row.source),
    revision: row.revision,
    description: row.description ?? facts?.description ?? null,
    facts,
    files: JSON.parse(row.files),
    sizeBytes: row.size_bytes,
    folder: row.folder,
    custom: row.custom === 1,
    card: JSON.parse(row.card),
    settings: JSON.parse(row.settings),
    createdAt: new Date(row.created_at),
  };
}

/** The row of a model. The description is stored only where a client wrote it: the facts' own changes with the files. */
export function rowFromModel(model: Model): Insertable<ModelsTable> {
  return {
    id: model.id,
    name: model.name,
    library: model.library,
    source: JSON.stringify(model.source),
    revision: model.revision,
    description: ownDescription(model),
    facts: model.facts === null ? null : JSON.stringify(model.facts),
    files: JSON.stringify(model.files),
    size_bytes: model.sizeBytes,
    folder: model.folder,
    custom: model.custom ? 1 : 0,
    card: JSON.stringify(model.card),
    settings: JSON.stringify(model.settings),
    created_at: model.createdAt.toISOString(),
  };
}

/** What lies beside the files of an installed model. */
export function manifestOf(model: Model & { facts: NonNullable<Model['facts']> }, installedAt: Date): Manifest {
  return {
    version: 1,
    id: model.id,
    name: model.name,
    aliases: model.aliases,
    source: model.source,
    revision: model.revision,
    description: ownDescription(model),
    facts: model.facts,
    files: model.files,
    custom: model.custom,
    card: model.card,
    settings: model.settings,
    createdAt: model.createdAt.toISOString(),
    installedAt: installedAt.toISOString(),
  };
}

/** The model that a manifest in a folder describes. */
export function modelFromManifest(manifest: Manifest, folder: string): Model {
  return {
    id: manifest.id,
    name: manifest.name,
    aliases: manifest.aliases,
    library: manifest.facts.library,
    source: manifest.source,
    revision: manifest.revision,
    description: manifest.description ?? manifest.facts.description,
    facts: manifest.facts,
    files: manifest.files,
    sizeBytes: totalBytes(manifest.files),
    folder,
    custom: manifest.custom,
    card: manifest.card,
    settings: manifest.settings ?? {},
    createdAt: new Date(manifest.createdAt),
  };
}

/** The entry that is left when the files go. */
export function withoutFiles(model: Model): Model {
  return { ...model, description: ownDescription(model), facts: null, files: [], sizeBytes: 0, folder: null, revision: null };
}

export function totalBytes(files: readonly ModelFile[]): number {
  return files.reduce((total, { sizeBytes }) => total + sizeBytes, 0);
}

function ownDescription({ description, facts }: Model): string | null {
  return description === facts?.description ? null : description;
}
