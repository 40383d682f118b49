import { UpstreamFailedError, UpstreamGatedError } from '../errors.ts';
import type { GuardedFetch, GuardedFetchOptions, GuardedResponse } from '../net/guarded-fetch.ts';
import { RetryableError, type RetryTiming, retryAfterMs, withRetries } from './retry.ts';

/** One hub, as data. */
export interface HubMirror {
  /** HF_ENDPOINT without a slash at the end. */
  endpoint: string;
  token: string | null;
  isOffline: boolean;
  /** The longest time without a byte. */
  stallTimeoutMs: number;
  /** How often a question is asked in a row before it has failed; less where another mirror may be asked. */
  mostAttempts: number;
}

/** One hub and how it is asked. */
export interface HubConnection extends HubMirror {
  fetch: GuardedFetch;
  timing: RetryTiming;
}

const largestJsonBytes = 32 * 1024 ** 2;

/**
 * One request to the hub; answers 2xx only. Throws UPSTREAM_GATED (401, 403), UPSTREAM_FAILED (404, others), and
 * `RetryableError` for what may pass (408, 429, 5xx).
 */
export async function askHub(
  hub: HubConnection,
  { url, repository, ...options }: GuardedFetchOptions & { url: string; repository: string },
): Promise<GuardedResponse> {
  requireOnline(hub);
  const { origin } = new URL(hub.endpoint);
  // The token is for the hub alone: a page link or anything else that leads elsewhere goes without.
  const mayHaveToken = hub.token !== null && new URL(url).origin === origin;
  const response = await hub.fetch(url, {
    idleTimeoutMs: hub.stallTimeoutMs,
    headersTimeoutMs: hub.stallTimeoutMs,
    ...options,
    headers: { ...options.headers, ...(mayHaveToken ? { authorization: `Bearer ${hub.token}` } : {}) },
    trustedOrigins: [origin],
  });
  if (response.status >= 200 && response.status < 300) return response;
  await response[Symbol.asyncDispose]();
  throw failureOf(hub, repository, response);
}

function failureOf(hub: HubConnection, repository: string, { url, status, headers }: GuardedResponse): Error {
  const page = `${hub.endpoint}/${repository}`;
  const address = url.replace(/[?#].*$/s, '');
  const fail = (message: string) => new UpstreamFailedError({ url: address, status, message });
  if (status === 401 || status === 403) {
    // Without a token the hub does not tell a private repository from a name that nobody has.
    const mayBeMissing = status === 401 && headers.get('x-error-code') !== 'GatedRepo';
    return new UpstreamGatedError({ repository, url: page, mayBeMissing });
  }
  if (status === 404) return fail(notFoundMessage(hub, repository, headers.get('x-error-code'), address));
  const detail = `The hub answered ${status} for ${address}.`;
  if (status === 429)
    return new RetryableError(fail(`${detail} It limits how often it is asked; try again later.`), retryAfterMs(headers, hub.timing.now));
  if (status === 408 || status >= 500) return new RetryableError(fail(detail), retryAfterMs(headers, hub.timing.now));
  return fail(detail);
}

function notFoundMessage(hub: HubConnection, repository: string, code: string | null, address: string): string {
  if (code === 'RevisionNotFound') return `The repository ${repository} has no such revision (${address}).`;
  if (code === 'EntryNotFound') return `The repository ${repository} has no such file (${address}).`;
  return `${hub.endpoint} has no repository ${repository} (${address}). Check the spelling; if it is private, set HF_TOKEN.`;
}

/** HF_HUB_OFFLINE: said before any socket. */
export function requireOnline({ isOffline, endpoint }: Pick<HubMirror, 'isOffline' | 'endpoint'>): void {
  if (!isOffline) return;
  throw new UpstreamFailedError({
    url: endpoint,
    status: null,
    message: 'HF_HUB_OFFLINE is set, so the hub is not asked. Unset it, or import the model from a folder.',
  });
}

/** A small answer of the hub as bytes, tried again where that may help. */
export async function askHubForBytes(
  hub: HubConnection,
  options: GuardedFetchOptions & { url: string; repository: string },
): Promise<{ headers: Headers; bytes: Buffer; status: number; url: string }> {
  requireOnline(hub);
  return await withRetries(
    async () => {
      await using response = await askHub(hub, { maxBytes: largestJsonBytes, timeoutMs: 120_000, ...options });
      const chunks: Uint8Array[] = [];
      for await (const chunk of response.body) chunks.push(chunk);
      return { headers: response.headers, bytes: Buffer.concat(chunks), status: response.status, url: response.url };
    },
    { timing: hub.timing, signal: options.signal, mostAttempts: hub.mostAttempts },
  );
}

/** A web `fetch` for the hub's own client library, which so takes our guard, our retries and our typed errors. */
export function hubLibraryFetch(hub: HubConnection, repository: string, signal: AbortSignal | undefined): typeof fetch {
  return async (input, init) => {
    const url = input instanceof Request ? input.url : String(input);
    const headers = Object.fromEntries(new Headers(init?.headers));
    const { bytes, status, headers: answered, url: from } = await askHubForBytes(hub, { url, repository, headers, signal });
    const link = answered.get('link');
    // The library takes whole addresses only; some mirrors link relatively.
    if (link !== null)
      answered.set(
        'link',
        link.replace(/<([^>]*)>/g, (_whole, target: string) => `<${new URL(target, from).href}>`),
      );
    return new Response(status === 204 ? null : new Uint8Array(bytes), { status, headers: answered });
  };
}
