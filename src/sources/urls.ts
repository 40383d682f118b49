import { createHash } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { UpstreamFailedError } from '../errors.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { joinSafely, requireSafePaths } from './safe-path.ts';
import type { FetchedFile, FetchProgress } from './source.ts';
import { appendToFile } from './write-file.ts';

/** One file at an address that a client named. */
export interface UrlFile {
  /** Where it goes, inside the folder. */
  path: string;
  url: string;
}

const largestWeightsBytes = 64 * 1024 ** 3;
const largestOtherBytes = 256 * 1024 ** 2;

/**
 * Fetches files from addresses that a client named, one after another, into a folder. Nothing about them is trusted: the
 * guard decides where to connect, sizes are limited, and what an earlier try left is thrown away, because nothing says that
 * it is a part of the same file. Throws INVALID_MODEL_FILE (a path), UNSAFE_URL, UPSTREAM_FAILED, TIMEOUT, CANCELED.
 */
export async function fetchUrls({
  fetch,
  files,
  folder,
  signal,
  onProgress,
  maxBytes = (path) => (path.endsWith('.safetensors') ? largestWeightsBytes : largestOtherBytes),
}: {
  fetch: GuardedFetch;
  files: readonly UrlFile[];
  folder: string;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** The largest size of a file, by its path. */
  maxBytes?: (path: string) => number;
}): Promise<FetchedFile[]> {
  requireSafePaths(files.map((file) => file.path));
  const fetched: FetchedFile[] = [];
  let doneBytes = 0;
  for (const { path, url } of files) {
    const target = joinSafely(folder, path);
    await rm(target, { force: true });
    await using response = await fetch(url, { maxBytes: maxBytes(path), signal });
    if (response.status < 200 || response.status >= 300) throw refused(path, response.url, response.status);
    const startBytes = doneBytes;
    // Sizes are only known as the answers come, so there is a total in the last file alone.
    const length = Number(response.headers.get('content-length') ?? Number.NaN);
    const totalBytes = fetched.length === files.length - 1 && Number.isSafeInteger(length) ? startBytes + length : null;
    const hash = createHash('sha256');
    await appendToFile(target, response.body, {
      hash,
      signal,
      onBytes(count) {
        doneBytes += count;
        onProgress?.({ doneBytes, totalBytes });
      },
    });
    fetched.push({ path, sizeBytes: doneBytes - startBytes, sha256: hash.digest('hex') });
  }
  return fetched;
}

function refused(path: string, url: string, status: number): UpstreamFailedError {
  const address = url.replace(/[?#].*$/s, '');
  return new UpstreamFailedError({ url: address, status, message: `${path} was not found at ${address}: the server answered ${status}.` });
}
