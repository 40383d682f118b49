import { setImmediate as nextTurn } from 'node:timers/promises';
import { InvalidImageError, InvalidInputError, ModelkeepError, UpstreamFailedError } from '../errors.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import { decodeBase64, type ImageSource, requireImageSource, tooLarge } from './image-source.ts';

export interface ImageReaderOptions {
  fetch: GuardedFetch;
  config: { maxImageBytes: number; maxImages: number };
  /** For one whole fetch, its body included; default 30 s. */
  timeoutMs?: number;
}

/** An image that is wanted, as the item of a request that it is. */
export interface WantedImage {
  index: number;
  image: ImageSource;
}

/** Gets the bytes of images wherever they are. */
export interface ImageReader {
  /** Throws INVALID_INPUT for too many images, or one without exactly one source. `field` names an item of the request. */
  check(images: readonly WantedImage[], field: (index: number) => string): void;
  /**
   * The encoded bytes of each image, in order, or why it has none: INVALID_IMAGE, UNSAFE_URL, UPSTREAM_FAILED, TIMEOUT, INVALID_INPUT,
   * CANCELED. One address with the same headers is fetched once.
   */
  read(images: readonly WantedImage[], signal: AbortSignal): Promise<(Uint8Array | ModelkeepError)[]>;
}

/** Fetches of one request at once. */
const mostFetches = 10;
/** What the images of one request may have together: they wait in memory for their turn. */
const mostRequestBytes = 256 * 1024 ** 2;
/** Base64 up to this length is decoded before others get their turn. */
const turnLength = 262_144;
/** What servers call an image whose kind they do not know. */
const unknownTypes = ['', 'application/octet-stream', 'binary/octet-stream'];

export function createImageReader({ fetch, config, timeoutMs = 30_000 }: ImageReaderOptions): ImageReader {
  const { maxImageBytes: maxBytes, maxImages } = config;

  /** As it is at that address: a redirect is not followed, and its body is no image. */
  async function fetchImage({ url, headers }: Fetch, index: number, signal: AbortSignal): Promise<Uint8Array> {
    await using response = await fetch(url, { headers, signal, timeoutMs, idleTimeoutMs: timeoutMs, maxBytes, followRedirects: false });
    const shown = response.url.replace(/[?#].*$/s, '');
    const refuse = (detail: string) => new UpstreamFailedError({ url: shown, status: response.status, message: `${shown} ${detail}` });
    if (response.status >= 300 && response.status < 400) {
      throw refuse(
        `answered with a redirect (${response.status}); images are not looked for elsewhere. Give the address that it leads to.`,
      );
    }
    if (response.status < 200 || response.status >= 300) throw refuse(`answered with status ${response.status}.`);
    const type = (response.headers.get('content-type') ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
    if (!type.startsWith('image/') && !unknownTypes.includes(type)) throw refuse(`answered with the type ${type}; expected an image.`);
    const bytes = Buffer.concat(await Array.fromAsync(response.body));
    if (bytes.length === 0) throw new InvalidImageError({ index, reason: 'its address answered with nothing.' });
    return bytes;
  }

  async function readUpload(upload: NonNullable<ImageSource['upload']>, index: number): Promise<Uint8Array> {
    if (upload.size > maxBytes) throw new InvalidImageError({ index, reason: tooLarge(maxBytes) });
    return new Uint8Array(await upload.arrayBuffer());
  }

  return {
    check(images, field) {
      if (images.length > maxImages) {
        const message = `expected at most ${maxImages} images, got ${images.length}. Split the request, or raise MODELKEEP_MAX_IMAGES.`;
        throw new InvalidInputError({ field: field(images[maxImages]?.index ?? 0), message });
      }
      for (const { index, image } of images) requireImageSource(image, field(index));
    },
    async read(images, signal) {
      const limit = createLimit(mostFetches);
      const turns = createLimit(1);
      const fetches = new Map<string, Promise<Uint8Array>>();
      let totalBytes = 0;

      function fetchOnce(wanted: Fetch, index: number): Promise<Uint8Array> {
        const key = JSON.stringify([wanted.url, Object.entries(wanted.headers).sort()]);
        const known = fetches.get(key) ?? limit(() => fetchImage(wanted, index, signal)).then(count);
        fetches.set(key, known);
        return known;
      }

      /** A large text takes milliseconds: others get their turn before each. */
      function decodeInTurn(text: string, index: number): Promise<Uint8Array> {
        return turns(async () => {
          if (text.length > turnLength) await nextTurn();
          return decodeBase64(text, { index, maxBytes });
        });
      }

      function count(bytes: Uint8Array): Uint8Array {
        totalBytes += bytes.length;
        if (totalBytes <= mostRequestBytes) return bytes;
        const message = `the images of one request may have ${mostRequestBytes} bytes together. Split the request.`;
        throw new InvalidInputError({ field: 'input.items', message });
      }

      async function readOne({ index, image: { url, base64, upload, headers } }: WantedImage): Promise<Uint8Array> {
        if (url != null) return fetchOnce({ url, headers: namedHeaders(headers) }, index);
        return count(upload != null ? await readUpload(upload, index) : await decodeInTurn(base64 ?? '', index));
      }

      return Promise.all(
        images.map((wanted) =>
          readOne(wanted).catch((error: unknown) => {
            if (error instanceof ModelkeepError) return error;
            throw error;
          }),
        ),
      );
    },
  };
}

interface Fetch {
  url: string;
  headers: Record<string, string>;
}

/** Of two headers of one name the later counts, as in a JSON object. */
function namedHeaders(headers: ImageSource['headers']): Record<string, string> {
  return Object.fromEntries((headers ?? []).map(({ name, value }) => [name.toLowerCase(), value]));
}

/** Runs at most so many at once, first come first served. */
function createLimit(most: number): <Value>(run: () => Promise<Value>) => Promise<Value> {
  const waiting: (() => void)[] = [];
  let running = 0;
  return async (run) => {
    if (running >= most) await new Promise<void>((resolve) => waiting.push(resolve));
    else running += 1;
    try {
      return await run();
    } finally {
      // The place goes on to the next, who need not count it again.
      const next = waiting.shift();
      if (next) next();
      else running -= 1;
    }
  };
}
