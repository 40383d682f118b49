import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const name = 'intfloat/e5-small-v2';
let hub: StandInHub;
let server: RunningApp;
const post = (path: string, body: unknown) => postJson(`${server.url}${path}`, body);

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st'), 'a/second': goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url, maxLoadedModels: 1, fetchAllow: ['127.0.0.1'] });
  expect((await post('/load_model', { name, library: 'sentence_transformers' })).status).toBe(200);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

describe('what Ingrain lets pass', () => {
  it('ignores unknown keys, takes both spellings and strings for numbers', async () => {
    const plain = (await post('/embed_text', { name, text: 'a', n_dims: 8 })).body.embeddings;
    expect(plain[0]).toHaveLength(8);
    expect(
      (await post('/embed_text', { name, text: 'a', nDims: '8', normalize: 'yes', anything: { at: ['all'] } })).body.embeddings,
    ).toEqual(plain);
  });

  it('takes more dimensions than there are as all of them', async () => {
    expect((await post('/infer_text', { name, text: 'a', n_dims: 100_000 })).body.embeddings[0]).toHaveLength(48);
  });

  it('answers no texts with no embeddings', async () => {
    expect(await post('/infer_text', { name, text: [] })).toMatchObject({ status: 200, body: { embeddings: [] } });
    expect(await post('/infer', { name })).toMatchObject({ status: 200, body: { textEmbeddings: null, imageEmbeddings: null } });
  });

  it('leaves vectors as they are when normalize is false or null', async () => {
    const raw = (await post('/embed_text', { name, text: 'a', normalize: null })).body.embeddings[0] as number[];
    expect((await post('/embed_text', { name, text: 'a', normalize: false })).body.embeddings[0]).toEqual(raw);
    const unit = (await post('/embed_text', { name, text: 'a' })).body.embeddings[0] as number[];
    const length = Math.hypot(...raw);
    expect(Math.max(...unit.map((value, index) => Math.abs(value - (raw[index] ?? 0) / length)))).toBeLessThan(1e-6);
  });
});

describe('what Ingrain refuses', () => {
  it.each([
    ['n_dims', { n_dims: 0 }],
    ['n_dims', { n_dims: -3 }],
    ['n_dims', { nDims: 'x' }],
    ['normalize', { normalize: 'perhaps' }],
    ['text', { text: { a: 1 } }],
    ['name', { name: 5 }],
  ])('names the field %s of %o', async (field, change) => {
    const { status, body } = await post('/infer_text', { name, text: 'a', ...change });
    expect(status).toBe(422);
    expect(body.detail[0]).toMatchObject({
      loc: ['body', field, ...body.detail[0].loc.slice(2)],
      type: expect.any(String),
      msg: expect.any(String),
    });
    expect(body.detail[0].type).not.toBe('missing');
  });

  it('shows what is missing with the whole body as input', async () => {
    expect(await post('/load_model', { library: 'timm' })).toEqual({
      status: 422,
      body: { detail: [{ type: 'missing', loc: ['body', 'name'], msg: 'Field required', input: { library: 'timm' } }] },
    });
    const query = await fetch(`${server.url}/model_embedding_size`);
    expect(query.status).toBe(422);
    expect(await query.json()).toMatchObject({ detail: [{ type: 'missing', loc: ['query', 'name'] }] });
  });

  it('names the libraries it knows', async () => {
    const { status, body } = await post('/load_model', { name, library: 'keras' });
    expect(status).toBe(422);
    expect(body.detail[0]).toMatchObject({ type: 'literal_error', loc: ['body', 'library'] });
  });

  it('refuses a stored model under another library, and a custom model that nobody can tell the kind of', async () => {
    expect(await post('/load_model', { name, library: 'open_clip' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^Error in creating model client: /) },
    });
    for (const library of ['timm', 'open_clip']) {
      expect(
        await post('/download_custom_model', { library, name: 'x', safetensors_url: `${hub.url}/${name}/resolve/main/model.safetensors` }),
      ).toMatchObject({
        status: 400,
        body: { detail: expect.stringMatching(/^Error in downloading custom model, original error: .*config_json_url/) },
      });
    }
  });

  it('refuses a name that the hub does not know', async () => {
    expect(await post('/load_model', { name: 'no/such-model', library: 'sentence_transformers' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^Error in creating model client: /) },
    });
  });

  it('never evicts for the number of loaded models, but says who is loaded', async () => {
    expect(await post('/load_model', { name: 'a/second', library: 'sentence_transformers' })).toEqual({
      status: 400,
      body: {
        detail: `Maximum number of loaded models (1) reached. Please unload a model before loading a new one. Currently loaded models: ${name}`,
      },
    });
    expect((await post('/embed_text', { name, text: 'still here' })).status).toBe(200);
  });

  it('gives the last place to one of two that ask at once', async () => {
    const both = [name, 'a/second'];
    await post('/unload_model', { name });
    const answers = await Promise.all(both.map((wanted) => post('/load_model', { name: wanted, library: 'sentence_transformers' })));
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 400]);
    const { body } = answers.find(({ status }) => status === 400) ?? { body: null };
    expect(body.detail).toMatch(/^Maximum number of loaded models \(1\) reached\. /);
    await Promise.all(both.map((loaded) => post('/unload_model', { name: loaded })));
    expect((await post('/load_model', { name, library: 'sentence_transformers' })).status).toBe(200);
  });

  it('names the text that is too long to be looked at', async () => {
    const { status, body } = await post('/infer_text', { name, text: ['a', 'long '.repeat(2_000_000)] });
    expect(status).toBe(422);
    expect(body.detail[0]).toMatchObject({ loc: ['body', 'text', 1], msg: expect.stringContaining('characters') });
  });
});

describe('a custom model', () => {
  it('is fetched from the addresses of its files and loads under its name', async () => {
    const at = (path: string) => `${hub.url}/${name}/resolve/main/${path}`;
    const custom = {
      library: 'sentence_transformers',
      name: 'my-own',
      safetensors_url: at('model.safetensors'),
      config_json_url: at('config.json'),
      tokenizer_json_url: at('tokenizer.json'),
      pooling_config_json_url: at('1_Pooling/config.json'),
      sentence_bert_config_json_url: at('sentence_bert_config.json'),
      modules_json_url: at('modules.json'),
    };
    expect(await post('/download_custom_model', custom)).toEqual({
      status: 200,
      body: { message: 'Custom model my-own downloaded successfully.' },
    });
    const original = (await post('/embed_text', { name, text: 'the same' })).body;
    expect((await post('/unload_model', { name })).status).toBe(200);
    expect((await post('/load_model', { name: 'my-own', library: 'sentence_transformers' })).body).toEqual({
      message: 'Model my-own loaded successfully.',
    });
    expect((await post('/embed_text', { name: 'my-own', text: 'the same' })).body.embeddings).toEqual(original.embeddings);
    expect(await post('/download_custom_model', { ...custom, name: 'broken', safetensors_url: at('nothing.safetensors') })).toMatchObject({
      status: 400,
      body: { detail: expect.stringMatching(/^Error in downloading custom model, original error: /) },
    });
  });
});

it('serves the same routes under their prefixes, each with its own health', async () => {
  const health = async (path: string) => (await (await fetch(`${server.url}${path}`)).json()) as unknown;
  expect(await health('/ingrain/inference/health')).toEqual({ message: 'The inference server is running.' });
  expect(await health('/ingrain/models/health')).toEqual({ message: 'The model server is running.' });
  expect((await fetch(`${server.url}/ingrain/models/loaded_models`)).status).toBe(200);
});
