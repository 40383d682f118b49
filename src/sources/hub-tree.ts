import { listFiles } from '@huggingface/hub';
import { InvalidModelFileError, ModelkeepError, UpstreamFailedError } from '../errors.ts';
import type { RepositoryRevision } from './hub-commit.ts';
import { type HubConnection, hubLibraryFetch } from './hub-request.ts';
import { whyUnsafePath } from './safe-path.ts';
import type { PlannedFile } from './source.ts';

const mostEntries = 10_000;

/**
 * Every file of a repository at a commit, with what the hub says about its content. One hostile name refuses the whole
 * repository. Throws INVALID_MODEL_FILE, UPSTREAM_FAILED.
 */
export async function listRepository(
  hub: HubConnection,
  { repository, commit, revision }: RepositoryRevision & { commit: string | null },
  signal?: AbortSignal,
): Promise<PlannedFile[]> {
  if (commit === null) return await listAt(hub, repository, revision, signal);
  try {
    return await listAt(hub, repository, commit, signal);
  } catch (error) {
    // A mirror that lists branches only; the files are still fetched at the commit.
    if (!(error instanceof UpstreamFailedError) || error.status !== 404 || revision === commit) throw error;
    return await listAt(hub, repository, revision, signal);
  }
}

async function listAt(hub: HubConnection, repository: string, revision: string, signal?: AbortSignal): Promise<PlannedFile[]> {
  const url = `${hub.endpoint}/api/models/${repository}/tree/${encodeURIComponent(revision)}`;
  const refuse = (message: string, cause?: unknown) => new UpstreamFailedError({ url, status: 200, message, cause });
  const entries = listFiles({
    repo: { type: 'model', name: repository },
    revision: encodeURIComponent(revision),
    recursive: true,
    hubUrl: hub.endpoint,
    fetch: limitPages(hubLibraryFetch(hub, repository, signal), () => refuse('The list of files does not end.')),
  });
  const files = new Map<string, PlannedFile>();
  let count = 0;
  try {
    for await (const entry of entries as AsyncIterable<unknown>) {
      count += 1;
      if (count > mostEntries) throw refuse(`${repository} has more than ${mostEntries} files: that is not a model repository.`);
      const file = readEntry(entry);
      if (file === null) continue;
      if (files.has(file.path)) throw new InvalidModelFileError({ file: file.path, message: 'the repository lists it twice.' });
      files.set(file.path, file);
    }
  } catch (error) {
    if (error instanceof ModelkeepError) throw error;
    throw refuse(`The hub's list of files of ${repository} cannot be read.`, error);
  }
  return [...files.values()];
}

function readEntry(entry: unknown): PlannedFile | null {
  const { type, path, size, oid, lfs } = (entry ?? {}) as Record<string, unknown> & { lfs?: Record<string, unknown> | null };
  if (typeof path !== 'string') throw new TypeError('an entry has no path');
  const reason = whyUnsafePath(path);
  if (reason !== null) throw new InvalidModelFileError({ file: JSON.stringify(path.slice(0, 200)).slice(1, -1), message: reason });
  if (type !== 'file') return null;
  const sizeBytes = [lfs?.size, size].find((value) => Number.isSafeInteger(value) && (value as number) >= 0) as number | undefined;
  return { path, sizeBytes: sizeBytes ?? null, digest: readDigest(lfs?.oid ?? lfs?.sha256, 64) ?? (lfs ? null : readDigest(oid, 40)) };
}

/** A hash by its length: 64 hex digits are a sha256, 40 a git blob's sha1. */
export function readDigest(value: unknown, digits?: 40 | 64): PlannedFile['digest'] {
  const hex = typeof value === 'string' ? value.replace(/^sha256:/, '').toLowerCase() : '';
  if (!/^[0-9a-f]+$/.test(hex) || (digits !== undefined && hex.length !== digits)) return null;
  if (hex.length === 64) return { algorithm: 'sha256', hex };
  return hex.length === 40 ? { algorithm: 'git-sha1', hex } : null;
}

/** A list whose every page links to another, empty one would go on for ever. */
function limitPages(ask: typeof fetch, refuse: () => Error): typeof fetch {
  let pages = 0;
  return async (input, init) => {
    pages += 1;
    if (pages > mostEntries / 10) throw refuse();
    return await ask(input, init);
  };
}
