import { UpstreamFailedError } from '../errors.ts';
import type { ConnectionPool } from '../net/connection-pool.ts';
import type { GuardedFetch, GuardedResponse } from '../net/guarded-fetch.ts';
import { tagOf } from './hub-expectation.ts';
import { RetryableError, retryAfterMs } from './retry.ts';
import { type ByteRange, type FileAnswer, rangeHeader, type SourceFile, StartAnew } from './transfer/source-file.ts';

/** One file at an address that a client named. */
export interface UrlFile {
  /** Where it goes, inside the folder. */
  path: string;
  url: string;
  /** What it must turn out to be, where the client knows. */
  sizeBytes?: number | undefined;
  sha256?: string | undefined;
}

const largestWeightsBytes = 64 * 1024 ** 3;
const largestOtherBytes = 256 * 1024 ** 2;

/**
 * A file at an address that a client named. Nothing about it is trusted: the guard decides where to connect, sizes are limited,
 * and what an earlier try left counts only while the server's ETag says that it is the same file. Its `ask` throws UNSAFE_URL,
 * UPSTREAM_FAILED, TIMEOUT, CANCELED.
 */
export function urlFile(
  { path, url, sizeBytes, sha256 }: UrlFile,
  {
    fetch,
    pool,
    maxBytes = path.endsWith('.safetensors') || path.endsWith('.gguf') ? largestWeightsBytes : largestOtherBytes,
  }: { fetch: GuardedFetch; pool: ConnectionPool; maxBytes?: number },
): SourceFile {
  const known = { sizeBytes: sizeBytes ?? null, digest: sha256 === undefined ? null : { algorithm: 'sha256' as const, hex: sha256 } };

  async function ask(range: ByteRange | null, signal: AbortSignal): Promise<FileAnswer> {
    const response = await fetch(url, { ...rangeHeader(range), maxBytes, signal, pool });
    if (response.status >= 200 && response.status < 300) {
      const length = Number(response.headers.get('content-length') ?? Number.NaN);
      const whole = response.status === 200 && Number.isSafeInteger(length) ? length : null;
      return { response, expected: { ...known, sizeBytes: known.sizeBytes ?? whole }, tag: tagOf(response) };
    }
    await response[Symbol.asyncDispose]();
    // Nothing to give a part of: the file is empty, or has become shorter.
    if (response.status === 416 && range?.startByte === 0) return await ask(null, signal);
    throw refused(path, response, range);
  }

  return { path, revision: null, known, maxBytes, ask };
}

function refused(path: string, response: GuardedResponse, range: ByteRange | null): Error {
  const { status } = response;
  const address = response.url.replace(/[?#].*$/s, '');
  const fail = (message: string) => new UpstreamFailedError({ url: address, status, message });
  if (status === 408 || status === 429 || status >= 500) {
    return new RetryableError(fail(`The server answered ${status} for ${address}.`), retryAfterMs(response.headers, Date.now));
  }
  const failure = fail(`${path} was not found at ${address}: the server answered ${status}.`);
  return status === 416 && range !== null ? new StartAnew('changed', failure) : failure;
}
