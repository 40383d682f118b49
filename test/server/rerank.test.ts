import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose, goldenFolder } from '../support/golden.ts';
import { query as ask } from '../support/graphql-client.ts';
import { goldenPairs, goldenRerankers, headTensor, makeClassifier } from '../support/reranking.ts';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const embedder = 'intfloat/e5-small-v2';
const threeLabels = 'local/three-labels';

let hub: StandInHub;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: RunningApp;

beforeAll(async () => {
  folder = await temporaryFolder();
  await makeClassifier(join(folder.path, 'three'), {
    golden: 'tiny-bert-st',
    prefix: 'bert.',
    head: [
      headTensor('bert.pooler.dense.weight', [48, 48], 1),
      headTensor('bert.pooler.dense.bias', [48], 2),
      headTensor('classifier.weight', [3, 48], 3),
      headTensor('classifier.bias', [3], 4),
    ],
    config: {
      architectures: ['BertForSequenceClassification'],
      id2label: { 0: 'against', 1: 'neutral', 2: 'for' },
      sentence_transformers: { activation_fn: 'torch.nn.modules.activation.Softmax' },
    },
  });
  const repositories = {
    ...Object.fromEntries(goldenRerankers.map((name) => [`cross-encoder/${name}`, goldenFolder(name)])),
    [embedder]: goldenFolder('tiny-bert-st'),
    [threeLabels]: join(folder.path, 'three'),
  };
  hub = await startStandInHub({ repositories });
  server = await runningApp({ hubEndpoint: hub.url });
  for (const name of Object.keys(repositories)) {
    const { status, body } = await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' });
    expect({ status, body }).toEqual({ status: 200, body: { message: `Model ${name} loaded successfully.` } });
  }
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const rerankDocument = `query ($input: RerankInput!) {
  rerank(input: $input) {
    model { name }
    results { index score scores logits document tokenCount truncated }
    usage { inputTokens }
    timing { totalMs batchSize }
  }
}`;

interface Ranked {
  index: number;
  score: number;
  scores: number[];
  logits: number[];
  document: string;
  tokenCount: number;
  truncated: boolean;
}

async function rerank(input: object): Promise<{ results: Ranked[]; usage: { inputTokens: number } }> {
  return (await graphql(server.url, rerankDocument, { input })).rerank;
}

/** The error of a request that must fail. */
async function failure(
  document: string,
  input: object,
): Promise<{ message: string; code: string; has?: string[]; field?: string; index?: number }> {
  const { body } = await ask(server.url, document, { input });
  const [error] = body.errors ?? [];
  return { message: error?.message, ...error?.extensions };
}

describe.each(goldenRerankers)('%s from a hub', (name) => {
  const golden = goldenPairs(name);
  const model = `cross-encoder/${name}`;
  const { logits_atol: logitTolerance, score_atol: tolerance } = golden.tolerance;
  const itemOf = (query: number, document: number) => golden.items[query * golden.documents.length + document];

  test('ranks the documents of every query as the reference does, with its scores', async () => {
    for (const [index, query] of golden.queries.entries()) {
      const { results, usage } = await rerank({ model, query, documents: golden.documents });
      expect(results.map((result) => result.index)).toEqual(golden.ranking[index]);
      for (const result of results) {
        const item = itemOf(index, result.index);
        expectClose([result.score], [item?.score ?? Number.NaN], tolerance);
        expectClose(result.logits, item?.logits ?? [], logitTolerance);
        expect(result.scores).toEqual([result.score]);
        expect(result).toMatchObject({ document: item?.document, tokenCount: item?.input_ids.length });
        if (result.truncated) expect(result.tokenCount).toBe(golden.max_length);
      }
      expect(usage.inputTokens).toBe(results.reduce((sum, { tokenCount }) => sum + tokenCount, 0));
    }
  });

  test('gives every pair the same score alone, in any batch and beside other clients', async () => {
    const alone = await Promise.all(
      golden.items.map(async ({ query, document }) => (await rerank({ model, query, documents: [document] })).results[0]?.score ?? 0),
    );
    const shuffled = golden.documents.map((document, index) => ({ document, index })).reverse();
    const together = await Promise.all(
      golden.queries.map((query) => rerank({ model, query, documents: [...shuffled, ...shuffled].map(({ document }) => document) })),
    );
    for (const [index, { results }] of together.entries()) {
      for (const { index: at, score } of results) {
        const document = shuffled[at % shuffled.length]?.index ?? 0;
        const same = alone[index * golden.documents.length + document] ?? Number.NaN;
        expectClose([score], [same], 1e-5);
        expectClose([same], [itemOf(index, document)?.score ?? Number.NaN], tolerance);
      }
    }
  });

  test('answers the best of them where it is asked to', async () => {
    const [query] = golden.queries;
    const documents = golden.documents;
    for (const topK of [1, 3, documents.length]) {
      const { results } = await rerank({ model, query, documents, topK });
      expect(results.map(({ index }) => index)).toEqual(golden.ranking[0]?.slice(0, topK));
    }
    for (const topK of [0, -1, documents.length + 1]) {
      expect(await failure(rerankDocument, { model, query, documents, topK })).toMatchObject({
        code: 'INVALID_INPUT',
        field: 'input.topK',
      });
    }
  });

  test('is listed as what it is', async () => {
    const document =
      'query ($name: String!) { model(name: $name) { library architecture capabilities labels dimensions maxTokens description } }';
    const { model: listed } = await graphql(server.url, document, { name: model });
    expect(listed).toMatchObject({
      library: 'SENTENCE_TRANSFORMERS',
      capabilities: ['RERANK'],
      labels: ['LABEL_0'],
      dimensions: null,
      maxTokens: golden.max_length,
    });
    expect(listed.architecture).toMatch(/ForSequenceClassification$/);
    expect(listed.description).toMatch(/reranker.*Sigmoid/);
  });
});

const model = 'cross-encoder/tiny-cross-encoder';

describe('a reranker', () => {
  test('with several labels scores by the first, and says all', async () => {
    const documents = ['a cat', 'a dog sat on a mat', '', 'query'];
    const { results } = await rerank({ model: threeLabels, query: 'hello world', documents });
    const { model: listed } = await graphql(server.url, 'query ($name: String!) { model(name: $name) { labels } }', { name: threeLabels });
    expect(listed.labels).toEqual(['against', 'neutral', 'for']);
    for (const { score, scores, logits } of results) {
      const powers = logits.map((value) => Math.exp(value));
      const sum = powers.reduce((total, power) => total + power, 0);
      expectClose(
        scores,
        powers.map((power) => power / sum),
        1e-6,
      );
      expect(score).toBe(scores[0]);
    }
    expect(results.map(({ score }) => score)).toEqual(results.map(({ score }) => score).toSorted((left, right) => right - left));
  });

  test('keeps the order of documents that score the same', async () => {
    const { results } = await rerank({ model, query: 'stone', documents: ['same', 'other words', 'same', 'same'] });
    const same = results.filter(({ document }) => document === 'same');
    expect(same.map(({ index }) => index)).toEqual([0, 2, 3]);
    expect(new Set(same.map(({ score }) => score)).size).toBe(1);
  });

  test('without documents answers none', async () => {
    expect(await rerank({ model, query: 'stone', documents: [] })).toMatchObject({ results: [], usage: { inputTokens: 0 } });
    expect(await rerank({ model, query: 'stone', documents: [], topK: 3 })).toMatchObject({ results: [] });
    expect(await failure(rerankDocument, { model, query: 'stone', documents: [], topK: 0 })).toMatchObject({ field: 'input.topK' });
  });

  test('refuses by its index a document that is too long where cutting is not allowed', async () => {
    const documents = ['short', 'word '.repeat(100), 'short'];
    const { results } = await rerank({ model, query: 'stone', documents });
    expect(results.filter(({ truncated }) => truncated).map(({ index }) => index)).toEqual([1]);
    expect(await failure(rerankDocument, { model, query: 'stone', documents, truncate: 'NONE' })).toMatchObject({
      code: 'INPUT_TOO_LONG',
      index: 1,
    });
  });

  test('refuses texts beyond every window by their field', async () => {
    const long = 'x'.repeat(1_000_001);
    expect(await failure(rerankDocument, { model, query: long, documents: ['a'] })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.query',
    });
    const input = { model, query: 'a', documents: ['a', long] };
    expect(await failure(rerankDocument, input)).toMatchObject({ code: 'INVALID_INPUT', field: 'input.documents[1]' });
  });

  test('answers thousands of documents, as slices of one request', async () => {
    const golden = goldenPairs('tiny-cross-encoder');
    const documents = Array.from({ length: 3000 }, (_, index) => golden.documents[index % golden.documents.length] ?? '');
    const { results } = await rerank({ model, query: golden.queries[0], documents });
    expect(results).toHaveLength(documents.length);
    for (const { index, score } of results) {
      expectClose([score], [golden.items[index % golden.documents.length]?.score ?? Number.NaN], golden.tolerance.score_atol);
    }
  });

  test('is ready when a tiny pair was scored', async () => {
    const { id } = await server.app.services.catalogue.require({ name: model });
    expect(await server.app.services.scheduler.probe(id, new AbortController().signal)).toBe(true);
    expect((await fetch(`${server.url}/ready`)).status).toBe(200);
  });

  test('drops what a client asked for who leaves', async () => {
    const { scheduler, catalogue } = server.app.services;
    const { id } = await catalogue.require({ name: model });
    const leaving = new AbortController();
    const documents = Array.from({ length: 60_000 }, (_, index) => `word ${index} `.repeat(30));
    const asked = postJson(
      `${server.url}/graphql`,
      { query: rerankDocument, variables: { input: { model, query: 'stone', documents } } },
      { signal: leaving.signal },
    );
    const outcome = asked.then(
      () => 'answered',
      () => 'left',
    );
    await expect.poll(() => scheduler.runtime(id)?.queueDepth, { timeout: 20_000 }).toBeGreaterThan(0);
    leaving.abort();
    expect(await outcome).toBe('left');
    await expect.poll(() => scheduler.runtime(id)?.queueDepth).toBe(0);
    expect((await rerank({ model, query: 'stone', documents: ['stone'] })).results).toHaveLength(1);
  }, 60_000);
});

describe('a model that is asked for what it cannot do', () => {
  test.each([
    ['embed', 'query ($input: EmbedInput!) { embed(input: $input) { usage { inputTokens } } }', { items: [{ text: 'a' }] }],
    ['tokenize', 'query ($input: TokenizeInput!) { tokenize(input: $input) { items { ids } } }', { texts: ['a'] }],
    ['similarity', 'query ($input: SimilarityInput!) { similarity(input: $input) { scores } }', { items: [{ text: 'a' }] }],
  ])('says so to %s where it is a reranker', async (_, document, input) => {
    expect(await failure(document, { model, ...input })).toMatchObject({ code: 'UNSUPPORTED_CAPABILITY', has: ['RERANK'] });
  });

  test('says so to rerank where it embeds', async () => {
    const error = await failure(rerankDocument, { model: embedder, query: 'a', documents: ['b'] });
    expect(error).toMatchObject({ code: 'UNSUPPORTED_CAPABILITY', has: ['EMBED_TEXT'] });
    expect(error.message).toMatch(/cannot rerank documents/);
  });

  test('is told so by name where there is no such model', async () => {
    expect(await failure(rerankDocument, { model: 'nobody/nothing', query: 'a', documents: ['b'] })).toMatchObject({
      code: 'MODEL_NOT_FOUND',
    });
  });
});

describe("Ingrain's routes for a reranker", () => {
  test('keep their documented texts', async () => {
    const inferred = await postJson(`${server.url}/infer_text`, {
      name: model,
      pretrained: null,
      text: 'a',
      normalize: true,
      n_dims: null,
    });
    expect(inferred.status).toBe(400);
    expect(JSON.stringify(inferred.body)).toMatch(/does not support text inference\./);
    const sized = await fetch(`${server.url}/model_embedding_size?name=${encodeURIComponent(model)}`);
    expect(sized.status).toBe(400);
    expect(await sized.json()).toEqual({ detail: `Model ${model} is not an embedding model.` });
  });

  test('list what its clients can use, and no reranker', async () => {
    const listed = await (await fetch(`${server.url}/loaded_models`)).text();
    expect(listed).toContain(embedder);
    for (const name of goldenRerankers) expect(listed).not.toContain(name);
  });
});
