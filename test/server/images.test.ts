import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../support/golden.ts';
import { goldenImage, imageItem } from '../support/golden-images.ts';
import { query } from '../support/graphql-client.ts';
import { type ImageServer, startImageServer } from '../support/image-server.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { isAlive, until } from '../support/scheduler-support.ts';
import { goldenFolder } from '../support/stand-in-hub.ts';

const clip = 'org/clip';
const classifier = 'org/classifier';
const embedDocument =
  'query ($input: EmbedInput!) { embed(input: $input) { embeddings { index vector tokenCount truncated } usage { inputTokens } } }';

let images: ImageServer;
let server: RunningApp;
const ask = (document: string, input: object) => query(server.url, document, { input });
const embed = (items: object[], options: object = {}) => ask(embedDocument, { model: clip, items, ...options });
const vectorsOf = (body: any): number[][] => {
  expect(body.errors).toBeUndefined();
  return body.data.embed.embeddings.map(({ vector }: { vector: number[] }) => vector);
};

beforeAll(async () => {
  images = await startImageServer();
  server = await runningApp({ importRoots: [goldenFolder('').replace(/[^/]*\/model$/, '')], fetchAllow: [`127.0.0.1:${images.port}`] });
  for (const [name, folder] of [
    [clip, 'tiny-clip-hf'],
    [classifier, 'tiny-vit-timm'],
  ] as const) {
    const input = { path: goldenFolder(folder), name };
    const settled = 'task { settled(timeoutMs: 60000) { state error { message } } }';
    await graphql(
      server.url,
      `mutation ($input: ImportModelInput!) { importModel(input: $input) { ... on ImportModelPayload { ${settled} } } }`,
      { input },
    );
    const { loadModel } = await graphql(
      server.url,
      `mutation ($name: String!) { loadModel(input: { name: $name }) { ... on LoadModelPayload { ${settled} } } }`,
      { name },
    );
    expect(loadModel.task.settled).toMatchObject({ state: 'SUCCEEDED' });
  }
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await images?.[Symbol.asyncDispose]();
});

/** A multipart request as the GraphQL multipart request specification has it. */
async function upload(bytes: Uint8Array<ArrayBuffer>, headers: Record<string, string>): Promise<{ status: number; body: any }> {
  const form = new FormData();
  const input = { model: clip, items: [{ image: { upload: null } }] };
  form.set('operations', JSON.stringify({ query: embedDocument, variables: { input } }));
  form.set('map', JSON.stringify({ 0: ['variables.input.items.0.image.upload'] }));
  form.set('0', new Blob([bytes], { type: 'image/png' }), 'image.png');
  const response = await fetch(`${server.url}/graphql`, { method: 'POST', body: form, headers });
  return { status: response.status, body: await response.json() };
}

describe('one image', () => {
  test('gives the same vector as an address, as base64, as a data URI and as an upload', async () => {
    const { base64 } = imageItem('rgb.png').image;
    const sources = [{ url: `${images.url}/golden/rgb.png` }, { base64 }, { base64: `data:image/png;base64,${base64}` }];
    const vectors = vectorsOf((await embed(sources.map((image) => ({ image })))).body);
    const uploaded = await upload(new Uint8Array(goldenImage('rgb.png')), { 'GraphQL-Require-Preflight': '1' });
    for (const vector of [...vectors, ...vectorsOf(uploaded.body)]) expectClose(vector, vectors[0] ?? [], 1e-6);
  });

  test('cannot be uploaded by a form of a foreign page, nor be a text where a file is meant', async () => {
    expect((await upload(new Uint8Array(goldenImage('rgb.png')), {})).status).toBe(415);
    const { body } = await embed([{ image: { upload: 'a file' } }]);
    expect(body.errors[0].message).toContain('multipart/form-data');
  });

  test('has one source', async () => {
    const { body } = await embed([{ text: 'a' }, { image: { url: 'http://a/', base64: 'AAAA' } }]);
    expect(body.errors[0]).toMatchObject({
      message: 'input.items[1].image: expected exactly one of url, base64 and upload, got url and base64.',
      extensions: { code: 'INVALID_INPUT', field: 'input.items[1].image' },
    });
  });
});

describe('a request of texts and images', () => {
  const names = ['rgb.png', 'gray.png', 'rgba.png', 'rgb-progressive.jpg', 'lossy.webp'];

  test('of a hundred each keeps its order', async () => {
    const texts = Array.from({ length: 100 }, (_, index) => ({ text: `a photo of ${index} ${'very '.repeat(index % 9)}small cats` }));
    const apart = {
      texts: vectorsOf((await embed(texts)).body),
      images: vectorsOf((await embed(names.map(imageItem))).body),
    };
    const mixed = texts.flatMap((text, index) => [
      { item: text, expected: apart.texts[index] },
      { item: imageItem(names[(index * 3) % names.length] ?? ''), expected: apart.images[(index * 3) % names.length] },
    ]);
    const { body } = await embed(mixed.map(({ item }) => item));
    for (const [index, vector] of vectorsOf(body).entries()) {
      expectClose(vector, mixed[index]?.expected ?? [], 1e-5, `item ${index}`);
      expect(body.data.embed.embeddings[index].index).toBe(index);
      expect(body.data.embed.embeddings[index].tokenCount).toEqual(index % 2 === 0 ? expect.any(Number) : null);
    }
  });

  test('fails with the typed error of every item that is at fault, under its index', async () => {
    const truncated = goldenImage('rgb-baseline.jpg').subarray(0, 200).toString('base64');
    const svg = Buffer.from('<svg xmlns="http://www.w3.org/2000/svg"><rect width="9" height="9"/></svg>').toString('base64');
    const at = (path: string) => ({ image: { url: images.url + path } });
    const { status, body } = await embed(
      [
        { text: 'fine' },
        at('/missing'),
        imageItem('rgb.png'),
        at('/to-loopback'),
        { image: { url: 'http://10.0.0.1/a.png' } },
        { image: { base64: truncated } },
        { text: 'cat '.repeat(2000) },
        { image: { base64: svg } },
        at('/page'),
        { image: { base64: 'no base64' } },
        at('/golden/gray.png'),
        at('/sends-10-gb'),
      ],
      { truncate: 'NONE' },
    );
    expect(status).toBe(200);
    expect(body.data.embed).toBeNull();
    const [{ extensions }] = body.errors;
    expect(extensions).toMatchObject({ code: 'UPSTREAM_FAILED', index: 1, status: 404 });
    expect(extensions.itemErrors.map(({ index, code }: { index: number; code: string }) => [index, code])).toEqual([
      [1, 'UPSTREAM_FAILED'],
      [3, 'UPSTREAM_FAILED'],
      [4, 'UNSAFE_URL'],
      [5, 'INVALID_IMAGE'],
      [6, 'INPUT_TOO_LONG'],
      [7, 'INVALID_IMAGE'],
      [8, 'UPSTREAM_FAILED'],
      [9, 'INVALID_IMAGE'],
      [11, 'UPSTREAM_FAILED'],
    ]);
    for (const { index, code, message } of extensions.itemErrors) {
      if (code === 'INVALID_IMAGE' || code === 'INPUT_TOO_LONG') expect(message).toContain(`Item ${index} `);
    }
  });

  test('tells of images in many slices too, and goes on with the next request', async () => {
    const broken = { image: { base64: Buffer.from('not an image').toString('base64') } };
    const items = Array.from({ length: 40 }, (_, index) => (index % 13 === 5 ? broken : imageItem('gray.png')));
    const { body } = await embed(items);
    expect(body.errors[0].extensions.itemErrors.map(({ index }: { index: number }) => index)).toEqual([5, 18, 31]);
    expect(vectorsOf((await embed([imageItem('gray.png')])).body)).toHaveLength(1);
  });

  test('stops fetching when its client leaves', async () => {
    const leaving = new AbortController();
    const body = JSON.stringify({
      query: embedDocument,
      variables: { input: { model: clip, items: [{ image: { url: `${images.url}/held` } }] } },
    });
    const pending = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body,
      signal: leaving.signal,
    });
    await until(() => images.held.size === 1);
    leaving.abort();
    await expect(pending).rejects.toThrow();
    await until(() => images.held.size === 0);
  });

  test('is told when its process is killed, which comes back', async () => {
    const { scheduler, catalogue } = server.app.services;
    const { id } = await catalogue.require({ name: clip });
    const [processId = 0] = scheduler.processIds(id);
    process.kill(processId, 'SIGSTOP');
    const pending = embed([{ text: 'a' }, ...new Array(20).fill(imageItem('rgb.png'))]);
    await until(() => (scheduler.runtime(id)?.queueDepth ?? 0) === 2);
    process.kill(processId, 'SIGKILL');
    const { body } = await pending;
    expect(body.errors[0].extensions.code).toBe('RUNNER_CRASHED');
    expect(isAlive(processId)).toBe(false);
    expect(vectorsOf((await embed([{ text: 'a' }, imageItem('rgb.png')])).body)).toHaveLength(2);
  });
});

describe('what a model cannot do', () => {
  const classifyDocument = 'query ($input: ClassifyInput!) { classify(input: $input) { classifications { labels { label } } } }';
  const image = () => imageItem('rgb.png').image;

  test('is refused by name, before an image is fetched', async () => {
    const before = images.seen.length;
    const url = `${images.url}/golden/rgb.png`;
    const refused = async (document: string, input: object) => (await ask(document, input)).body.errors[0].extensions;
    expect(await refused(embedDocument, { model: classifier, items: [{ text: 'a' }, { image: { url } }] })).toMatchObject({
      code: 'UNSUPPORTED_CAPABILITY',
      has: ['EMBED_IMAGE', 'CLASSIFY_IMAGE'],
    });
    expect(await refused(classifyDocument, { model: clip, images: [{ url }] })).toMatchObject({ code: 'UNSUPPORTED_CAPABILITY' });
    expect(await refused(classifyDocument, { model: classifier, images: [{ url }], labels: ['a'] })).toMatchObject({
      code: 'UNSUPPORTED_CAPABILITY',
    });
    expect(images.seen).toHaveLength(before);
  });

  test.each([
    [{ model: classifier, topK: 13 }, 'input.topK', 'expected 1 to 12'],
    [{ model: clip, labels: [] }, 'input.labels', 'at least one'],
    [{ model: clip, labels: ['a', 'b'], topK: 3 }, 'input.topK', 'expected 1 to 2'],
    [{ model: clip, labels: ['a'], template: 'a photo' }, 'input.template', '{}'],
    [{ model: clip, labels: ['x'.repeat(1_000_001)] }, 'input.labels[0]', 'characters'],
    [{ model: clip, labels: ['a'], images: [{}] }, 'input.images[0]', 'exactly one'],
  ])('%o names %s', async (input, field, message) => {
    const { body } = await ask(classifyDocument, { images: [image()], ...input });
    expect(body.errors[0]).toMatchObject({ message: expect.stringContaining(message), extensions: { code: 'INVALID_INPUT', field } });
  });

  test('a template goes around each label', async () => {
    const probabilities = 'query ($input: ClassifyInput!) { classify(input: $input) { classifications { probabilities } } }';
    const classify = async (input: object) =>
      (await ask(probabilities, { model: clip, images: [image()], ...input })).body.data.classify.classifications[0].probabilities;
    const around = await classify({ labels: ['cat', 'dog'], template: 'a photo of {}, {}' });
    expectClose(around, await classify({ labels: ['a photo of cat, cat', 'a photo of dog, dog'] }), 1e-6);
    expect(around).not.toEqual(await classify({ labels: ['cat', 'dog'] }));
  });
});

test('any items are compared with any others', async () => {
  const document = 'query ($input: SimilarityInput!) { similarity(input: $input) { scores } }';
  const items = [imageItem('rgb.png'), { text: 'a cat' }];
  const { body } = await ask(document, { model: clip, items, against: { items: [...items].reverse() } });
  const [[crossed, same], [own]] = body.data.similarity.scores;
  expect(same).toBeCloseTo(1, 5);
  expect(own).toBeCloseTo(1, 5);
  expect(Math.abs(crossed)).toBeLessThan(0.99);
  const failed = await ask(document, { model: clip, items, against: { items: [{ text: 'a' }, { image: { base64: 'x' } }] } });
  expect(failed.body.errors[0].extensions).toMatchObject({ code: 'INVALID_IMAGE', index: 3, itemErrors: [{ index: 3 }] });
});

test('a request without items is answered by nothing, and every model says that it is ready', async () => {
  for (const model of [clip, classifier]) expect(vectorsOf((await embed([], { model })).body)).toEqual([]);
  const { body } = await query(server.url, '{ server { ready } }');
  expect(body.data.server.ready).toBe(true);
});

test('images are counted apart from texts', async () => {
  const document = `query { model(name: "${clip}") { text: statistics(modality: TEXT) { inferenceCount } images: statistics(modality: IMAGE) { inferenceCount } all: statistics { inferenceCount } } }`;
  const before = (await query(server.url, document)).body.data.model;
  await embed([{ text: 'a' }, imageItem('rgb.png'), imageItem('gray.png')]);
  const after = (await query(server.url, document)).body.data.model;
  const gained = (name: 'text' | 'images' | 'all') => after[name].inferenceCount - before[name].inferenceCount;
  expect([gained('text'), gained('images'), gained('all')]).toEqual([1, 2, 3]);
});

test('nothing is fetched for a model that is not loaded', async () => {
  const unload = `mutation { unloadModel(input: { name: "${classifier}" }) { ... on UnloadModelPayload { task { settled(timeoutMs: 60000) { state } } } } }`;
  expect((await query(server.url, unload)).body.data.unloadModel.task.settled.state).toBe('SUCCEEDED');
  const before = images.seen.length;
  const { body } = await embed([{ image: { url: `${images.url}/golden/rgb.png` } }], { model: classifier });
  expect(body.errors[0].extensions.code).toBe('MODEL_NOT_LOADED');
  expect(images.seen).toHaveLength(before);
});
