import { afterAll, beforeAll, expect, test } from 'vitest';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const repository = 'apple/MobileCLIP-S2-OpenCLIP';
const documents = {
  load: `mutation ($input: LoadModelInput!) { loadModel(input: $input) {
    ... on LoadModelPayload { alreadyLoaded task { settled(timeoutMs: 60000) { state error { code message } } } model { name } }
    ... on InvalidInputError { code field message } ... on Error { message } } }`,
  unload:
    'mutation ($n: String!) { unloadModel(input: { name: $n }) { ... on UnloadModelPayload { wasLoaded } ... on Error { message } } }',
  embed:
    'query ($n: String!) { embed(input: { model: $n, items: [{ text: "a photo of a cat" }] }) { model { name } embeddings { dimensions } } }',
  model: 'query ($n: String!) { model(name: $n) { name } }',
};

let hub: StandInHub;
let server: RunningApp;
const load = async (input: object) => (await graphql(server.url, documents.load, { input })).loadModel;
const source = (name: string) => ({ source: { repository: name }, downloadIfMissing: true });

beforeAll(async () => {
  const vitamin = { model_cfg: { embed_dim: 8, vision_cfg: { timm_model_name: 'vitamin_small_224' }, text_cfg: {} } };
  hub = await startStandInHub({
    repositories: {
      [repository]: goldenFolder('tiny-mobileclip'),
      'jienengchen/ViTamin-S': { files: { 'open_clip_config.json': JSON.stringify(vitamin), 'open_clip_model.safetensors': 'none' } },
    },
  });
  server = await runningApp({ hubEndpoint: hub.url });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

test("a checkpoint is loaded by open_clip's name, kept under its repository's, and found by either", async () => {
  const loaded = await load(source('MobileCLIP-S2/datacompdr'));
  expect(loaded.task?.settled, loaded.message).toMatchObject({ state: 'SUCCEEDED' });
  expect(loaded.model ?? (await graphql(server.url, documents.model, { n: repository })).model).toEqual({ name: repository });
  for (const name of [repository, 'MobileCLIP-S2/datacompdr', 'mobileclip-s2', `hf-hub:${repository}`]) {
    const { embed } = await graphql(server.url, documents.embed, { n: name });
    expect(embed).toEqual({ model: { name: repository }, embeddings: [{ dimensions: 20 }] });
    expect(await load(source(name))).toMatchObject({ alreadyLoaded: true });
  }
  const { unloadModel } = await graphql(server.url, documents.unload, { n: 'MobileCLIP-S2/datacompdr' });
  expect(unloadModel).toEqual({ wasLoaded: true });
  expect((await load({ name: 'MobileCLIP-S2' })).task.settled).toMatchObject({ state: 'SUCCEEDED' });
});

test('an architecture of several checkpoints is refused with their names', async () => {
  const refused = { code: 'INVALID_INPUT', message: expect.stringContaining('MobileCLIP-B/datacompdr, MobileCLIP-B/datacompdr_lt') };
  expect(await load(source('MobileCLIP-B'))).toMatchObject(refused);
  expect(await load({ name: 'MobileCLIP-B' })).toMatchObject({ ...refused, field: 'name' });
  expect((await graphql(server.url, documents.model, { n: 'MobileCLIP-B' })).model).toBeNull();
});

test('a checkpoint whose towers are not built is found, and says so', async () => {
  const loaded = await load(source('ViTamin-S/datacomp1b'));
  expect(loaded.task.settled).toMatchObject({
    state: 'FAILED',
    error: { code: 'UNSUPPORTED_MODEL', message: expect.stringContaining('vitamin_small_224') },
  });
});

test("Ingrain's name and checkpoint mean the same model", async () => {
  const answer = await postJson(`${server.url}/infer_text`, { name: 'MobileCLIP-S2', pretrained: 'datacompdr', text: 'a photo of a cat' });
  expect(answer.status, JSON.stringify(answer.body)).toBe(200);
  expect(answer.body.embeddings?.[0] ?? answer.body.embedding?.[0]).toHaveLength(20);
});

test('a checkpoint that is not the one here is another model', async () => {
  const ask = (body: object) => postJson(`${server.url}/infer_text`, { text: 'a photo of a cat', ...body });
  const other = await ask({ name: 'MobileCLIP-S2', pretrained: 'nope' });
  expect(other.status).toBe(400);
  expect(other.body.detail).toContain('Model MobileCLIP-S2 with checkpoint nope is not loaded.');
  expect((await ask({ name: repository, pretrained: 'datacompdr' })).status).toBe(200);
  expect(await load(source('MobileCLIP-S2/nope'))).toMatchObject({
    code: 'INVALID_INPUT',
    message: expect.stringContaining('name one of MobileCLIP-S2/datacompdr'),
  });
});
