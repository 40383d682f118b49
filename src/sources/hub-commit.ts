import { modelInfo } from '@huggingface/hub';
import { ModelkeepError, UpstreamFailedError } from '../errors.ts';
import { askHub, askHubForBytes, type HubConnection, hubLibraryFetch } from './hub-request.ts';
import { isCommit } from './repository-name.ts';
import { withRetries } from './retry.ts';

/** A revision of a repository on the hub. */
export interface RepositoryRevision {
  repository: string;
  revision: string;
}

/**
 * The commit that a revision stands for now. Mirrors serve parts of the hub's API, so each source is asked in turn: the
 * revision's info, the repository's info (for its main branch only), the header X-Repo-Commit of a file. null = nobody said.
 */
export async function resolveCommit(hub: HubConnection, wanted: RepositoryRevision, signal?: AbortSignal): Promise<string | null> {
  if (isCommit(wanted.revision)) return wanted.revision;
  const sources = [commitOfRevision, ...(['main', 'HEAD'].includes(wanted.revision) ? [commitOfRepository] : []), commitOfFile];
  let notFound: UpstreamFailedError | null = null;
  for (const source of sources) {
    try {
      const commit = await source(hub, wanted, signal);
      if (commit !== null) return commit;
    } catch (error) {
      // 405 and 501 are how a server says that it has no such endpoint.
      if (!(error instanceof UpstreamFailedError) || ![404, 405, 501].includes(error.status ?? 0)) throw error;
      notFound ??= error;
    }
  }
  // Every door said 404: the first answer, from the door that knows revisions, explains it best.
  if (notFound !== null && !(await hasTree(hub, wanted, signal))) throw notFound;
  return null;
}

type CommitSource = (hub: HubConnection, wanted: RepositoryRevision, signal?: AbortSignal) => Promise<string | null>;

const commitOfRevision: CommitSource = async (hub, { repository, revision }, signal) => {
  const fetch = hubLibraryFetch(hub, repository, signal);
  const { sha } = await modelInfo({ name: repository, revision, additionalFields: ['sha'], hubUrl: hub.endpoint, fetch }).catch(
    (error: unknown) => {
      // Not JSON, or not an object: this server does not have the endpoint.
      if (error instanceof ModelkeepError) throw error;
      return { sha: null };
    },
  );
  return asCommit(sha);
};

const commitOfRepository: CommitSource = async (hub, { repository }, signal) => {
  const { bytes } = await askHubForBytes(hub, { url: `${hub.endpoint}/api/models/${repository}`, repository, signal });
  try {
    return asCommit((JSON.parse(bytes.toString('utf8')) as { sha?: unknown } | null)?.sha);
  } catch {
    return null;
  }
};

const commitOfFile: CommitSource = async (hub, { repository, revision }, signal) => {
  const url = `${hub.endpoint}/${repository}/resolve/${encodeURIComponent(revision)}/config.json`;
  const ask = (method: 'HEAD' | 'GET') =>
    withRetries(
      async () => {
        await using response = await askHub(hub, { url, repository, method, signal });
        const [first = response] = response.redirects;
        return asCommit(first.headers.get('x-repo-commit'));
      },
      { timing: hub.timing, signal, mostAttempts: hub.mostAttempts },
    );
  return (await ask('HEAD').catch(() => null)) ?? (await ask('GET'));
};

async function hasTree(hub: HubConnection, { repository, revision }: RepositoryRevision, signal?: AbortSignal): Promise<boolean> {
  const url = `${hub.endpoint}/api/models/${repository}/tree/${encodeURIComponent(revision)}?recursive=true`;
  return await askHubForBytes(hub, { url, repository, signal }).then(
    () => true,
    () => false,
  );
}

function asCommit(value: unknown): string | null {
  return typeof value === 'string' && isCommit(value) ? value : null;
}
