import { InvalidInputError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { Catalogue } from '../models/catalogue.ts';
import type { Model } from '../models/model.ts';
import { foldName } from '../models/names.ts';
import type { Task } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import { type FetchInput, type FetchJournal, type FetchSource, fetchSteps } from './fetch-steps.ts';
import { requireRequestedName } from './requested-name.ts';
import { removeStaging } from './staging.ts';

export interface DownloadModelRequest {
  source?: { repository: string; revision: string } | undefined;
  urls?: { path: string; url: string }[] | undefined;
  /** A registered or well-known model, which is fetched from its own source. */
  id?: string | undefined;
  /** Default: the repository's name. */
  name?: string | undefined;
  library?: ModelLibrary | undefined;
}

/** DOWNLOAD: a hub's repository, or files from addresses, becomes an installed model. Goes on by itself after a restart. */
export function defineDownload(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<FetchInput, FetchJournal>('DOWNLOAD', {
    resumesByItself: true,
    concurrency: 4,
    steps: fetchSteps<FetchInput>(lifecycle),
    cleanUp: (context) => removeStaging(lifecycle, context.taskId),
  });
}

/** Starts a download, or joins the one that does the same work. Throws INVALID_INPUT, MODEL_NOT_FOUND, NAME_TAKEN. */
export async function downloadModel(lifecycle: LifecycleContext, request: DownloadModelRequest): Promise<Task> {
  const { catalogue } = lifecycle;
  const entry = request.id === undefined ? null : await catalogue.require({ id: request.id });
  const source = entry ? sourceOf(entry, request) : fetchSource(request);
  const name = entry?.name ?? request.name ?? (source.type === 'hub' ? repositoryName(source.repository) : undefined);
  if (name === undefined)
    throw new InvalidInputError({ field: 'input.name', message: 'expected a name, because urls have none of their own.' });
  await requireRequestedName(catalogue, name, source.type === 'hub' ? source : { type: 'urls', urls: {} });
  const input: FetchInput = { name, library: request.library ?? null, source };
  const { task } = await lifecycle.tasks.start({
    kind: 'DOWNLOAD',
    input,
    ...(await modelOfTask(catalogue, entry, name)),
    workKey: `download:${foldName(name)}:${JSON.stringify(source)}`,
  });
  return task;
}

/** Ties the task to the entry that its files will belong to, where there is one already. */
async function modelOfTask(catalogue: Catalogue, entry: Model | null, name: string): Promise<{ modelId?: string }> {
  const model = entry ?? (await catalogue.find(name));
  return model ? { modelId: model.id } : {};
}

function sourceOf({ name, source }: Model, { source: given, urls }: DownloadModelRequest): FetchSource {
  if (given || urls) throw new InvalidInputError({ field: 'input.id', message: 'expected an id alone, without source or urls.' });
  if (source.type === 'hub') return { ...source, repository: repositoryName(source.repository) };
  if (source.type === 'urls') return { type: 'urls', files: Object.entries(source.urls).map(([path, url]) => ({ path, url })) };
  throw new InvalidInputError({
    field: 'input.id',
    message: `model ${JSON.stringify(name)} names no source that it could be fetched from.`,
  });
}

/** `hf-hub:` is how open_clip writes that a name is a hub's repository. */
export function repositoryName(repository: string): string {
  return repository.replace(/^hf-hub:/, '');
}

function fetchSource({ source, urls }: DownloadModelRequest): FetchSource {
  if ((source === undefined) === (urls === undefined)) {
    throw new InvalidInputError({
      field: 'input.source',
      message: `expected exactly one of source and urls, got ${source ? 'both' : 'neither'}.`,
    });
  }
  if (source) return { type: 'hub', repository: repositoryName(source.repository), revision: source.revision };
  return { type: 'urls', files: urls ?? [] };
}
