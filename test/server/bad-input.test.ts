import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../support/graphql-client.ts';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { withOwnWeights } from '../support/stand-in-hub-repository.ts';

const name = 'org/encoder';

let hub: StandInHub;
let server: RunningApp;

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url, maxBodyBytes: 16 * 1024 ** 2 });
  await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

const embedDocument = 'query ($input: EmbedInput!) { embed(input: $input) { embeddings { index } } }';

async function embedError(input: object) {
  const { body } = await query(server.url, embedDocument, { input: { model: name, items: [{ text: 'a' }], ...input } });
  return body.errors[0];
}

describe('an embed request', () => {
  for (const { what, input, code, says } of [
    { what: 'for an unknown model', input: { model: 'org/encodr' }, code: 'MODEL_NOT_FOUND', says: /org\/encoder/ },
    { what: 'with 0 dimensions', input: { dimensions: 0 }, code: 'INVALID_INPUT', says: /dimensions.*1 to 48/ },
    { what: 'with negative dimensions', input: { dimensions: -3 }, code: 'INVALID_INPUT', says: /dimensions/ },
    { what: 'with more dimensions than the model has', input: { dimensions: 49 }, code: 'INVALID_INPUT', says: /dimensions.*49/ },
    {
      what: 'with a text of 10 MB',
      input: { items: [{ text: 'x' }, { text: 'word '.repeat(2_000_000) }] },
      code: 'INVALID_INPUT',
      says: /items\[1\]\.text/,
    },
    {
      what: 'with a text that is too long for the model, uncut',
      input: { items: [{ text: 'word '.repeat(500) }], truncate: 'NONE' },
      code: 'INPUT_TOO_LONG',
      says: /502 tokens.*48/,
    },
    { what: 'with an image', input: { items: [{ image: { base64: 'aGk=' } }] }, code: 'UNSUPPORTED_CAPABILITY', says: /images/ },
    { what: 'with a prompt that the model does not have', input: { promptName: 'query' }, code: 'INVALID_INPUT', says: /promptName/ },
  ]) {
    it(`${what} is ${code}`, async () => {
      const error = await embedError(input);
      expect(error.extensions.code).toBe(code);
      expect(error.message).toMatch(says);
      expect(JSON.stringify(error)).not.toMatch(/node_modules|\.ts:/);
    });
  }

  it('with neither text nor image, or both, is refused by the schema', async () => {
    expect(await embedError({ items: [{}] })).toMatchObject({ message: expect.stringMatching(/exactly one/i) });
    expect(await embedError({ items: [{ text: 'a', image: { url: 'http://x' } }] })).toMatchObject({
      message: expect.stringMatching(/exactly one/i),
    });
  });

  it('without items answers without embeddings', async () => {
    expect(await graphql(server.url, embedDocument, { input: { model: name, items: [] } })).toEqual({ embed: { embeddings: [] } });
  });

  it('with lone surrogates, NUL and other oddities is answered', async () => {
    const items = ['\ud800', 'a\u0000b', '\uffff', '\u202e', ''].map((text) => ({ text }));
    const data = await graphql(server.url, embedDocument, { input: { model: name, items } });
    expect(data.embed.embeddings).toHaveLength(items.length);
  });
});

describe('a model that is on its way', () => {
  it('is MODEL_LOADING with the task to follow, and without one MODEL_NOT_LOADED', async () => {
    const slow = 'org/slow';
    hub.publish(slow, withOwnWeights(goldenFolder('tiny-bert-st'), slow));
    await graphql(
      server.url,
      'mutation ($name: String!) { registerModel(input: { name: $name, source: { repository: $name } }) { __typename } }',
      {
        name: slow,
      },
    );
    expect((await embedError({ model: slow })).extensions.code).toBe('MODEL_NOT_LOADED');
    const held = hub.faults.add({ match: /^\/cdn\/org\/slow/, pauseAtByte: 1000 });
    const { loadModel } = await graphql(
      server.url,
      'mutation ($name: String!) { loadModel(input: { name: $name, downloadIfMissing: true }) { ... on LoadModelPayload { task { id } } } }',
      { name: slow },
    );
    await held.reached;
    expect((await embedError({ model: slow })).extensions).toMatchObject({
      code: 'MODEL_LOADING',
      taskId: loadModel.task.id,
      retryAfterMs: 1000,
    });
    held.release();
    await graphql(server.url, 'query ($id: ID!) { task(id: $id) { settled { state } } }', loadModel.task);
    expect((await graphql(server.url, embedDocument, { input: { model: slow, items: [{ text: 'a' }] } })).embed.embeddings).toHaveLength(1);
  });
});

describe('the Ingrain doors', () => {
  it('name what is wrong as FastAPI does', async () => {
    for (const n_dims of [0, -1, 'x', 1.5]) {
      const { status, body } = await postJson(`${server.url}/infer_text`, { name, text: 'a', n_dims });
      expect(status).toBe(422);
      expect(body.detail[0].loc).toEqual(['body', 'n_dims']);
    }
    expect((await postJson(`${server.url}/load_model`, { name, library: 'keras' })).body.detail[0]).toMatchObject({
      type: 'literal_error',
      loc: ['body', 'library'],
    });
    expect((await postJson(`${server.url}/infer_text`, { text: 'a' })).body.detail[0]).toMatchObject({
      type: 'missing',
      loc: ['body', 'name'],
    });
  });

  it('refuse a text of 10 MB by its field, and a body over the limit', async () => {
    const long = await postJson(`${server.url}/infer_text`, { name, text: 'word '.repeat(2_000_000) });
    expect(long.status).toBeGreaterThanOrEqual(400);
    expect(long.status).toBeLessThan(500);
    expect(JSON.stringify(long.body)).toMatch(/text/);
    expect((await postJson(`${server.url}/infer_text`, { name, text: 'x'.repeat(17 * 1024 ** 2) })).status).toBe(413);
    expect((await postJson(`${server.url}/graphql`, { query: `# ${'x'.repeat(17 * 1024 ** 2)}` })).status).toBe(413);
  });

  it('take what upstream takes', async () => {
    const { body } = await postJson(`${server.url}/infer_text`, { name, text: ['a'], n_dims: 4000, whatever: { deep: true } });
    expect(body.embeddings[0]).toHaveLength(48);
    expect((await postJson(`${server.url}/infer_text`, { name, text: [] })).body.embeddings).toEqual([]);
  });

  it('say that a text model embeds no images', async () => {
    const { status, body } = await postJson(`${server.url}/infer_image`, { name, image: 'aGk=' });
    expect({ status, body }).toEqual({ status: 400, body: { detail: expect.stringMatching(/does not support image inference/) } });
  });
});

describe('a hub that lies', () => {
  const loadDocument = `mutation ($repository: String!) {
    loadModel(input: { source: { repository: $repository }, downloadIfMissing: true }) {
      ... on LoadModelPayload { task { id settled { state error { __typename code message } } } }
      ... on Error { code message }
    }
  }`;

  async function loadError(repository: string) {
    const { loadModel } = await graphql(server.url, loadDocument, { repository });
    return loadModel.task?.settled.error ?? loadModel;
  }

  it('with other bytes than announced is CHECKSUM_MISMATCH, and the model is not there', async () => {
    hub.publish('org/rotten', withOwnWeights(goldenFolder('tiny-bert-st'), 'rotten'));
    hub.faults.add({ match: /^\/cdn\/org\/rotten/, corrupt: true, times: Number.POSITIVE_INFINITY });
    expect(await loadError('org/rotten')).toMatchObject({
      code: 'CHECKSUM_MISMATCH',
      message: expect.stringMatching(/model\.safetensors/),
    });
    expect(await graphql(server.url, '{ model(name: "org/rotten") { name } }')).toEqual({ model: null });
  });

  it('with nothing but pickles is UNSUPPORTED_MODEL', async () => {
    hub.publish('org/pickles', {
      files: { 'config.json': '{"model_type":"bert","architectures":["BertModel"]}', 'pytorch_model.bin': 'x' },
    });
    expect(await loadError('org/pickles')).toMatchObject({ code: 'UNSUPPORTED_MODEL', message: expect.stringMatching(/safetensors/) });
  });

  it('without the repository says so, and /load_model answers 400', async () => {
    expect(await loadError('org/nowhere')).toMatchObject({ code: expect.stringMatching(/UPSTREAM/) });
    const { status, body } = await postJson(`${server.url}/load_model`, { name: 'org/nowhere', library: 'sentence_transformers' });
    expect({ status, body }).toEqual({ status: 400, body: { detail: expect.stringMatching(/^Error in creating model client: /) } });
  });

  it('with an architecture that is not built names it, and fetches no weights', async () => {
    hub.publish('org/bird', {
      files: {
        'config.json': '{"model_type":"big_bird","architectures":["BigBirdModel"]}',
        'tokenizer.json': '{}',
        'model.safetensors': 'x',
      },
    });
    expect(await loadError('org/bird')).toMatchObject({ code: 'UNSUPPORTED_MODEL', message: expect.stringMatching(/BigBirdModel/) });
    expect(hub.requests.filter(({ url }) => /org\/bird.*safetensors/.test(url))).toEqual([]);
  });
});
