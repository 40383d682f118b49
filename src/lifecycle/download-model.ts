import { InvalidInputError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import { foldName } from '../models/names.ts';
import type { Task } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import { type FetchInput, type FetchJournal, type FetchSource, fetchSteps } from './fetch-steps.ts';
import { requireRequestedName } from './requested-name.ts';
import { removeStaging } from './staging.ts';

export interface DownloadModelRequest {
  source?: { repository: string; revision: string } | undefined;
  urls?: { path: string; url: string }[] | undefined;
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

/** Starts a download, or joins the one that does the same work. Throws INVALID_INPUT, NAME_TAKEN. */
export async function downloadModel(lifecycle: LifecycleContext, request: DownloadModelRequest): Promise<Task> {
  const source = fetchSource(request);
  const name = request.name ?? (source.type === 'hub' ? repositoryName(source.repository) : undefined);
  if (name === undefined)
    throw new InvalidInputError({ field: 'input.name', message: 'expected a name, because urls have none of their own.' });
  await requireRequestedName(lifecycle.catalogue, name, source.type === 'hub' ? source : { type: 'urls', urls: {} });
  const input: FetchInput = { name, library: request.library ?? null, source };
  const { task } = await lifecycle.tasks.start({
    kind: 'DOWNLOAD',
    input,
    workKey: `download:${foldName(name)}:${JSON.stringify(source)}`,
  });
  return task;
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
