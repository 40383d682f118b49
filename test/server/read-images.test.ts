import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { ModelkeepError } from '../../src/errors.ts';
import type { ImageSource } from '../../src/inference/image-source.ts';
import { createImageReader, type ImageReaderOptions } from '../../src/inference/read-images.ts';
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { goldenImage } from '../support/golden-images.ts';
import { type ImageServer, startImageServer } from '../support/image-server.ts';
import { until } from '../support/scheduler-support.ts';

let images: ImageServer;

beforeAll(async () => {
  images = await startImageServer();
});

afterAll(async () => {
  await images?.[Symbol.asyncDispose]();
});

/** Reads images as the items of one request. */
function read(sources: ImageSource[], options: Partial<ImageReaderOptions> = {}, signal = new AbortController().signal) {
  const fetch = createGuardedFetch({ allow: ['127.0.0.1'] });
  const reader = createImageReader({ fetch, config: { maxImageBytes: 20_000_000, maxImages: 256 }, ...options });
  return reader.read(
    sources.map((image, index) => ({ index, image })),
    signal,
  );
}

describe('an address', () => {
  test.each(['/golden/rgb.png', '/no-type', '/octets'])('%s gives its bytes, whatever kind of image it says they are', async (path) => {
    expect(await read([{ url: images.url + path }])).toEqual([goldenImage('rgb.png')]);
  });

  test.each([
    ['/missing', { code: 'UPSTREAM_FAILED', status: 404 }],
    ['/broken', { code: 'UPSTREAM_FAILED', status: 500 }],
    ['/page', { code: 'UPSTREAM_FAILED', message: expect.stringContaining('text/html') }],
    ['/empty', { code: 'INVALID_IMAGE', index: 0 }],
    ['/to-loopback', { code: 'UPSTREAM_FAILED', status: 302, message: expect.stringContaining('redirect') }],
    ['/loop', { code: 'UPSTREAM_FAILED', status: 302 }],
    ['/zipped', { code: 'UPSTREAM_FAILED', message: expect.stringContaining('gzip') }],
    ['/says-10-gb', { code: 'UPSTREAM_FAILED', message: expect.stringContaining('20000000 bytes') }],
    ['/sends-10-gb', { code: 'UPSTREAM_FAILED', message: expect.stringContaining('20000000 bytes') }],
  ])('%s is refused by name, and no redirect is followed', async (path, failure) => {
    const before = images.seen.length;
    expect(await read([{ url: images.url + path }])).toEqual([expect.objectContaining(failure)]);
    expect(images.seen.length).toBe(before + 1);
  });

  test('that drips is given up after the time that one image may take, however many bytes have come', async () => {
    expect(await read([{ url: `${images.url}/drips` }], { timeoutMs: 300 })).toEqual([expect.objectContaining({ code: 'TIMEOUT' })]);
  });

  test('is not fetched from this network, under whatever name', async () => {
    const urls = [
      'http://127.0.0.1/a',
      'http://2130706433/a',
      'http://[::ffff:127.0.0.1]/a',
      'http://169.254.169.254/a',
      'file:///etc/passwd',
    ];
    const fetch = createGuardedFetch({ allow: [] });
    for (const failure of await read(
      urls.map((url) => ({ url })),
      { fetch },
    )) {
      expect(failure).toMatchObject({ code: 'UNSAFE_URL' });
    }
  });

  test('whose name means another machine at the second look is fetched from the first answer, or not at all', async () => {
    const asked: string[] = [];
    const lookup = async (hostname: string) => {
      asked.push(hostname);
      return [{ address: asked.length === 1 ? '127.0.0.1' : '93.184.215.14', family: 4 as const }];
    };
    const fetch = createGuardedFetch({ allow: [], lookup });
    expect(await read([{ url: `http://rebind.example:${images.port}/golden/rgb.png` }], { fetch })).toEqual([
      expect.objectContaining({ code: 'UNSAFE_URL' }),
    ]);
    expect(asked).toHaveLength(1);
  });

  test('is fetched once for all that name it with the same headers, ten at a time', async () => {
    const before = images.seen.length;
    const url = `${images.url}/golden/gray.png`;
    const headers = [{ name: 'X-Key', value: 'a' }];
    const read3 = await read([{ url }, { url }, { url, headers }, { url, headers: [{ name: 'x-key', value: 'a' }] }]);
    expect(read3).toEqual(new Array(4).fill(goldenImage('gray.png')));
    expect(images.seen.slice(before).map((request) => request.headers['x-key'])).toEqual([undefined, 'a']);
    const pending = read(Array.from({ length: 25 }, (_, index) => ({ url: `${images.url}/held?${index}` })));
    await until(() => images.held.size === 10);
    const releasing = setInterval(() => images.release(), 5);
    expect(await pending).toEqual(new Array(25).fill(goldenImage('rgb.png')));
    clearInterval(releasing);
    expect(images.mostAtOnce).toBe(10);
  });

  test('is let go when the caller leaves', async () => {
    const leaving = new AbortController();
    const pending = read([{ url: `${images.url}/held` }], {}, leaving.signal);
    await until(() => images.held.size === 1);
    leaving.abort();
    expect(await pending).toEqual([expect.objectContaining({ code: 'CANCELED' })]);
    await until(() => images.held.size === 0);
  });

  test('may have no headers that are the connection’s own', async () => {
    const [failure] = await read([{ url: `${images.url}/octets`, headers: [{ name: 'Host', value: 'other' }] }]);
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('Host'.toLowerCase()) });
  });
});

describe('base64', () => {
  const bytes = goldenImage('rgb.png');
  const base64 = bytes.toString('base64');

  test.each([
    ['plain', base64],
    ['as a data URI', `data:image/png;base64,${base64}`],
    ['of another kind of image', `data:image/x-whatever+xml;charset=utf-8;base64,${base64}`],
    ['in lines', base64.replaceAll(/.{76}/g, '$&\r\n')],
    ['for addresses, without padding', bytes.toString('base64url')],
  ])('%s is taken', async (_, text) => {
    expect(await read([{ base64: text }])).toEqual([bytes]);
  });

  test.each(['', 'not base64!', 'data:text/html;base64,AAAA', 'data:image/svg+xml,<svg/>', 'data:image/png;base64', '=AAA'])(
    '%j is INVALID_IMAGE with its index',
    async (text) => {
      expect(await read([{ base64 }, { base64: text }])).toEqual([bytes, expect.objectContaining({ code: 'INVALID_IMAGE', index: 1 })]);
    },
  );

  test('and uploads above the limit are refused, alone and together', async () => {
    const config = { maxImageBytes: 1000, maxImages: 256 };
    const [text, upload] = (await read([{ base64: 'A'.repeat(1400) }, { upload: new Blob([new Uint8Array(1001)]) }], {
      config,
    })) as ModelkeepError[];
    expect(text).toMatchObject({ code: 'INVALID_IMAGE', index: 0, message: expect.stringContaining('1000 bytes') });
    expect(upload).toMatchObject({ code: 'INVALID_IMAGE', index: 1, message: expect.stringContaining('1000 bytes') });
    const large = { upload: { size: 1, arrayBuffer: async () => new ArrayBuffer(100 * 1024 ** 2) } };
    const together = await read([large, large, large], { config: { maxImageBytes: 2 ** 30, maxImages: 256 } });
    expect(together.map((each) => 'code' in each)).toEqual([false, false, true]);
    expect(together[2]).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining('together') });
  });
});

test('an image has exactly one source, and a request so many images', () => {
  const config = { maxImageBytes: 1000, maxImages: 2 };
  const reader = createImageReader({ fetch: createGuardedFetch({ allow: [] }), config });
  const check =
    (...sources: ImageSource[]) =>
    () =>
      reader.check(
        sources.map((image, index) => ({ index, image })),
        (index) => `input.items[${index}].image`,
      );
  expect(check({ url: 'a' }, { base64: 'b' })).not.toThrow();
  expect(check({})).toThrow('input.items[0].image: expected exactly one of url, base64 and upload, got none.');
  expect(check({ url: 'a' }, { url: 'a', base64: 'b' })).toThrow(
    'input.items[1].image: expected exactly one of url, base64 and upload, got url and base64.',
  );
  expect(check({ base64: 'a', headers: [{ name: 'a', value: 'b' }] })).toThrow('input.items[0].image.headers');
  expect(check({ url: 'a' }, { url: 'a' }, { url: 'a' })).toThrow('expected at most 2 images, got 3');
});
