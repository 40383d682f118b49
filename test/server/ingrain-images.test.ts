import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { expectClose } from '../support/golden.ts';
import { goldenImages, imageItem } from '../support/golden-images.ts';
import { type ImageServer, startImageServer } from '../support/image-server.ts';
import type { IngrainBody } from '../support/py-ingrain/body.ts';
import { createPythonClient, type PythonClient } from '../support/py-ingrain/client.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const clip = { name: 'MobileCLIP-S2', pretrained: 'datacompdr' };
const repository = 'apple/MobileCLIP-S2-OpenCLIP';
const classifier = 'resnet18.a1_in1k';
const text = 'intfloat/e5-small-v2';
const invalidImage = 'Invalid image. Please provide a valid image URL or a base64 encoded image.';

let hub: StandInHub;
let images: ImageServer;
let server: RunningApp;
let client: PythonClient;
let models: string;

beforeAll(async () => {
  hub = await startStandInHub({
    repositories: {
      [repository]: goldenFolder('tiny-mobileclip'),
      [`timm/${classifier}`]: goldenFolder('tiny-resnet-timm'),
      'org/transformers-clip': goldenFolder('tiny-clip-hf'),
      [text]: goldenFolder('tiny-bert-st'),
    },
  });
  images = await startImageServer();
  server = await runningApp({
    hubEndpoint: hub.url,
    ports: { 'ingrain-models': 0 },
    fetchAllow: [`127.0.0.1:${images.port}`, new URL(hub.url).host],
  });
  client = createPythonClient();
  models = `http://127.0.0.1:${server.ports['ingrain-models']}`;
});

afterAll(async () => {
  client?.[Symbol.dispose]();
  await server?.[Symbol.asyncDispose]();
  await images?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

const infer = (path: string, body: object) => client.post(`${server.url}${path}`, body);
const base64 = (name: string) => imageItem(name).image.base64;

/** A line of the documents as it is, but for the ports and the image's address. */
async function curl(line: string): Promise<{ status: number; body: IngrainBody }> {
  const here = line
    .replaceAll('127.0.0.1:8686', `127.0.0.1:${server.ports.main}`)
    .replaceAll('127.0.0.1:8687', `127.0.0.1:${server.ports['ingrain-models']}`)
    .replaceAll('http://example.com/image.jpg', `${images.url}/golden/rgb-baseline.jpg`);
  const { stdout } = await promisify(execFile)('bash', ['-c', `${here} --silent --show-error --max-time 60 --write-out '\\n%{http_code}'`]);
  const [, body = '', status] = /^([\s\S]*)\n(\d+)$/.exec(stdout) ?? [];
  return { status: Number(status), body: JSON.parse(body) as IngrainBody };
}

/** What open_clip gives for an image of the case, at unit length. */
function expectedImage(name: string): number[] {
  const { image_items: items = [] } = goldenImages('tiny-mobileclip');
  const features = items.find(({ image }) => image === name)?.image_features ?? [];
  const length = Math.hypot(...features);
  return features.map((value) => value / length);
}

describe('the documents’ own example', () => {
  it('loads MobileCLIP-S2 with its checkpoint datacompdr, once', async () => {
    const load = () => client.post(`${models}/load_clip_model`, clip);
    const title = 'Model MobileCLIP-S2 with checkpoint datacompdr';
    expect(await load()).toMatchObject({ status: 200, body: { message: `${title} loaded successfully.` } });
    expect(await load()).toMatchObject({ status: 200, body: { message: `${title} is already loaded.` } });
    expect((await client.get(`${models}/loaded_models`)).body).toEqual({ models: [{ name: repository, library: 'open_clip' }] });
    const internal = repository.replaceAll('/', '_');
    expect((await client.get(`${models}/loaded_models`, { generation: 'a' })).body).toEqual({
      models: [`${internal}_text_encoder`, `${internal}_image_encoder`],
    });
  });

  it('embeds the image of the documented line as open_clip does', async () => {
    const { status, body } = await curl(`curl -X POST "http://127.0.0.1:8686/infer_image" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "MobileCLIP-S2", "pretrained": "datacompdr", "image": "http://example.com/image.jpg", "normalize": true, "n_dims": null}'`);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['embeddings', 'processingTimeMs']);
    expectClose(body.embeddings[0] ?? [], expectedImage('rgb-baseline.jpg'), 2e-5);
    expect(images.seen.at(-1)?.headers['user-agent']).toBe('ingrain-server');
  });

  it('embeds text and image of one request, cut after they are normalised', async () => {
    const { status, body } = await curl(`curl -X POST "http://127.0.0.1:8686/infer" \\
    -H "Content-Type: application/json" \\
    -d '{"name": "MobileCLIP-S2", "pretrained": "datacompdr", "text": "sample text", "image": "http://example.com/image.jpg", "normalize": true, "n_dims": 5}'`);
    expect(status).toBe(200);
    expect(body.textEmbeddings?.[0]).toHaveLength(5);
    expectClose(body.imageEmbeddings?.[0] ?? [], expectedImage('rgb-baseline.jpg').slice(0, 5), 2e-5);
  });

  it('is found by every name that it has', async () => {
    const image = base64('rgb-baseline.jpg');
    for (const name of [repository, `hf-hub:${repository}`, 'MobileCLIP-S2', 'MobileCLIP-S2/datacompdr']) {
      const { status, body } = await infer('/embed_image', { name, image });
      expect(status, name).toBe(200);
      expectClose(body.embeddings[0] ?? [], expectedImage('rgb-baseline.jpg'), 2e-5);
    }
    expect(await infer('/infer_text', { ...clip, pretrained: 'another', text: 'a' })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('Model MobileCLIP-S2 with checkpoint another is not loaded.') },
    });
    expect(await infer('/embed_image', { name: 'ViT-B-32', image })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'name'], msg: expect.stringContaining('ViT-B-32/openai') }] },
    });
  });

  it('has both of its towers in the metrics', async () => {
    const { modelStats } = (await client.get(`${server.url}/metrics`)).body;
    expect(modelStats.map(({ name }) => name)).toEqual([`${repository}/text_encoder`, `${repository}/image_encoder`]);
    const [texts, towers] = modelStats.map(({ inferenceStats }) => Number(inferenceStats.success?.count));
    expect(texts).toBe(1);
    expect(towers).toBe(6);
    for (const { inferenceStats } of modelStats) expect(Object.keys(inferenceStats.queue ?? {}).sort()).toEqual(['count', 'ns']);
  });
});

describe('images', () => {
  const image = () => base64('rgb-baseline.jpg');

  it('come as base64, as data URIs of any kind and as addresses, in order', async () => {
    const list = [image(), `data:image/jpeg;base64,${image()}`, `data:image/anything,${image()}`, `${images.url}/golden/rgb-baseline.jpg`];
    const headers = { 'X-Token': 'secret' };
    const { body } = await infer('/embed', { name: repository, image: list, imageDownloadHeaders: headers, text: null });
    expect(body.textEmbeddings).toBeNull();
    expect(body.imageEmbeddings).toHaveLength(4);
    for (const vector of body.imageEmbeddings ?? []) expectClose(vector, expectedImage('rgb-baseline.jpg'), 2e-5);
    expect(images.seen.at(-1)?.headers).toMatchObject({ 'x-token': 'secret' });
    expect(images.seen.at(-1)?.headers['user-agent']).not.toBe('ingrain-server');
  });

  it('that cannot be used are the documented 400, with each of them beside it', async () => {
    const list = [
      image(),
      'no base64',
      `${images.url}/missing`,
      Buffer.from('text').toString('base64'),
      'http://10.0.0.1/x.png',
      'ftp://a/b',
    ];
    for (const path of ['/infer_image', '/embed_image', '/embed']) {
      const { status, body } = await infer(path, { name: repository, image: list, ...(path === '/embed' ? { text: ['a', 'b'] } : {}) });
      expect(status).toBe(400);
      expect(body.detail).toBe(invalidImage);
      expect(body.errors.map(({ index, code }) => [index, code])).toEqual([
        [1, 'INVALID_IMAGE'],
        [2, 'UPSTREAM_FAILED'],
        [3, 'INVALID_IMAGE'],
        [4, 'UNSAFE_URL'],
        [5, 'UNSAFE_URL'],
      ]);
    }
  });

  it('may be none', async () => {
    expect((await infer('/infer_image', { ...clip, image: [] })).body).toEqual({ embeddings: [], processingTimeMs: 0 });
    expect((await infer('/infer', { ...clip })).body).toEqual({ textEmbeddings: null, imageEmbeddings: null, processingTimeMs: 0 });
    expect((await infer('/infer_image', clip)).status).toBe(422);
  });

  it('are taken in bodies that wait for 100 Continue', async () => {
    const { status, body } = await infer('/embed_image', { name: repository, image: new Array(200).fill(base64('large.jpg')) });
    expect(status).toBe(200);
    expect(body.embeddings).toHaveLength(200);
  });
});

describe('a classifier of timm', () => {
  it('loads under timm’s own name, labels and classifies', async () => {
    const load = (path: string, body: object) => client.post(`${models}${path}`, body);
    expect(await load('/load_timm_model', { name: classifier, pretrained: true })).toMatchObject({
      status: 200,
      body: { message: `Model ${classifier} loaded successfully.` },
    });
    expect((await load('/load_model', { name: `hf_hub:timm/${classifier}`, library: 'timm' })).body.message).toContain('is already loaded');
    const { items = [], tolerance } = goldenImages('tiny-resnet-timm');
    const { labels } = (await client.get(`${models}/model_classification_labels`, { name: classifier })).body;
    const request = { name: classifier, image: items.map(({ image }) => base64(image)) };
    const { status, body } = await infer('/classify_image', request);
    expect(status).toBe(200);
    expect(Object.keys(body).sort()).toEqual(['probabilities', 'processingTimeMs']);
    for (const [index, item] of items.entries()) {
      expect(body.probabilities[index]).toHaveLength(labels.length);
      expectClose(body.probabilities[index] ?? [], item.probabilities, tolerance.probabilities_atol ?? 0);
    }
    const features = (await infer('/infer_image', { ...request, pretrained: null, normalize: false })).body.embeddings;
    for (const [index, item] of items.entries()) expectClose(features[index] ?? [], item.features, tolerance.features_atol ?? 0);
    expect((await client.get(`${models}/model_embedding_size`, { name: `timm/${classifier}` })).body).toEqual({
      embeddingSize: items[0]?.features.length,
    });
  });

  it('refuses what it is not for in the documented words, as the others do', async () => {
    expect((await client.post(`${models}/load_model`, { name: text, library: 'sentence_transformers' })).status).toBe(200);
    const detailOf = async (path: string, body: object) => (await infer(path, body)).body.detail;
    const image = base64('rgb.png');
    expect(await detailOf('/embed_text', { name: classifier, text: 'a' })).toBe(`Model ${classifier} does not support text inference.`);
    expect(await detailOf('/infer_image', { name: text, image })).toBe(
      `Model ${text} with checkpoint None does not support image inference.`,
    );
    expect(await detailOf('/classify_image', { name: text, image })).toBe(`Model ${text} does not support image inference.`);
    expect(await detailOf('/classify_image', { name: repository, image })).toBe(`Model ${repository} is not a classification model.`);
    expect(await detailOf('/embed', { name: text, text: 'a', image })).toBe(`Model ${text} does not support image inference.`);
    expect((await client.get(`${models}/model_classification_labels`, { name: repository })).body.detail).toBe(
      `Model ${repository} is not a classification model.`,
    );
  });
});

it('loads a CLIPModel of transformers as open_clip, and lists it as such', async () => {
  const name = 'org/transformers-clip';
  expect(await client.post(`${models}/load_model`, { name: `hf-hub:${name}`, library: 'open_clip' })).toMatchObject({ status: 200 });
  expect((await client.get(`${models}/loaded_models`)).body.models).toContainEqual({ name, library: 'open_clip' });
  expect((await infer('/embed', { name, text: 'a', image: base64('rgb.png') })).body.imageEmbeddings).toHaveLength(1);
});

it('takes custom models of both libraries from the addresses of their files', async () => {
  const at = (name: string, path: string) => `${hub.url}/${name}/resolve/main/${path}`;
  const custom = (body: object) => client.post(`${models}/download_custom_model`, body);
  const timm = `timm/${classifier}`;
  expect(
    await custom({
      library: 'timm',
      name: 'my/classifier',
      safetensors_url: at(timm, 'model.safetensors'),
      config_json_url: at(timm, 'config.json'),
      num_classes: 6,
    }),
  ).toMatchObject({ status: 200, body: { message: 'Custom model my/classifier downloaded successfully.' } });
  expect(
    await custom({
      library: 'open_clip',
      pretrained_name: 'my/clip',
      safetensors_url: at(repository, 'open_clip_model.safetensors'),
      config_json_url: at(repository, 'open_clip_config.json'),
      tokenizer_json_url: at(repository, 'tokenizer.json'),
      tokenizer_config_json_url: at(repository, 'tokenizer_config.json'),
      special_tokens_map_json_url: at(repository, 'special_tokens_map.json'),
    }),
  ).toMatchObject({ status: 200, body: { message: 'Custom model my/clip downloaded successfully.' } });
  // Without an organisation a name is timm's own, unless a custom model has it.
  const files = { safetensors_url: at(timm, 'model.safetensors'), config_json_url: at(timm, 'config.json') };
  expect((await custom({ library: 'timm', name: 'my-classifier', ...files })).status).toBe(200);
  for (const path of ['load_model', 'load_timm_model']) {
    expect((await client.post(`${models}/${path}`, { name: 'my-classifier', library: 'timm' })).body.message).toContain(
      'Model my-classifier',
    );
  }
  expect((await infer('/classify_image', { name: 'my-classifier', image: base64('rgb.png') })).status).toBe(200);
  expect((await client.delete(`${models}/delete_model`, { name: 'my-classifier' })).status).toBe(200);
  expect((await client.post(`${models}/load_model`, { name: 'my/clip', library: 'open_clip' })).status).toBe(200);
  expectClose(
    (await infer('/embed_image', { name: 'my/clip', image: base64('rgb-baseline.jpg') })).body.embeddings[0] ?? [],
    expectedImage('rgb-baseline.jpg'),
    2e-5,
  );
});

it('unloads and deletes by name and checkpoint, as generation A does, and answers 200 for what is gone', async () => {
  const title = 'Model MobileCLIP-S2 with checkpoint datacompdr';
  expect((await client.post(`${models}/unload_model`, clip)).body).toEqual({ message: `${title} unloaded successfully.` });
  expect((await client.post(`${models}/unload_model`, clip)).body).toEqual({ message: `${title} is not loaded.` });
  expect(await infer('/infer_image', { ...clip, image: 'AAAA' })).toMatchObject({
    status: 400,
    body: { detail: `${title} is not loaded. Load the model first using /load_model on the model server.` },
  });
  expect((await client.delete(`${models}/delete_model`, clip)).body).toEqual({ message: `${title} deleted successfully.` });
});
