import { UpstreamFailedError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { chooseCheckpoint, type IsBuiltArchitecture } from './choose-checkpoint.ts';
import { resolveCommit } from './hub-commit.ts';
import { downloadHubFile } from './hub-download.ts';
import { askHubForBytes, type HubConnection, requireOnline } from './hub-request.ts';
import { listRepository } from './hub-tree.ts';
import { parseRepositoryName, parseRevision } from './repository-name.ts';
import { type RetryTiming, realTiming } from './retry.ts';
import type { FetchedFile, FetchPlan, FetchProgress, PlannedFile } from './source.ts';

/** A hub that speaks the Hugging Face hub's HTTP. */
export interface Hub {
  /**
   * Resolves the commit and chooses the files; fetches nothing but the few JSON files that decide. Throws INVALID_INPUT
   * (`repository`, `revision`), UNSUPPORTED_MODEL, INVALID_MODEL_FILE, UPSTREAM_GATED, UPSTREAM_FAILED, TIMEOUT, CANCELED.
   */
  plan(wanted: { repository: string; revision?: string | null }, signal?: AbortSignal): Promise<FetchPlan>;
  /** Fetches one file of a plan, resuming what lies at `targetPath`, verified and on the disk when it answers. */
  fetchFile(
    plan: FetchPlan,
    file: PlannedFile,
    targetPath: string,
    options?: { onProgress?: (progress: FetchProgress) => void; signal?: AbortSignal },
  ): Promise<FetchedFile>;
}

export interface HubOptions {
  /** HF_ENDPOINT. Its origin is trusted; where it redirects to is checked. */
  endpoint: string;
  /** HF_TOKEN; sent to that origin only. */
  token: string | null;
  /** HF_HUB_OFFLINE. */
  offline: boolean;
  fetch: GuardedFetch;
  log?: Log;
  /** Which architectures run from safetensors; the others need ONNX. Default: all do. */
  isBuiltArchitecture?: IsBuiltArchitecture;
  /** Waiting and chance; default the real ones. */
  timing?: RetryTiming;
  /** The longest time without a byte before a file is asked for again; default 30 s. */
  stallTimeoutMs?: number;
}

export function createHub({
  endpoint,
  token,
  offline,
  fetch,
  log,
  isBuiltArchitecture = () => true,
  timing = realTiming,
  stallTimeoutMs = 30_000,
}: HubOptions): Hub {
  const hub: HubConnection = { endpoint: endpoint.replace(/\/+$/, ''), token, isOffline: offline, fetch, timing, stallTimeoutMs };

  return {
    async plan({ repository: text, revision: wanted }, signal) {
      const repository = parseRepositoryName(text);
      const revision = parseRevision(wanted);
      requireOnline(hub);
      const commit = await resolveCommit(hub, { repository, revision }, signal);
      if (commit === null && revision !== 'main') throw unknownCommit(repository, revision);
      const files = await listRepository(hub, { repository, commit, revision }, signal);
      const readText = async (path: string, maxBytes: number) => {
        const url = `${hub.endpoint}/${repository}/resolve/${commit ?? 'main'}/${path.split('/').map(encodeURIComponent).join('/')}`;
        return (await askHubForBytes(hub, { url, repository, maxBytes, signal })).bytes.toString('utf8');
      };
      const chosen = await chooseCheckpoint({ paths: files.map((file) => file.path), readText, isBuiltArchitecture });
      const byPath = new Map(files.map((file) => [file.path, file]));
      const planned = chosen.map((path) => byPath.get(path) ?? { path, sizeBytes: null, digest: null });
      const totalBytes = planned.reduce<number | null>(
        (sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes),
        0,
      );
      log?.info({ repository, revision, commit, files: planned.length, totalBytes }, 'planned a download');
      return { repository, revision: commit, files: planned, totalBytes };
    },
    async fetchFile(plan, file, target, { onProgress, signal } = {}) {
      parseRepositoryName(plan.repository);
      return await downloadHubFile(hub, { plan, file, target }, { onProgress, signal });
    },
  };

  function unknownCommit(repository: string, revision: string): UpstreamFailedError {
    const message = `${hub.endpoint} does not say which commit ${revision} of ${repository} is. Ask for a commit hash.`;
    return new UpstreamFailedError({ url: `${hub.endpoint}/${repository}`, status: null, message });
  }
}
