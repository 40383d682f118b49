import { createHash, timingSafeEqual } from 'node:crypto';

/** Says whether a client's key is one of the configured ones. */
export interface KeyCheck {
  /** False where the server has no keys, and takes everybody. */
  readonly isRequired: boolean;
  accepts(key: string | undefined): boolean;
  /** For the value of an `Authorization` header. */
  acceptsHeader(authorization: string | undefined): boolean;
}

/** Keeps only digests of the keys, and compares all of them each time, so that neither length nor position can be timed. */
export function createKeyCheck(apiKeys: readonly string[]): KeyCheck {
  const digests = apiKeys.map(digest);
  const accepts = (key: string | undefined): boolean => {
    if (digests.length === 0) return true;
    const given = digest(key ?? '');
    return key !== undefined && digests.filter((known) => timingSafeEqual(known, given)).length > 0;
  };
  return {
    isRequired: digests.length > 0,
    accepts,
    acceptsHeader: (authorization) => accepts(/^bearer +(\S+) *$/i.exec(authorization ?? '')?.[1]),
  };
}

/** The key that `connectionParams` of a WebSocket carry: `{authorization: 'Bearer …'}` in either spelling, or `{key}`. */
export function acceptsConnection(check: KeyCheck, parameters: Readonly<Record<string, unknown>> | undefined): boolean {
  if (!check.isRequired) return true;
  const header = parameters?.authorization ?? parameters?.Authorization;
  if (typeof header === 'string') return check.acceptsHeader(header);
  return typeof parameters?.key === 'string' && check.accepts(parameters.key);
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
