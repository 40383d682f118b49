import type { IncomingHttpHeaders } from 'node:http';
import { type Config, isLoopbackHost } from '../config.ts';

/**
 * What browsers may do, alike on every door. A page of another origin may not call; and while the server takes everybody, its
 * `Host` must be one that is really ours, so that a name which an attacker points at this machine (DNS rebinding) opens nothing.
 */
export interface BrowserPolicy {
  /** Why a request or upgrade is refused; null where it is not. */
  refusal(headers: IncomingHttpHeaders, method: string): string | null;
  /** Headers of every answer, refusals too. */
  responseHeaders(headers: IncomingHttpHeaders): Record<string, string>;
  /** Headers of the answer to a preflight; null for what is none. */
  preflightHeaders(headers: IncomingHttpHeaders, method: string): Record<string, string> | null;
}

export function createBrowserPolicy({
  allowedOrigins,
  allowedHosts,
  apiKeys,
}: Pick<Config, 'allowedOrigins' | 'allowedHosts' | 'apiKeys'>): BrowserPolicy {
  const origins = new Set(allowedOrigins.map((origin) => origin.toLowerCase().replace(/\/$/, '')));
  const hosts = new Set(allowedHosts.map((host) => host.toLowerCase()));
  const isAnonymous = apiKeys.length === 0;

  const isAllowedOrigin = (origin: string): boolean => origins.has(origin.toLowerCase()) || isLoopbackOrigin(origin);

  function isAllowedHost(host: string | undefined): boolean {
    const name = hostName(host);
    return name !== null && (isLoopbackHost(name) || hosts.has(name) || hosts.has((host ?? '').toLowerCase()));
  }

  return {
    refusal(headers, method) {
      const { origin, host } = headers;
      if (isAnonymous && !isAllowedHost(host)) {
        return 'This server has no keys, so it answers only to the host names in MODELKEEP_ALLOWED_HOSTS, and to loopback ones.';
      }
      if (origin !== undefined && !isAllowedOrigin(origin)) return 'This origin is not one of MODELKEEP_ALLOWED_ORIGINS.';
      // Browsers name no origin where a page's privacy settings forbid it, but still say that the page is another's.
      const isForeignForm = origin === undefined && headers['sec-fetch-site'] === 'cross-site' && method !== 'GET' && method !== 'HEAD';
      return isForeignForm ? 'A page of another site may not send this.' : null;
    },
    responseHeaders({ origin }) {
      if (origin === undefined || !isAllowedOrigin(origin)) return { vary: 'Origin' };
      return {
        vary: 'Origin',
        'access-control-allow-origin': origin,
        'access-control-allow-credentials': 'true',
        // The latter are the tus protocol's.
        'access-control-expose-headers':
          'x-request-id, retry-after, location, tus-resumable, tus-version, tus-extension, tus-max-size, upload-length, upload-offset, upload-expires, upload-metadata',
      };
    },
    preflightHeaders(headers, method) {
      if (method !== 'OPTIONS' || headers.origin === undefined || headers['access-control-request-method'] === undefined) return null;
      return {
        'access-control-allow-methods': 'GET, HEAD, POST, PUT, PATCH, DELETE',
        'access-control-allow-headers': headers['access-control-request-headers'] ?? 'authorization, content-type',
        'access-control-max-age': '600',
        vary: 'Origin, Access-Control-Request-Method, Access-Control-Request-Headers',
        ...(headers['access-control-request-private-network'] === 'true' ? { 'access-control-allow-private-network': 'true' } : {}),
      };
    },
  };
}

/** Whether a page comes from this machine; `null` and malformed origins do not. */
function isLoopbackOrigin(origin: string): boolean {
  const [, host] = /^https?:\/\/([^/?#@\\\s]+)$/i.exec(origin) ?? [];
  const name = hostName(host);
  return name !== null && isLoopbackHost(name);
}

/** The name in `name:port`, in lower case; null where it is missing or malformed. */
function hostName(host: string | undefined): string | null {
  const [, name] = /^(\[[0-9a-f:.]+\]|[^:/?#@\\\s[\]]+?)\.?(?::\d*)?$/i.exec(host ?? '') ?? [];
  return name?.toLowerCase() ?? null;
}
