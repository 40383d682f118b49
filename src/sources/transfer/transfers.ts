import { type ConnectionPool, createConnectionPool } from '../../net/connection-pool.ts';
import { type RetryTiming, realTiming } from '../retry.ts';
import type { FetchedFile, FetchProgress } from '../source.ts';
import { fetchFile } from './fetch-file.ts';
import { createFileHasher } from './file-hasher.ts';
import type { SourceFile } from './source-file.ts';
import { createTransferLimits, type TransferLimitsOptions, type TransferShare } from './transfer-limits.ts';

/** Fetches files, all within the server's limits. Disposing of it ends its thread. */
export interface Transfers extends AsyncDisposable {
  /** Fetches one file to `target`; see `fetchFile`. */
  fetch(sourceOf: (pool: ConnectionPool) => SourceFile, target: string, options?: TransferOptions): Promise<FetchedFile>;
  /** What the files of one download share: its connections, and its part of the limits. Dispose of it at the end. */
  open(): Transfer;
  /** sha256 of a file that is here. Throws CANCELED. */
  digest(path: string, sizeBytes: number, signal?: AbortSignal): Promise<string>;
}

/** One download. */
export interface Transfer extends Disposable {
  readonly pool: ConnectionPool;
  readonly share: TransferShare;
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
  timing?: RetryTiming | undefined;
  signal?: AbortSignal | undefined;
}

export interface TransfersOptions extends TransferLimitsOptions {
  /** Most connections for one file. */
  connectionsPerFile: number;
}

export function createTransfers({ connectionsPerFile, ...limits }: TransfersOptions): Transfers {
  const hasher = createFileHasher();
  const { share } = createTransferLimits(limits);
  const open = (): Transfer => {
    const pool = createConnectionPool();
    return { pool, share: share(), [Symbol.dispose]: () => pool[Symbol.dispose]() };
  };
  return {
    open,
    digest: async (path, sizeBytes, signal) => (await hasher.digest(path, { sizeBytes, withGitSha1: false, signal })).sha256,
    async fetch(sourceOf, target, options = {}) {
      using own = options.transfer ? null : open();
      const transfer = options.transfer ?? own ?? open();
      return await fetchFile(sourceOf(transfer.pool), {
        target,
        journalPath: options.journalPath ?? `${target}.chunks`,
        hasher,
        share: transfer.share,
        connections: connectionsPerFile,
        timing: options.timing ?? realTiming,
        onProgress: options.onProgress ?? (() => {}),
        onNote: options.onNote ?? (() => {}),
        signal: options.signal,
      });
    },
    [Symbol.asyncDispose]: () => hasher[Symbol.asyncDispose](),
  };
}
