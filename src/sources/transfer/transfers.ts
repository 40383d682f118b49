import { type ConnectionPool, createConnectionPool } from '../../net/connection-pool.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import { type RetryTiming, realTiming } from '../retry.ts';
import type { FetchedFile, FetchProgress } from '../source.ts';
import { fetchFile } from './fetch-file.ts';
import { createFileHasher } from './file-hasher.ts';
import { createTransferLimits, type TransferLimitsOptions, type TransferShare } from './transfer-limits.ts';
import { openSource, type TransferSource } from './transfer-source.ts';

/** Fetches files, all within the server's limits. Disposing of it ends its threads. */
export interface Transfers extends AsyncDisposable {
  /** Fetches one file to `target`; see `fetchFile`. */
  fetch(source: TransferSource, target: string, options?: TransferOptions): Promise<FetchedFile>;
  /** What the files of one download share: its connections, and its part of the limits. Dispose of it at the end. */
  open(): Transfer;
  /** sha256 of a file that is here. Throws CANCELED. */
  digest(path: string, sizeBytes: number, signal?: AbortSignal): Promise<string>;
}

/** One download. */
export interface Transfer extends Disposable {
  readonly id: number;
}

export interface TransferOptions {
  /** Default: the file is a download of its own. */
  transfer?: Transfer | undefined;
  /** Default: beside the target. */
  journalPath?: string | undefined;
  /** Bytes that are on the disk for good. */
  onProgress?: ((progress: FetchProgress) => void) | undefined;
  /** A sentence for people: what was damaged, or had changed. */
  onNote?: ((note: string) => void) | undefined;
  signal?: AbortSignal | undefined;
}

export interface TransferSettings extends TransferLimitsOptions {
  /** Most connections for one file. */
  connectionsPerFile: number;
}

export interface TransfersOptions extends TransferSettings {
  fetch: GuardedFetch;
  /** Waiting and chance; default the real ones. */
  timing?: RetryTiming;
}

/** Fetches in this thread. The server's is `createTransferThread`. */
export function createTransfers({ connectionsPerFile, fetch, timing = realTiming, ...limits }: TransfersOptions): Transfers {
  const hasher = createFileHasher();
  const { share } = createTransferLimits(limits);
  const transfers = new Map<number, { pool: ConnectionPool; share: TransferShare }>();
  let nextId = 1;

  function open(): Transfer {
    const id = nextId;
    nextId += 1;
    const pool = createConnectionPool();
    transfers.set(id, { pool, share: share() });
    return {
      id,
      [Symbol.dispose]() {
        transfers.delete(id);
        pool[Symbol.dispose]();
      },
    };
  }

  return {
    open,
    digest: async (path, sizeBytes, signal) => (await hasher.digest(path, { sizeBytes, withGitSha1: false, signal })).sha256,
    async fetch(source, target, options = {}) {
      using own = options.transfer ? null : open();
      const transfer = transfers.get((options.transfer ?? own)?.id ?? 0);
      if (!transfer) throw new Error('the download was closed before its file was fetched');
      return await fetchFile(openSource(source, { fetch, timing, pool: transfer.pool }), {
        target,
        journalPath: options.journalPath ?? `${target}.chunks`,
        hasher,
        share: transfer.share,
        connections: connectionsPerFile,
        timing,
        onProgress: options.onProgress ?? (() => {}),
        onNote: options.onNote ?? (() => {}),
        signal: options.signal,
      });
    },
    [Symbol.asyncDispose]: () => hasher[Symbol.asyncDispose](),
  };
}
