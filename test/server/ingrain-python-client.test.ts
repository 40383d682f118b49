import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPythonClient, type PythonClient } from '../support/py-ingrain/client.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const name = 'intfloat/e5-small-v2';
const library = 'sentence_transformers';

let hub: StandInHub;
let server: RunningApp;
let client: PythonClient;
let inference: string;
let models: string;

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url, ports: { 'ingrain-models': 0 } });
  client = createPythonClient();
  inference = server.url;
  models = `http://127.0.0.1:${server.ports['ingrain-models']}`;
});

afterAll(async () => {
  client?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

/** The request models of 0.2.3 send every field, also the ones that were not given. */
const embedText = (text: string | string[], options: object = {}) =>
  client.post(`${inference}/embed_text`, { name, text, normalize: true, n_dims: null, ...options });

it('serves the whole sequence of the Python client 0.2.3 over one handle', async () => {
  expect((await client.get(`${inference}/health`)).body).toEqual({ message: 'The inference server is running.' });
  expect((await client.get(`${models}/health`)).body).toEqual({ message: 'The model server is running.' });

  const load = () => client.post(`${models}/load_model`, { name, library });
  expect(await load()).toMatchObject({ status: 200, body: { message: `Model ${name} loaded successfully.` } });
  expect(await load()).toMatchObject({ status: 200, body: { message: `Model ${name} is already loaded.` }, reusedConnection: true });

  // These GETs carry the body of the POST before them.
  expect(await client.get(`${models}/loaded_models`)).toMatchObject({
    status: 200,
    body: { models: [{ name, library }] },
    reusedConnection: true,
  });
  expect((await client.get(`${models}/repository_models`)).body).toEqual({ models: [{ name, library, state: 'READY' }] });
  expect((await client.get(`${models}/health`)).status).toBe(200);

  const one = await embedText('hello world');
  expect(one.status).toBe(200);
  expect(Object.keys(one.body).sort()).toEqual(['embeddings', 'processingTimeMs']);
  const [whole] = one.body.embeddings as [number[]];
  const two = (await embedText(['hello world', 'something else'])).body.embeddings as number[][];
  expect(two).toHaveLength(2);
  expect(Math.max(...whole.map((value, index) => Math.abs(value - (two[0]?.[index] ?? Number.NaN))))).toBeLessThan(1e-5);

  const both = await client.post(`${inference}/embed`, {
    name,
    text: 'hello world',
    image: null,
    normalize: true,
    n_dims: null,
    image_download_headers: null,
  });
  expect(both.body).toMatchObject({ textEmbeddings: [whole], imageEmbeddings: null, processingTimeMs: expect.any(Number) });

  expect((await embedText('hello world', { n_dims: 5 })).body.embeddings).toEqual([whole.slice(0, 5)]);
  expect(Math.abs(Math.hypot(...whole) - 1)).toBeLessThan(1e-5);

  const { modelStats } = (await client.get(`${inference}/metrics`)).body;
  const [stats] = modelStats;
  expect(modelStats).toMatchObject([{ name, version: '1', inferenceCount: expect.stringMatching(/^[1-9]\d*$/) }]);
  for (const duration of [...Object.values(stats?.inferenceStats ?? {}), ...(stats?.batchStats ?? []).map((batch) => batch.computeInfer)]) {
    expect(Object.keys(duration).sort()).toEqual(['count', 'ns']);
  }
  expect(stats?.inferenceStats.success).toMatchObject({ count: '4' });

  expect(await client.get(`${models}/model_embedding_size`, { name })).toMatchObject({ status: 200, body: { embeddingSize: 48 } });
  expect(await client.get(`${models}/model_classification_labels`, { name })).toMatchObject({ status: 400 });

  const unload = () => client.post(`${models}/unload_model`, { name });
  expect((await unload()).body).toEqual({ message: `Model ${name} unloaded successfully.` });
  expect(await unload()).toMatchObject({ status: 404, body: { detail: `Model ${name} is not loaded.` } });
  expect((await client.get(`${models}/repository_models`)).body).toEqual({ models: [{ name, library, state: 'UNAVAILABLE' }] });
  expect(await embedText('hello')).toMatchObject({
    status: 400,
    body: { detail: `Model ${name} is not loaded. Load the model first using /load_model on the model server.` },
  });

  expect((await client.delete(`${models}/delete_model`, { name })).body).toEqual({ message: `Model ${name} deleted successfully.` });
  expect(await client.delete(`${models}/delete_model`, { name })).toMatchObject({
    status: 404,
    body: { detail: `Model ${name} does not exist.` },
  });
  expect(await client.post(`${models}/unload_model`, { name })).toMatchObject({
    status: 404,
    body: { detail: `Model ${name} does not exist in the repository.` },
  });
});

it('takes a body of more than 1 MiB that waits for 100 Continue, and a GET that repeats it', async () => {
  expect((await client.post(`${models}/load_model`, { name, library })).status).toBe(200);
  const texts = Array.from({ length: 20 }, (_, index) => `${index} ${'many words '.repeat(6000)}`);
  const { status, body } = await embedText(texts);
  expect(status).toBe(200);
  expect(body.embeddings).toHaveLength(texts.length);
  expect((await client.get(`${models}/loaded_models`)).body.models).toHaveLength(1);
});

it('serves the generations before: other paths, other words, always 200 for unloading', async () => {
  expect((await client.post(`${models}/load_sentence_transformer_model`, { name })).body).toEqual({
    message: `Model ${name} is already loaded.`,
  });
  const old = await client.post(`${inference}/infer_text`, { name, text: ['a', 'b'], pretrained: null, normalize: true });
  expect(old.body.embeddings).toHaveLength(2);
  expect(
    (await client.post(`${inference}/infer`, { name, text: 'a', image: null, pretrained: null, normalize: true })).body.imageEmbeddings,
  ).toBeNull();
  expect((await client.get(`${models}/loaded_models`, { generation: 'b' })).body).toEqual({ models: ['intfloat_e5-small-v2'] });
  const unload = () => client.post(`${models}/unload_model`, { name, pretrained: null });
  expect(await unload()).toMatchObject({ status: 200, body: { message: `Model ${name} with checkpoint None unloaded successfully.` } });
  expect(await unload()).toMatchObject({ status: 200, body: { message: `Model ${name} with checkpoint None is not loaded.` } });
  expect((await client.post(`${inference}/infer_text`, { name, text: 'a', pretrained: null, normalize: true })).body).toEqual({
    detail: `Model ${name} with checkpoint None is not loaded. Load the model first using /load_model on the model server.`,
  });
});
