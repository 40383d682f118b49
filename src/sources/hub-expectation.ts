import { UpstreamFailedError } from '../errors.ts';
import type { GuardedHop, GuardedResponse } from '../net/guarded-fetch.ts';
import { readDigest } from './hub-tree.ts';
import { isCommit } from './repository-name.ts';
import type { FetchPlan, PlannedFile } from './source.ts';
import type { Expectation, FileAnswer } from './transfer/source-file.ts';

/**
 * What the plan and the answer's headers say together. The hub's own answer is the first hop: X-Linked-Etag and -Size speak
 * of the LFS object, while a CDN's ETag may be anything. A list without LFS facts gives the pointer's id and size, so the
 * linked sha256 stands above a git id.
 */
export function expectationOf({ sizeBytes, digest }: PlannedFile, response: GuardedResponse): Expectation {
  const [first = response] = response.redirects;
  const linked = readDigest(plainTag(first.headers.get('x-linked-etag')), 64);
  const linkedSize = wholeNumber(first.headers.get('x-linked-size'));
  if (linked !== null && digest?.algorithm !== 'sha256') return { digest: linked, sizeBytes: linkedSize ?? sizeBytes };
  return {
    digest: digest ?? readDigest(plainTag(first.headers.get('x-linked-etag') ?? first.headers.get('etag'))),
    sizeBytes: sizeBytes ?? linkedSize ?? wholeSize(response),
  };
}

/** What says whether it is still the same file, and who says it: the hub's own word where there is one. */
export function tagOf(response: GuardedResponse): FileAnswer['tag'] {
  const hops: GuardedHop[] = [...response.redirects.slice(0, 1), response];
  for (const { url, headers } of hops) {
    const value = plainTag(
      headers.get('x-linked-etag') ?? (url === response.url ? (headers.get('etag') ?? headers.get('last-modified')) : null),
    );
    if (value !== null) return { origin: new URL(url).origin, value };
  }
  return null;
}

/** Where the body of a 206 starts and how long the whole file is; null when the header says neither. */
export function contentRange(headers: Headers): { startByte: number; sizeBytes: number | null } | null {
  const [, start, size] = /^bytes (\d+)-\d+\/(\d+|\*)$/.exec(headers.get('content-range') ?? '') ?? [];
  return start === undefined ? null : { startByte: Number(start), sizeBytes: wholeNumber(size ?? null) };
}

/** Throws UPSTREAM_FAILED when the hub answers from another commit than the plan's. */
export function requireCommit(plan: Pick<FetchPlan, 'repository' | 'revision'>, response: GuardedResponse): void {
  const [first = response]: GuardedHop[] = [...response.redirects];
  const commit = first.headers.get('x-repo-commit');
  if (commit === null || plan.revision === null || !isCommit(plan.revision) || commit === plan.revision) return;
  throw new UpstreamFailedError({
    url: first.url.replace(/[?#].*$/s, ''),
    status: first.status,
    message: `The hub answered from commit ${commit} of ${plan.repository}; ${plan.revision} was asked for.`,
  });
}

function wholeSize({ status, headers }: GuardedResponse): number | null {
  return status === 206 ? (contentRange(headers)?.sizeBytes ?? null) : wholeNumber(headers.get('content-length'));
}

function plainTag(tag: string | null): string | null {
  return tag?.replace(/^W\//, '').replaceAll('"', '') ?? null;
}

function wholeNumber(text: string | null): number | null {
  return text !== null && /^\d{1,15}$/.test(text) ? Number(text) : null;
}
