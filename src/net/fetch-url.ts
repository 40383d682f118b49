import { UnsafeUrlError } from '../errors.ts';

/** An address longer than this is nobody's honest link. */
const longestUrl = 16_384;

/** Ports that no browser fetches from, because what listens there may take a request for its own protocol (Fetch standard, "bad port"). */
const refusedPorts = new Set(
  [
    [0, 1, 7, 9, 11, 13, 15, 17, 19, 20, 21, 22, 23, 25, 37, 42, 43, 53, 69, 77, 79, 87, 95, 101, 102, 103, 104, 109, 110, 111, 113, 115],
    [117, 119, 123, 135, 137, 139, 143, 161, 179, 389, 427, 465, 512, 513, 514, 515, 526, 530, 531, 532, 540, 548, 554, 556, 563, 587],
    [601, 636, 989, 990, 993, 995, 1719, 1720, 1723, 2049, 3659, 4045, 4190, 5060, 5061, 6000, 6379, 6566, 6665, 6666, 6667, 6668, 6669],
    [6679, 6697, 10080, 11211],
  ].flat(),
);

/**
 * Reads an address by the WHATWG rules, so that every spelling of an IP (decimal, octal, hexadecimal, short, full-width) has
 * become the usual one. Throws UNSAFE_URL unless it is http or https, without credentials, with a port that is fetched from.
 */
export function parseFetchUrl(text: string, { isPortAllowed }: { isPortAllowed: (url: URL) => boolean }): URL {
  const refuse = (reason: string) => new UnsafeUrlError({ url: withoutSecrets(text), reason });
  if (text.length > longestUrl) throw refuse('the address is too long.');
  if (!URL.canParse(text)) throw refuse('it is not a whole address such as https://example.org/file.');
  const url = new URL(text);
  if (url.protocol !== 'http:' && url.protocol !== 'https:') throw refuse('only http and https are fetched.');
  if (url.username !== '' || url.password !== '') throw refuse('an address may not hold a user name or password.');
  if (url.hostname === '') throw refuse('it names no host.');
  if (refusedPorts.has(portOf(url)) && !isPortAllowed(url)) throw refuse(`port ${portOf(url)} is not one that web servers use.`);
  return url;
}

/** The port in force, also when it is the protocol's own. */
export function portOf(url: URL): number {
  if (url.port !== '') return Number(url.port);
  return url.protocol === 'https:' ? 443 : 80;
}

/** An address as it may stand in a message or a log: no credentials, no query, no fragment. */
export function withoutSecrets(url: string | URL): string {
  if (typeof url !== 'string') return `${url.origin}${url.pathname}`;
  if (!URL.canParse(url)) return url.replace(/[?#].*$/s, '').replace(/\/\/[^/]*@/, '//');
  const parsed = new URL(url);
  return parsed.host === '' ? parsed.protocol : `${parsed.protocol}//${parsed.host}${parsed.pathname}`;
}
