import { validateHeaderName, validateHeaderValue } from 'node:http';
import { InvalidInputError, quote } from '../errors.ts';

/** Of one connection, or the server's own business: RFC 9110 §7.6.1, and what would let a client smuggle a second request. */
const refusedNames = new Set(
  [
    'host',
    'connection',
    'keep-alive',
    'proxy-authenticate',
    'proxy-authorization',
    'proxy-authentication',
    'proxy-connection',
    'te',
  ].concat(['trailer', 'transfer-encoding', 'upgrade', 'content-length', 'expect', 'http2-settings']),
);

/** Checks the headers that a client gave; names come out in lower case. Throws INVALID_INPUT naming the header. */
export function checkHeaders(headers: Readonly<Record<string, string>>): Record<string, string> {
  const checked: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const field = `headers[${quote(name)}]`;
    if (!passes(() => validateHeaderName(name))) throw new InvalidInputError({ field, message: 'this is not a header name.' });
    if (!passes(() => validateHeaderValue(name, value))) {
      throw new InvalidInputError({ field, message: 'the value has a character that no header may have.' });
    }
    if (refusedNames.has(name.toLowerCase())) throw new InvalidInputError({ field, message: 'this header cannot be set.' });
    checked[name.toLowerCase()] = value;
  }
  return checked;
}

function passes(validate: () => void): boolean {
  try {
    validate();
    return true;
  } catch {
    return false;
  }
}
