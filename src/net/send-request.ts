import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import { UpstreamFailedError } from '../errors.ts';
import type { ConnectionPool } from './connection-pool.ts';
import type { Deadline } from './deadline.ts';
import { bareHost } from './fetch-allow.ts';
import { portOf, withoutSecrets } from './fetch-url.ts';
import type { ResolvedAddress } from './resolve-address.ts';

/**
 * Sends one request to the addresses that were checked, and answers when the headers are there. The name is never looked up
 * again: the connection gets the checked addresses from us, while Host and the TLS server name stay the name's.
 * With a pool, a connection that the same work made to that host and port before may serve again. Throws UPSTREAM_FAILED, or the
 * deadline's error.
 */
export async function sendRequest(options: RequestOptions): Promise<IncomingMessage> {
  // A kept connection may have been closed by the other side just now; that says nothing about the server.
  for (;;) {
    const { answer, isReused } = trySend(options);
    try {
      return await answer;
    } catch (error) {
      if (!isReused() || options.deadline.signal.aborted) throw error;
    }
  }
}

export interface RequestOptions {
  url: URL;
  method: 'GET' | 'HEAD';
  headers: Record<string, string>;
  addresses: readonly ResolvedAddress[];
  deadline: Deadline;
  pool?: ConnectionPool | undefined;
}

function trySend({ url, method, headers, addresses, deadline, pool }: RequestOptions): {
  answer: Promise<IncomingMessage>;
  isReused: () => boolean;
} {
  const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
  if (deadline.signal.aborted) return { answer: Promise.reject(deadline.signal.reason), isReused: () => false };
  const host = bareHost(url.hostname);
  const isSecure = url.protocol === 'https:';
  const lookup: LookupFunction = (_name, options, callback) => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  };
  const request = (isSecure ? httpsRequest : httpRequest)({
    host,
    port: portOf(url),
    path: `${url.pathname}${url.search}`,
    method,
    // The name as written, port included: an own header, because `host` above has lost the root's dot.
    headers: { ...headers, host: url.host },
    lookup,
    // Without a pool of the caller's own, a connection per hop: another's might have been checked under other rules.
    agent: pool?.agentFor(url) ?? false,
    ...(isSecure && isIP(host) === 0 ? { servername: host } : {}),
  });
  const onAbort = () => request.destroy(deadline.signal.reason);
  deadline.signal.addEventListener('abort', onAbort, { once: true });
  request.once('close', () => deadline.signal.removeEventListener('abort', onAbort));
  // Stays for the whole exchange: an error after the headers is told by the body.
  request.on('error', (error) => reject(deadline.signal.aborted ? deadline.signal.reason : connectionError(url, error)));
  request.once('response', (message) => {
    message.on('error', () => {});
    resolve(message);
  });
  request.end();
  return { answer: promise, isReused: () => request.reusedSocket };
}

/** What broke on the wire, as a typed failure. */
export function connectionError(url: URL, error: unknown): UpstreamFailedError {
  const { code, message } = error as NodeJS.ErrnoException;
  const detail = code ?? message ?? 'unknown';
  return new UpstreamFailedError({
    url: withoutSecrets(url),
    status: null,
    message: `The connection to ${url.host} failed: ${detail}.`,
    cause: error,
  });
}
