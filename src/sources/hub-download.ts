import { ModelkeepError, UpstreamFailedError, UpstreamGatedError } from '../errors.ts';
import type { ConnectionPool } from '../net/connection-pool.ts';
import { expectationOf, requireCommit, tagOf } from './hub-expectation.ts';
import { askHub, type HubConnection } from './hub-request.ts';
import { RetryableError } from './retry.ts';
import type { FetchPlan, PlannedFile } from './source.ts';
import { type ByteRange, type FileAnswer, rangeHeader, type SourceFile, StartAnew } from './transfer/source-file.ts';

/**
 * One file of a plan, on the first of the mirrors that has it. Where a mirror redirects to is asked directly from then on, until
 * it refuses: that spares the hub a question for each part.
 */
export function hubFile(
  mirrors: readonly HubConnection[],
  { plan, file, pool }: { plan: Pick<FetchPlan, 'repository' | 'revision'>; file: PlannedFile; pool: ConnectionPool },
): SourceFile {
  const { repository } = plan;
  const revision = encodeURIComponent(plan.revision ?? 'main');
  const path = file.path.split('/').map(encodeURIComponent).join('/');
  let current = 0;
  let direct: { mirror: HubConnection; url: string } | null = null;
  let best: Pick<PlannedFile, 'sizeBytes' | 'digest'> = file;

  async function askDirectly(range: ByteRange | null, signal: AbortSignal): Promise<FileAnswer | null> {
    const known = direct;
    if (known === null) return null;
    try {
      const response = await askHub(known.mirror, { url: known.url, repository, ...rangeHeader(range), signal, pool });
      return { response, expected: best, tag: tagOf(response) };
    } catch (error) {
      // A signed address expires; the hub gives another one.
      direct = null;
      if (error instanceof UpstreamGatedError || (error instanceof UpstreamFailedError && isRefusal(error.status))) return null;
      throw error;
    }
  }

  async function askMirror(mirror: HubConnection, range: ByteRange | null, signal: AbortSignal): Promise<FileAnswer> {
    const url = `${mirror.endpoint}/${repository}/resolve/${revision}/${path}`;
    const response = await askHub(mirror, { url, repository, ...rangeHeader(range), signal, pool });
    try {
      requireCommit(plan, response);
    } catch (error) {
      await response[Symbol.asyncDispose]();
      throw error;
    }
    const expected = expectationOf(file, response);
    best = expected;
    const [first] = response.redirects;
    if (first) direct = { mirror, url: response.url };
    return { response, expected, tag: tagOf(response) };
  }

  return {
    path: file.path,
    revision: plan.revision,
    known: { sizeBytes: file.sizeBytes, digest: file.digest },
    maxBytes: null,
    async ask(range, signal) {
      const answer = await askDirectly(range, signal);
      if (answer) return answer;
      return await firstThatAnswers(mirrors, {
        from: current,
        async ask(mirror, index) {
          const given = await askMirror(mirror, range, signal).catch((error: unknown) => {
            throw range === null ? error : asChange(error);
          });
          current = index;
          return given;
        },
      });
    },
    broke() {
      direct = null;
      current = (current + 1) % mirrors.length;
    },
  };
}

/** Asks the mirrors in order, beginning with one of them, until one answers. Throws what says most of their failures. */
export async function firstThatAnswers<Answer>(
  mirrors: readonly HubConnection[],
  { from, ask }: { from: number; ask: (mirror: HubConnection, index: number) => Promise<Answer> },
): Promise<Answer> {
  const failures: unknown[] = [];
  for (let turn = 0; turn < mirrors.length; turn += 1) {
    const index = (from + turn) % mirrors.length;
    const mirror = mirrors[index];
    if (!mirror) break;
    try {
      return await ask(mirror, index);
    } catch (error) {
      if (!isMirrorsOwn(error)) throw error;
      failures.push(error);
    }
  }
  // What may pass is worth another try; then what a person can do something about.
  throw (
    failures.find((error) => error instanceof RetryableError) ??
    failures.find((error) => error instanceof UpstreamGatedError) ??
    failures[0]
  );
}

/** Whether another mirror may do better. */
function isMirrorsOwn(error: unknown): boolean {
  if (error instanceof RetryableError) return true;
  return error instanceof ModelkeepError && ['UPSTREAM_FAILED', 'UPSTREAM_GATED', 'TIMEOUT'].includes(error.code);
}

/** The bytes that are asked for are beyond the end: the file has become shorter. */
function asChange(error: unknown): unknown {
  return error instanceof UpstreamFailedError && error.status === 416 ? new StartAnew('changed', error) : error;
}

function isRefusal(status: number | null): boolean {
  return status !== null && status >= 400 && status < 500;
}
