import { InvalidInputError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { Catalogue } from '../models/catalogue.ts';
import type { Model } from '../models/model.ts';
import { foldName } from '../models/names.ts';
import { hubRepository } from '../models/open-clip-names.ts';
import { checkChoice, type FileChoice, ownChoice } from '../sources/file-choice.ts';
import type { UrlFile } from '../sources/urls.ts';
import type { Task } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import type { FetchSource, PinnedFile } from './fetch-source.ts';
import { type FetchInput, type FetchJournal, fetchSteps, pinnedPlan } from './fetch-steps.ts';
import { startWithToken } from './hub-token.ts';
import { requireRequestedName } from './requested-name.ts';
import { inheritStaging, removeStaging } from './staging.ts';

export interface DownloadModelRequest {
  source?: { repository: string; revision: string } | undefined;
  urls?: UrlFile[] | undefined;
  /** Which of the repository's files; default ours. */
  choice?: FileChoice | undefined;
  /** Exactly these files, at a revision that is a commit. */
  files?: PinnedFile[] | undefined;
  /** In place of the server's own, for this download alone. */
  token?: string | undefined;
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
    canPause: true,
    concurrency: 4,
    steps: fetchSteps<FetchInput>(lifecycle),
    cleanUp: (context) => removeStaging(lifecycle, context.taskId),
    inherit: (from, to) => inheritStaging(lifecycle, from, to),
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
  const { task, joined } = await startWithToken(lifecycle, request.token, {
    kind: 'DOWNLOAD',
    input,
    ...(await modelOfTask(catalogue, entry, name)),
    workKey: `download:${foldName(name)}:${JSON.stringify(source)}`,
  });
  // Who asks for a model wants it, whoever paused it.
  return joined && task.state === 'PAUSED' ? await lifecycle.tasks.unpause(task.id) : task;
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

/**
 * The repository that a client means: `hf-hub:` is how open_clip writes that a name is a hub's, and `MobileCLIP-S2/datacompdr` is
 * how it names a checkpoint. Throws `INVALID_INPUT` for a name of several checkpoints.
 */
export function repositoryName(repository: string): string {
  return hubRepository(repository);
}

function fetchSource({ source, urls, files, choice = ownChoice }: DownloadModelRequest): FetchSource {
  if ((source === undefined) === (urls === undefined)) {
    throw new InvalidInputError({
      field: 'input.source',
      message: `expected exactly one of source and urls, got ${source ? 'both' : 'neither'}.`,
    });
  }
  if (source) {
    const { repository, revision } = source;
    const wanted = { ...(isOwnChoice(choice) ? {} : { choice }), ...(files ? { files } : {}) };
    const found: FetchSource = { type: 'hub', repository: repositoryName(repository), revision, ...wanted };
    checkChoice(choice);
    checkDigests(files ?? [], 'input.files');
    pinnedPlan(found);
    return found;
  }
  checkDigests(urls ?? [], 'input.urls');
  return { type: 'urls', files: urls ?? [] };
}

/** Throws INVALID_INPUT for what cannot be a digest or a size. */
function checkDigests(files: readonly { sizeBytes?: number | undefined; sha256?: string | undefined }[], field: string): void {
  for (const [index, { sizeBytes, sha256 }] of files.entries()) {
    if (sha256 !== undefined && !/^[0-9a-f]{64}$/.test(sha256))
      throw new InvalidInputError({ field: `${field}[${index}].sha256`, message: 'expected 64 hex digits in lower case.' });
    if (sizeBytes !== undefined && sizeBytes < 0)
      throw new InvalidInputError({ field: `${field}[${index}].sizeBytes`, message: `expected a size, got ${sizeBytes}.` });
  }
}

function isOwnChoice({ include, exclude, quantization }: FileChoice): boolean {
  return include.length === 0 && exclude.length === 0 && quantization === null;
}
