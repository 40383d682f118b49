import type { IncomingMessage } from 'node:http';
import { UnsafeUrlError, UpstreamFailedError } from '../errors.ts';
import type { ConnectionPool } from './connection-pool.ts';
import { createDeadline, type Deadline } from './deadline.ts';
import { bareHost, parseFetchAllow } from './fetch-allow.ts';
import { parseFetchUrl, portOf, withoutSecrets } from './fetch-url.ts';
import { readBody, tooLarge } from './read-body.ts';
import { checkHeaders } from './request-headers.ts';
import { type Lookup, lookupAddresses, resolveAddresses } from './resolve-address.ts';
import { sendRequest } from './send-request.ts';

/** How one address is fetched. */
export interface GuardedFetchOptions {
  method?: 'GET' | 'HEAD';
  /** A client's headers: sent to the first origin only. */
  headers?: Readonly<Record<string, string>>;
  /** Ours, without secrets: sent at every hop, e.g. Range. */
  everyHopHeaders?: Readonly<Record<string, string>>;
  signal?: AbortSignal | undefined;
  /** The whole fetch, body included; default none. */
  timeoutMs?: number | null;
  /** Until the headers of each hop; default 30 s. */
  headersTimeoutMs?: number;
  /** The longest time without a byte; default 30 s. */
  idleTimeoutMs?: number;
  /** Larger bodies are refused, by their Content-Length or while they stream; default none. */
  maxBytes?: number | null;
  /** Media types of a good answer, e.g. `image/*`; default any. */
  acceptTypes?: readonly string[] | null;
  /** Default 3. */
  maxRedirects?: number;
  /** false: the redirect itself is the answer. Default true. */
  followRedirects?: boolean;
  /** Origins that the operator named (scheme, host and port), whose addresses are not checked. What they redirect to is. */
  trustedOrigins?: readonly string[];
  /** Connections to use again; only for requests with the same `trustedOrigins`. Default: one connection a request. */
  pool?: ConnectionPool | undefined;
}

/** One answer on the way. */
export interface GuardedHop {
  url: string;
  status: number;
  headers: Headers;
}

/** The last answer. Read `body`, or dispose of it: both let the connection go. */
export interface GuardedResponse extends GuardedHop, AsyncDisposable {
  /** The redirects before it, first one first. */
  redirects: readonly GuardedHop[];
  body: AsyncIterable<Uint8Array>;
}

/**
 * Fetches from an address that a client named. Answers whatever status comes; throws UNSAFE_URL, INVALID_INPUT (headers),
 * TIMEOUT, CANCELED, UPSTREAM_FAILED (unreachable, cut off, too large, of another type, too many redirects), from `body` too.
 */
export type GuardedFetch = (url: string, options?: GuardedFetchOptions) => Promise<GuardedResponse>;

/** A longer body of a redirect is not worth a kept connection. */
const longestDrainBytes = 16_384;

const redirectStatuses = [301, 302, 303, 307, 308];

/** `allow` is FETCH_ALLOW. A wrong entry throws INVALID_INPUT here, at the start. */
export function createGuardedFetch({
  allow: entries,
  lookup = lookupAddresses,
  log,
}: {
  allow: readonly string[];
  lookup?: Lookup;
  log?: { debug(fields: object, message: string): void };
}): GuardedFetch {
  const allow = parseFetchAllow(entries);
  const isPortAllowed = (url: URL) => allow.hasHost(url.hostname, portOf(url)) || allow.hasAddress(bareHost(url.hostname), portOf(url));

  return async (text, options = {}) => {
    const { headersTimeoutMs = 30_000, maxRedirects = 3, followRedirects = true, trustedOrigins = [], method = 'GET' } = options;
    const clientHeaders = checkHeaders(options.headers ?? {});
    const everyHopHeaders = checkHeaders(options.everyHopHeaders ?? {});
    const deadline = createDeadline({
      signal: options.signal,
      timeoutMs: options.timeoutMs ?? null,
      what: `Fetching ${withoutSecrets(text)}`,
    });
    const redirects: GuardedHop[] = [];
    let mayForwardHeaders = true;
    let message: IncomingMessage | null = null;
    try {
      let url = parseFetchUrl(text, { isPortAllowed });
      const first = url.origin;
      for (;;) {
        deadline.startStage(headersTimeoutMs, `The answer of ${url.host}`);
        // Once it has left, it stays left: another server must not be able to aim our headers by sending us back.
        mayForwardHeaders &&= url.origin === first;
        const isTrusted = trustedOrigins.includes(url.origin);
        const addresses = await deadline.race(resolveAddresses(url, { allow, lookup, isTrusted }));
        const headers = {
          'user-agent': 'modelkeep',
          accept: '*/*',
          ...everyHopHeaders,
          ...(mayForwardHeaders ? clientHeaders : {}),
          'accept-encoding': 'identity',
        };
        message = await sendRequest({ url, method, headers, addresses, deadline, pool: options.pool });
        const hop = { url: url.href, status: message.statusCode ?? 0, headers: headersOf(message) };
        const target = followRedirects ? redirectTarget(hop) : null;
        log?.debug({ url: withoutSecrets(url), status: hop.status }, 'fetched');
        if (target === null) return toResponse({ hop, redirects, message, url, options, deadline });
        letGo(message, hop.headers);
        redirects.push(hop);
        if (redirects.length > maxRedirects) throw tooManyRedirects(text, maxRedirects);
        url = parseFetchUrl(target, { isPortAllowed });
      }
    } catch (error) {
      message?.destroy();
      deadline.release();
      throw error;
    }
  };
}

function toResponse({
  hop,
  redirects,
  message,
  url,
  options: { maxBytes = null, acceptTypes = null, idleTimeoutMs = 30_000, method },
  deadline,
}: {
  hop: GuardedHop;
  redirects: GuardedHop[];
  message: IncomingMessage;
  url: URL;
  options: GuardedFetchOptions;
  deadline: Deadline;
}): GuardedResponse {
  const isGood = hop.status >= 200 && hop.status < 300;
  const encoding = hop.headers.get('content-encoding') ?? 'identity';
  const type = (hop.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
  const refuse = (detail: string) =>
    new UpstreamFailedError({ url: withoutSecrets(url), status: hop.status, message: `${withoutSecrets(url)} ${detail}` });
  if (isGood && encoding.toLowerCase() !== 'identity' && method !== 'HEAD')
    throw refuse(`answered with the encoding ${encoding}, which was not asked for.`);
  if (isGood && acceptTypes !== null && !acceptTypes.some((wanted) => matchesType(type, wanted))) {
    throw refuse(`answered with the type ${type || 'unknown'}; expected ${acceptTypes.join(' or ')}.`);
  }
  if (maxBytes !== null && method !== 'HEAD' && Number(hop.headers.get('content-length') ?? 0) > maxBytes) throw tooLarge(url, maxBytes);
  const release = () => {
    message.destroy();
    deadline.release();
  };
  // A caller who never reads must not hold the connection for ever.
  deadline.startStage(idleTimeoutMs, `Waiting for bytes of ${withoutSecrets(url)}`);
  const body = readBody({ message, url, maxBytes, idleTimeoutMs, deadline, release });
  return { ...hop, redirects, body, [Symbol.asyncDispose]: async () => release() };
}

/** Reads the rest of a short redirect, so that its connection can serve again. */
function letGo(message: IncomingMessage, headers: Headers): void {
  const length = headers.get('content-length');
  if (length !== null && Number(length) <= longestDrainBytes) message.resume();
  else message.destroy();
}

function redirectTarget({ status, headers, url }: GuardedHop): string | null {
  const location = headers.get('location');
  if (location === null || !redirectStatuses.includes(status)) return null;
  if (!URL.canParse(location, url))
    throw new UnsafeUrlError({ url: withoutSecrets(location), reason: 'a redirect leads to what is no address.' });
  return new URL(location, url).href;
}

function tooManyRedirects(url: string, maxRedirects: number): UpstreamFailedError {
  return new UpstreamFailedError({
    url: withoutSecrets(url),
    status: null,
    message: `${withoutSecrets(url)} redirects more than ${maxRedirects} times.`,
  });
}

function matchesType(type: string, wanted: string): boolean {
  return wanted.endsWith('/*') ? type.startsWith(wanted.slice(0, -1)) : type === wanted;
}

/** Node has no `Headers` on a message; several lines of one name are joined as the Fetch standard does. */
function headersOf(message: IncomingMessage): Headers {
  const headers = new Headers();
  for (const [name, values] of Object.entries(message.headersDistinct)) for (const value of values ?? []) headers.append(name, value);
  return headers;
}
