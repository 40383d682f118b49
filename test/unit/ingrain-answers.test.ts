import { expect, test } from 'vitest';
import { downloadFailure, inferenceFailure, loadFailure } from '../../src/rest/ingrain-errors.ts';
import { loadedModelsAnswer, repositoryModelsAnswer } from '../../src/rest/ingrain-lists.ts';
import { foundNoPlace, limitAnswer, loadAnswer, loadVariables } from '../../src/rest/ingrain-loaders.ts';
import { deleteAnswer, embeddingSizeAnswer, labelsAnswer, unloadAnswer } from '../../src/rest/ingrain-models.ts';
import { nameToLoad } from '../../src/rest/ingrain-names.ts';
import { modelTitle } from '../../src/rest/ingrain-title.ts';
import type { Execute } from '../../src/rest/route.ts';

const succeeded = { settled: { state: 'SUCCEEDED', error: null } } as const;
const name = 'intfloat/e5-small-v2';
const load = { name, library: 'sentence_transformers' } as const;
const limitOf = (maxLoadedModels: number | null, ...names: string[]) => ({
  server: { limits: { maxLoadedModels }, loadedModels: names.map((loaded) => ({ name: loaded })) },
});

test('a checkpoint is written as Python prints it', () => {
  expect(modelTitle('X')).toBe('Model X');
  expect(modelTitle('X', null)).toBe('Model X with checkpoint None');
  expect(modelTitle('X', true)).toBe('Model X with checkpoint True');
  expect(modelTitle('X', 'openai')).toBe('Model X with checkpoint openai');
});

test('a load says whether it did anything', () => {
  const loaded = { loadModel: { alreadyLoaded: false, task: succeeded } };
  expect(loadAnswer(loaded, load)).toEqual({ status: 200, body: { message: `Model ${name} loaded successfully.` } });
  expect(loadAnswer({ loadModel: { alreadyLoaded: true, task: succeeded } }, load).body).toEqual({
    message: `Model ${name} is already loaded.`,
  });
  expect(loadAnswer(loaded, { ...load, checkpoint: 'openai' }).body).toEqual({
    message: `Model ${name} with checkpoint openai loaded successfully.`,
  });
});

test('a load that goes on after ten minutes is a 504 with its own key', () => {
  const running = { loadModel: { alreadyLoaded: false, task: { settled: { state: 'RUNNING', error: null } as const } } };
  expect(loadAnswer(running, load)).toEqual({ status: 504, body: { error: 'Request timed out' } });
});

test('a wrong name or library is the caller’s mistake, a crash is not', () => {
  expect(loadFailure({ code: 'UPSTREAM_FAILED', message: 'no such repository' }, 'X')).toEqual({
    status: 400,
    body: { detail: 'Error in creating model client: no such repository' },
  });
  expect(loadFailure({ code: 'UNSUPPORTED_MODEL', message: 'it is another library' }, 'X').status).toBe(400);
  expect(loadFailure({ code: 'RUNNER_CRASHED', message: 'it died' }, 'X')).toEqual({
    status: 500,
    body: { detail: 'Error loading model X: it died' },
  });
  expect(loadFailure({ code: 'INTERNAL', message: 'id' }, 'X')).toEqual({ status: 500, body: 'Internal Server Error' });
});

test('a library reads names in its own way', async () => {
  const { signal } = new AbortController();
  const here = ['custom', 'words'];
  const execute = async (_document: unknown, { bare }: Record<string, unknown>) => ({
    bare: here.includes(String(bare)) ? { name: bare, aliases: [], library: bare === 'custom' ? 'TIMM' : 'SENTENCE_TRANSFORMERS' } : null,
  });
  const toLoad = (request: object) => nameToLoad(execute as unknown as Execute, { name: '', library: 'timm', ...request }, signal);
  expect(await toLoad({ name: 'MobileCLIP-S2', library: 'open_clip', pretrained: 'datacompdr' })).toBe('MobileCLIP-S2/datacompdr');
  expect(await toLoad({ name: 'hf-hub:a/b', library: 'open_clip', pretrained: null })).toBe('hf-hub:a/b');
  expect(await toLoad({ name: 'resnet18.a1_in1k', pretrained: true })).toBe('timm/resnet18.a1_in1k');
  expect(await toLoad({ name: 'resnet18', pretrained: 'a1_in1k' })).toBe('timm/resnet18.a1_in1k');
  expect(await toLoad({ name: 'hf_hub:timm/resnet18.a1_in1k' })).toBe('timm/resnet18.a1_in1k');
  expect(await toLoad({ name: 'intfloat/e5', library: 'sentence_transformers', pretrained: 'x' })).toBe('intfloat/e5');
  expect(await toLoad({ name: 'custom' })).toBe('custom');
  expect(await toLoad({ name: 'words' })).toBe('timm/words');
});

test('a set number of loaded models is never made room for, and reaching it is the documented 400', () => {
  expect(loadVariables(name, load.library, limitOf(null)).input).not.toHaveProperty('evict');
  expect(loadVariables(name, load.library, limitOf(5)).input).toMatchObject({
    evict: false,
    downloadIfMissing: true,
    source: { repository: name },
  });
  const noRoom = { needBytes: 100, freeBytes: 10, code: 'INSUFFICIENT_MEMORY', message: 'no room' } as const;
  const failed = (error: typeof noRoom | { needBytes: number; freeBytes: number; code: 'INSUFFICIENT_MEMORY'; message: string }) => ({
    loadModel: { alreadyLoaded: false, task: { settled: { state: 'FAILED', error } as const } },
  });
  expect(foundNoPlace(failed(noRoom), limitOf(2, 'a', 'b'))).toBe(true);
  // Another load holds the last place, but its model does not answer yet.
  expect(foundNoPlace(failed({ ...noRoom, freeBytes: 1000 }), limitOf(2, 'a'))).toBe(true);
  expect(foundNoPlace(failed(noRoom), limitOf(2, 'a'))).toBe(false);
  expect(foundNoPlace(failed(noRoom), limitOf(null, 'a', 'b'))).toBe(false);
  expect(limitAnswer(limitOf(2, 'a', 'b'))).toEqual({
    status: 400,
    body: {
      detail: 'Maximum number of loaded models (2) reached. Please unload a model before loading a new one. Currently loaded models: a, b',
    },
  });
});

test('unloading and deleting are 404 for the newer generations and 200 for the one that sends a checkpoint', () => {
  const unknown = { code: 'MODEL_NOT_FOUND', message: 'no' } as const;
  const idle = { unloadModel: { wasLoaded: false, task: succeeded } };
  expect(unloadAnswer({ unloadModel: { wasLoaded: true, task: succeeded } }, { name }).body).toEqual({
    message: `Model ${name} unloaded successfully.`,
  });
  expect(unloadAnswer(idle, { name })).toEqual({ status: 404, body: { detail: `Model ${name} is not loaded.` } });
  expect(unloadAnswer({ unloadModel: unknown }, { name })).toEqual({
    status: 404,
    body: { detail: `Model ${name} does not exist in the repository.` },
  });
  const oldIdle = { status: 200, body: { message: `Model ${name} with checkpoint None is not loaded.` } };
  expect(unloadAnswer(idle, { name, pretrained: null })).toEqual(oldIdle);
  expect(unloadAnswer({ unloadModel: unknown }, { name, pretrained: null })).toEqual(oldIdle);
  expect(deleteAnswer({ deleteModel: { task: succeeded } }, { name }).body).toEqual({ message: `Model ${name} deleted successfully.` });
  expect(deleteAnswer({ deleteModel: unknown }, { name })).toEqual({ status: 404, body: { detail: `Model ${name} does not exist.` } });
  expect(deleteAnswer({ deleteModel: unknown }, { name, pretrained: 'x' }).status).toBe(200);
});

test('facts of a model are told in exactly one member, or why not', () => {
  const model = { name, installed: true, capabilities: ['EMBED_TEXT'], runtime: null, dimensions: 384, labels: [] } as const;
  expect(embeddingSizeAnswer({ model }, { name })).toEqual({ status: 200, body: { embeddingSize: 384 } });
  expect(embeddingSizeAnswer({ model: null }, { name })).toEqual({
    status: 404,
    body: { detail: `Model ${name} does not exist in the repository.` },
  });
  expect(embeddingSizeAnswer({ model: { ...model, capabilities: ['CHAT'] } }, { name })).toEqual({
    status: 400,
    body: { detail: `Model ${name} is not an embedding model.` },
  });
  expect(labelsAnswer({ model }, { name })).toEqual({ status: 400, body: { detail: `Model ${name} is not a classification model.` } });
  expect(labelsAnswer({ model: { ...model, capabilities: ['CLASSIFY_IMAGE'] } }, { name }).status).toBe(404);
  expect(labelsAnswer({ model: { ...model, capabilities: ['CLASSIFY_IMAGE'], labels: ['tench'] } }, { name }).body).toEqual({
    labels: ['tench'],
  });
});

test('loaded models are objects, or internal names where an older generation is asked for', () => {
  const runtime = { state: 'READY' } as const;
  const loadedModels = [
    { name, library: 'SENTENCE_TRANSFORMERS', capabilities: ['EMBED_TEXT'], runtime },
    { name: 'hf-hub:a/b', library: 'OPEN_CLIP', capabilities: ['EMBED_IMAGE'], runtime },
    { name: 'some-llm', library: 'LLAMA_CPP', capabilities: ['CHAT'], runtime },
  ] as const;
  expect(loadedModelsAnswer({ server: { loadedModels } }, { generation: 'd' }).body).toEqual({
    models: [
      { name, library: 'sentence_transformers' },
      { name: 'hf-hub:a/b', library: 'open_clip' },
    ],
  });
  expect(loadedModelsAnswer({ server: { loadedModels } }, { generation: 'b' }).body).toEqual({
    models: ['intfloat_e5-small-v2', 'hf-hub___a_b_text_encoder', 'hf-hub___a_b_image_encoder'],
  });
  expect(loadedModelsAnswer({ server: { loadedModels: [] } }, { generation: 'd' }).body).toEqual({ models: [] });
});

test('every page of the repository is in its list, with a state for each model', () => {
  const page = (state: 'READY' | 'LOADING' | 'FAILED' | null) => ({
    models: {
      nodes: [
        {
          name: String(state),
          library: 'TRANSFORMERS',
          installed: true,
          capabilities: ['EMBED_TEXT'],
          runtime: state && { state },
        } as const,
      ],
      pageInfo: { hasNextPage: true, endCursor: 'x' },
    },
  });
  const { body } = repositoryModelsAnswer([page('READY'), page('LOADING'), page('FAILED'), page(null)]);
  expect((body as { models: { state: string; library: string }[] }).models.map(({ state }) => state)).toEqual([
    'READY',
    'LOADING',
    'UNAVAILABLE',
    'UNAVAILABLE',
  ]);
});

test('inference failures have the words of the endpoint’s generation', () => {
  const model = { name: 'X', checkpoint: null };
  const request = { name: 'X', text: 'a' };
  expect(inferenceFailure({ code: 'MODEL_NOT_LOADED', message: '' }, request, model).body).toEqual({
    detail: 'Model X with checkpoint None is not loaded. Load the model first using /load_model on the model server.',
  });
  expect(inferenceFailure({ code: 'MODEL_NOT_FOUND', message: '' }, request, { name: 'X' })).toEqual({
    status: 400,
    body: { detail: 'Model X is not loaded. Load the model first using /load_model on the model server.' },
  });
  expect(inferenceFailure({ code: 'UNSUPPORTED_CAPABILITY', message: '' }, request, model).body).toEqual({
    detail: 'Model X with checkpoint None does not support text inference.',
  });
  expect(inferenceFailure({ code: 'OVERLOADED', message: 'full', retryAfterMs: 1500 }, request, model)).toEqual({
    status: 503,
    body: { detail: 'full' },
    headers: { 'retry-after': '2' },
  });
  expect(inferenceFailure({ code: 'INVALID_INPUT', message: 'too long', field: 'input.items[3].text' }, request, model)).toEqual({
    status: 422,
    body: { detail: [{ type: 'value_error', loc: ['body', 'text', 3], msg: 'too long', input: null }] },
  });
});

test('images that cannot be used are the documented 400, with each of them beside it', () => {
  const fields = { itemErrors: [{ index: 3, code: 'UNSAFE_URL', message: 'not fetched', url: 'http://a/' }] };
  const request = { name: 'X', text: ['a', 'b'], image: ['c', 'd'] };
  expect(inferenceFailure({ code: 'UNSAFE_URL', message: 'not fetched', fields }, request, { name: 'X' })).toEqual({
    status: 400,
    body: {
      detail: 'Invalid image. Please provide a valid image URL or a base64 encoded image.',
      errors: [{ index: 1, code: 'UNSAFE_URL', message: 'not fetched' }],
    },
  });
});

test.each([
  [{ image: 'a' }, ['EMBED_TEXT'], 'Model X does not support image inference.'],
  [{ text: 'a', image: 'b' }, ['EMBED_IMAGE'], 'Model X does not support text inference.'],
  [{ image: 'a' }, ['CLASSIFY_IMAGE'], 'Model X is not an embedding model.'],
  [{ image: 'a' }, ['EMBED_TEXT', 'EMBED_IMAGE'], 'Model X is not a classification model.'],
])('%o of a model with %o is refused in the documented words', (asked, has, text) => {
  const failure = { code: 'UNSUPPORTED_CAPABILITY', message: '', fields: { has } } as const;
  expect(inferenceFailure(failure, { name: 'X', ...asked }, { name: 'X' })).toEqual({ status: 400, body: { detail: text } });
});

test('a custom model that cannot be fetched is a 400 with the original error', () => {
  expect(downloadFailure({ code: 'CHECKSUM_MISMATCH', message: 'not whole' })).toEqual({
    status: 400,
    body: { detail: 'Error in downloading custom model, original error: not whole' },
  });
});
