import { InvalidImageError, InvalidInputError } from '../errors.ts';

/** An image as a caller gives it: exactly one of the three. */
export interface ImageSource {
  /** Address to fetch it from. */
  url?: string | null | undefined;
  /** Its bytes as base64, or as a data URI. */
  base64?: string | null | undefined;
  /** A file that came with the request. */
  upload?: Pick<Blob, 'size' | 'arrayBuffer'> | null | undefined;
  /** Headers for the fetch. */
  headers?: readonly { name: string; value: string }[] | null | undefined;
}

/** Throws INVALID_INPUT unless an image has exactly one source. */
export function requireImageSource({ url, base64, upload, headers }: ImageSource, field: string): void {
  const given = Object.entries({ url, base64, upload }).flatMap(([name, value]) => (value == null ? [] : name));
  if (given.length !== 1) {
    const got = given.length === 0 ? 'none' : given.join(' and ');
    throw new InvalidInputError({ field, message: `expected exactly one of url, base64 and upload, got ${got}.` });
  }
  if (headers != null && headers.length > 0 && url == null) {
    throw new InvalidInputError({ field: `${field}.headers`, message: 'headers are for fetching a url; there is none.' });
  }
}

/** The bytes of a base64 text or of a data URI. Throws INVALID_IMAGE. */
export function decodeBase64(text: string, { index, maxBytes }: { index: number; maxBytes: number }): Uint8Array {
  const refuse = (reason: string) => new InvalidImageError({ index, reason });
  const data = /^\s*data:/i.test(text.slice(0, 100)) ? dataOf(text) : text;
  if (data === null) throw refuse('expected a data URI such as data:image/png;base64,…');
  // Four characters are three bytes; a little more is let through here and counted exactly below.
  if (data.length > (maxBytes / 3) * 4 * 1.1 + 1024) throw refuse(tooLarge(maxBytes));
  const compact = data.replaceAll(/\s+/g, '');
  if (!/^[A-Za-z0-9+/_-]+={0,2}$/.test(compact)) throw refuse('it is neither base64 nor a data URI.');
  const bytes = Buffer.from(compact, 'base64');
  if (bytes.length > maxBytes) throw refuse(tooLarge(maxBytes));
  return bytes;
}

export function tooLarge(maxBytes: number): string {
  return `it is larger than the limit of ${maxBytes} bytes (MODELKEEP_MAX_IMAGE_BYTES).`;
}

/** What follows the comma of `data:image/…;base64,`; null for any other. */
function dataOf(text: string): string | null {
  const comma = text.indexOf(',');
  if (comma < 0 || comma > 1024) return null;
  return /^\s*data:image\/[\w.+-]+(;[\w.+=-]+)*;base64$/i.test(text.slice(0, comma)) ? text.slice(comma + 1) : null;
}
