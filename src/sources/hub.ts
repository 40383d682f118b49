import { InvalidInputError, quote, UpstreamFailedError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { Log } from '../log.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { chooseCheckpoint, type IsBuiltArchitecture } from './choose-checkpoint.ts';
import { ggufQuantizations } from './choose-gguf.ts';
import { checkChoice, type FileChoice, ownChoice } from './file-choice.ts';
import { resolveCommit } from './hub-commit.ts';
import { firstThatAnswers } from './hub-download.ts';
import { askHubForBytes, type HubConnection, type HubMirror, requireOnline } from './hub-request.ts';
import { listRepository } from './hub-tree.ts';
import { parseRepositoryName, parseRevision, splitQuantization } from './repository-name.ts';
import { RetryableError, type RetryTiming, realTiming } from './retry.ts';
import { requireSafePaths } from './safe-path.ts';
import type { FetchedFile, FetchPlan, PlannedFile } from './source.ts';
import type { TransferOptions, Transfers } from './transfer/transfers.ts';

/** A hub that speaks the Hugging Face hub's HTTP. */
export interface Hub {
  /**
   * Resolves the commit and chooses the files; fetches nothing but the few JSON files that decide. Throws INVALID_INPUT
   * (`repository`, `revision`), UNSUPPORTED_MODEL, INVALID_MODEL_FILE, UPSTREAM_GATED, UPSTREAM_FAILED, TIMEOUT, CANCELED.
   */
  plan(wanted: WantedRepository, signal?: AbortSignal): Promise<FetchPlan>;
  /** Fetches one file of a plan, going on with what lies at `targetPath`, verified and on the disk when it answers; see `fetchFile`. */
  fetchFile(plan: FetchPlan, file: PlannedFile, targetPath: string, options?: HubFileOptions): Promise<FetchedFile>;
}

export interface WantedRepository {
  /** `owner/name`, or `owner/name:Q4_K_M` for one of its GGUF files. */
  repository: string;
  revision?: string | null;
  choice?: FileChoice;
  /** The library that the model must be of; any by default. */
  library?: ModelLibrary | null | undefined;
  /** In place of HF_TOKEN. */
  token?: string | null;
}

export interface HubFileOptions extends TransferOptions {
  /** In place of HF_TOKEN. */
  token?: string | null;
}

export interface HubOptions {
  /** HF_ENDPOINT: mirrors in order. Their origins are trusted; where they redirect to is checked. */
  endpoints: readonly string[];
  /** HF_TOKEN; sent to those origins only. */
  token: string | null;
  /** HF_HUB_OFFLINE. */
  offline: boolean;
  fetch: GuardedFetch;
  transfers: Transfers;
  log?: Log;
  /** Which architectures run from safetensors; the others need ONNX. Default: all do. */
  isBuiltArchitecture?: IsBuiltArchitecture;
  /** Waiting and chance; default the real ones. */
  timing?: RetryTiming;
  /** The longest time without a byte before a file is asked for again; default 30 s. */
  stallTimeoutMs?: number;
}

/** A mirror that others can stand in for is not waited for as long. */
const attemptsBesideOthers = 2;
const attemptsAlone = 5;

export function createHub(options: HubOptions): Hub {
  const {
    endpoints,
    offline,
    fetch,
    transfers,
    log,
    isBuiltArchitecture = () => true,
    timing = realTiming,
    stallTimeoutMs = 30_000,
  } = options;
  const mostAttempts = endpoints.length > 1 ? attemptsBesideOthers : attemptsAlone;

  const mirrors = (token: string | null | undefined): HubMirror[] =>
    endpoints.map((endpoint) => ({
      endpoint: endpoint.replace(/\/+$/, ''),
      token: token ?? options.token,
      isOffline: offline,
      stallTimeoutMs,
      mostAttempts,
    }));
  const connections = (token: string | null | undefined): HubConnection[] => mirrors(token).map((mirror) => ({ ...mirror, fetch, timing }));

  async function planAt(hub: HubConnection, wanted: WantedRepository, signal: AbortSignal | undefined): Promise<FetchPlan> {
    const repository = parseRepositoryName(wanted.repository);
    const revision = parseRevision(wanted.revision);
    const choice = choiceOf(wanted);
    requireOnline(hub);
    const commit = await resolveCommit(hub, { repository, revision }, signal);
    if (commit === null && revision !== 'main') throw unknownCommit(hub, repository, revision);
    const files = await listRepository(hub, { repository, commit, revision }, signal);
    const paths = files.map((file) => file.path);
    const readText = async (path: string, maxBytes: number) => {
      const url = `${hub.endpoint}/${repository}/resolve/${commit ?? 'main'}/${path.split('/').map(encodeURIComponent).join('/')}`;
      return (await askHubForBytes(hub, { url, repository, maxBytes, signal })).bytes.toString('utf8');
    };
    const chosen = await chooseCheckpoint({ paths, readText, isBuiltArchitecture, choice, library: wanted.library });
    const byPath = new Map(files.map((file) => [file.path, file]));
    const planned = chosen.map((path) => byPath.get(path) ?? { path, sizeBytes: null, digest: null });
    const totalBytes = sumOfSizes(planned);
    log?.info({ repository, revision, commit, files: planned.length, totalBytes }, 'planned a download');
    const quantizations = ggufQuantizations(paths);
    return { repository, revision: commit, files: planned, totalBytes, ...(quantizations.length > 0 ? { quantizations } : {}) };
  }

  return {
    plan: (wanted, signal) =>
      firstThatAnswers(connections(wanted.token), { from: 0, ask: (hub) => planAt(hub, wanted, signal) }).catch((error: unknown) => {
        throw error instanceof RetryableError ? error.failure : error;
      }),
    async fetchFile(plan, file, target, { token, ...transfer } = {}) {
      parseRepositoryName(plan.repository);
      requireSafePaths([file.path]);
      const hubs = mirrors(token);
      for (const hub of hubs) requireOnline(hub);
      const { repository, revision } = plan;
      return await transfers.fetch({ type: 'hub', mirrors: hubs, plan: { repository, revision }, file }, target, transfer);
    },
  };
}

/** A quantisation in the name is as good as one beside it. Throws INVALID_INPUT where they differ. */
function choiceOf({ repository, choice = ownChoice }: WantedRepository): FileChoice {
  checkChoice(choice);
  const { quantization } = splitQuantization(repository);
  if (quantization !== null && choice.quantization !== null && quantization.toLowerCase() !== choice.quantization.toLowerCase()) {
    throw new InvalidInputError({
      field: 'input.quantization',
      message: `expected ${quote(quantization)}, as the repository's name has it.`,
    });
  }
  return { ...choice, quantization: choice.quantization ?? quantization };
}

function unknownCommit({ endpoint }: HubConnection, repository: string, revision: string): UpstreamFailedError {
  const message = `${endpoint} does not say which commit ${revision} of ${repository} is. Ask for a commit hash.`;
  return new UpstreamFailedError({ url: `${endpoint}/${repository}`, status: null, message });
}

/** null where one of the sizes is unknown. */
function sumOfSizes(files: readonly PlannedFile[]): number | null {
  return files.reduce<number | null>((sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes), 0);
}
