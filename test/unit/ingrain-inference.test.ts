import { expect, test } from 'vitest';
import { customModelVariables } from '../../src/rest/ingrain-download.ts';
import { classifyAnswer, classifyVariables, embedVariables, inferAnswer, vectorsAnswer } from '../../src/rest/ingrain-inference.ts';
import { customModelRequest, inferRequest, loadRequest, textRequest } from '../../src/rest/ingrain-requests.ts';

const embedded = { embed: { embeddings: [{ vector: [1, 2, 3] }, { vector: [4, 5, 6] }], timing: { totalMs: 1.5 } } };
const state = { name: 'X', installed: true, capabilities: ['EMBED_TEXT'], runtime: { state: 'READY' } } as const;
const notLoaded = { ...state, runtime: null };

test('keys are taken in both spellings, values as strings, and unknown keys are ignored', () => {
  const expected = { name: 'X', text: 'a', normalize: false, n_dims: 5 };
  expect(textRequest.parse({ name: 'X', text: 'a', normalize: 'false', nDims: '5', foo: 1 })).toEqual(expected);
  expect(textRequest.parse({ name: 'X', text: 'a', normalize: 0, n_dims: 5 })).toEqual(expected);
  expect(inferRequest.parse({ name: 'X', imageDownloadHeaders: { a: 'b' } })).toEqual({
    name: 'X',
    normalize: true,
    image_download_headers: { a: 'b' },
  });
});

test.each([0, -1, '0', 1.5, 'many'])('n_dims %s is refused by name', (n_dims) => {
  const { error } = textRequest.safeParse({ name: 'X', text: 'a', n_dims });
  expect(error?.issues.map(({ path }) => path)).toEqual([['n_dims']]);
});

test('what is missing or of another type is refused by name', () => {
  expect(textRequest.safeParse({ text: 'a' }).error?.issues[0]?.path).toEqual(['name']);
  expect(textRequest.safeParse({ name: 'X' }).error?.issues[0]?.path).toEqual(['text']);
  expect(textRequest.safeParse({ name: 'X', text: [1] }).error?.issues[0]?.path.at(0)).toBe('text');
  expect(textRequest.safeParse([]).success).toBe(false);
  expect(loadRequest.safeParse({ name: 'X', library: 'keras' }).error?.issues[0]?.path).toEqual(['library']);
});

test('one text and a list of texts become items; null is no normalisation', () => {
  expect(embedVariables({ name: 'X', text: 'a', normalize: true })).toEqual({
    name: 'X',
    embeds: true,
    input: { model: 'X', items: [{ text: 'a' }], normalization: 'UNIT_BEFORE_CUT' },
  });
  expect(embedVariables({ name: 'X', text: ['a', 'b'], normalize: null }).input).toMatchObject({
    items: [{ text: 'a' }, { text: 'b' }],
    normalization: 'NONE',
  });
  expect(embedVariables({ name: 'X', text: [] }).embeds).toBe(false);
  expect(embedVariables({ name: 'X', text: 'a', image: [] }, 'org/x')).toMatchObject({
    name: 'org/x',
    embeds: true,
    input: { model: 'org/x' },
  });
});

test('vectors are cut to n_dims, and more than there are keeps all', () => {
  const answer = (n_dims: number | null) => vectorsAnswer(embedded, { name: 'X', text: ['a', 'b'], n_dims }, { name: 'X' }, 'text').body;
  expect(answer(2)).toEqual({
    embeddings: [
      [1, 2],
      [4, 5],
    ],
    processingTimeMs: 1.5,
  });
  expect(answer(99)).toEqual(answer(null));
});

test('an absent modality is null, and nothing asked for is both', () => {
  expect(inferAnswer(embedded, { name: 'X', text: ['a', 'b'] }, { name: 'X' }).body).toMatchObject({
    imageEmbeddings: null,
    textEmbeddings: [
      [1, 2, 3],
      [4, 5, 6],
    ],
  });
  expect(inferAnswer({ model: state }, { name: 'X' }, { name: 'X' })).toEqual({
    status: 200,
    body: { textEmbeddings: null, imageEmbeddings: null, processingTimeMs: 0 },
  });
});

test('an empty list of texts is answered by an empty list, if the model is loaded', () => {
  const request = { name: 'X', text: [] };
  expect(vectorsAnswer({ model: state }, request, { name: 'X' }, 'text')).toEqual({
    status: 200,
    body: { embeddings: [], processingTimeMs: 0 },
  });
  expect(vectorsAnswer({ model: notLoaded }, request, { name: 'X' }, 'text').status).toBe(400);
  expect(vectorsAnswer({ model: { ...state, capabilities: ['EMBED_IMAGE'] } }, request, { name: 'X' }, 'text').body).toEqual({
    detail: 'Model X does not support text inference.',
  });
});

test('an image is an address with headers, or base64 with or without the head of a data URI', () => {
  const items = (image: string[], headers?: Record<string, string>) =>
    embedVariables({ name: 'X', image, image_download_headers: headers }).input.items;
  expect(items(['https://a/b.png', 'data:image/png;base64,AAAA', 'data:image/whatever,AAAA', 'AAAA'])).toEqual([
    { image: { url: 'https://a/b.png', headers: [{ name: 'User-Agent', value: 'ingrain-server' }] } },
    { image: { base64: 'AAAA' } },
    { image: { base64: 'AAAA' } },
    { image: { base64: 'AAAA' } },
  ]);
  expect(items(['HTTP://a/b'], { Authorization: 'x' })).toEqual([
    { image: { url: 'HTTP://a/b', headers: [{ name: 'Authorization', value: 'x' }] } },
  ]);
});

test('texts and images of one request come back apart', () => {
  const request = { name: 'X', text: 'a', image: 'AAAA', n_dims: 2 };
  expect(inferAnswer(embedded, request, { name: 'X' }).body).toEqual({
    textEmbeddings: [[1, 2]],
    imageEmbeddings: [[4, 5]],
    processingTimeMs: 1.5,
  });
});

test('no images are answered by an empty list, if a model that takes any is loaded', () => {
  const request = { name: 'X', image: [] };
  expect(classifyVariables(request)).toMatchObject({ classifies: false });
  const model = { ...state, capabilities: ['CLASSIFY_IMAGE'] } as const;
  expect(classifyAnswer({ model }, { name: 'X' })).toEqual({ status: 200, body: { probabilities: [], processingTimeMs: 0 } });
  expect(vectorsAnswer({ model: state }, request, { name: 'X', checkpoint: null }, 'image').body).toEqual({
    detail: 'Model X with checkpoint None does not support image inference.',
  });
  expect(classifyAnswer({ model: null }, { name: 'X' }).body).toMatchObject({ detail: expect.stringContaining('is not loaded') });
});

test('the addresses of a custom model become files of a sentence-transformers folder', () => {
  const request = customModelRequest.parse({
    library: 'sentence_transformers',
    pretrained_name: 'mine',
    safetensorsUrl: 'http://a/w',
    pooling_config_json_url: 'http://a/p',
    config_json_url: null,
    mode: 'RGB',
  });
  expect(customModelVariables(request).input).toEqual({
    name: 'mine',
    library: 'SENTENCE_TRANSFORMERS',
    urls: [
      { path: 'model.safetensors', url: 'http://a/w' },
      { path: '1_Pooling/config.json', url: 'http://a/p' },
    ],
  });
});
