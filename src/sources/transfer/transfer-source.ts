import type { ConnectionPool } from '../../net/connection-pool.ts';
import type { GuardedFetch } from '../../net/guarded-fetch.ts';
import { hubFile } from '../hub-download.ts';
import type { HubMirror } from '../hub-request.ts';
import type { RetryTiming } from '../retry.ts';
import type { FetchPlan, PlannedFile } from '../source.ts';
import { type UrlFile, urlFile } from '../urls.ts';
import type { SourceFile } from './source-file.ts';

/** Where a file comes from, as data: it is fetched in another thread than the one that names it. */
export type TransferSource =
  | { type: 'hub'; mirrors: readonly HubMirror[]; plan: Pick<FetchPlan, 'repository' | 'revision'>; file: PlannedFile }
  /** `maxBytes`: default what a model's file may have. */
  | { type: 'url'; file: UrlFile; maxBytes?: number };

/** How a source's bytes are asked for. */
export function openSource(
  source: TransferSource,
  { fetch, timing, pool }: { fetch: GuardedFetch; timing: RetryTiming; pool: ConnectionPool },
): SourceFile {
  if (source.type === 'url') {
    const { file, maxBytes } = source;
    return urlFile(file, { fetch, pool, ...(maxBytes === undefined ? {} : { maxBytes }) });
  }
  const mirrors = source.mirrors.map((mirror) => ({ ...mirror, fetch, timing }));
  return hubFile(mirrors, { plan: source.plan, file: source.file, pool });
}
