import { cp, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose } from '../support/golden.ts';
import { expectSparse, goldenOutputCases, goldenOutputs } from '../support/golden-outputs.ts';
import { query } from '../support/graphql-client.ts';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const goldenRoot = fileURLToPath(new URL('../golden', import.meta.url));
const importDocument = `mutation ($input: ImportModelInput!) {
  importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 30000) { state error { message } } } } ... on Error { message } }
}`;
const loadDocument = `mutation ($input: LoadModelInput!) {
  loadModel(input: $input) { ... on LoadModelPayload { task { settled(timeoutMs: 30000) { state error { message } } } } ... on Error { message } }
}`;

let server: RunningApp;

async function install(name: string, path = `${goldenRoot}/${name}/model`): Promise<void> {
  const imported = await graphql(server.url, importDocument, { input: { path, name } });
  expect(imported.importModel.task.settled).toEqual({ state: 'SUCCEEDED', error: null });
  const loaded = await graphql(server.url, loadDocument, { input: { name } });
  expect(loaded.loadModel.task.settled).toEqual({ state: 'SUCCEEDED', error: null });
}

/** Asks for `selection` of the texts' embeddings. */
async function embed(name: string, texts: readonly string[], selection: string, options: object = {}) {
  const document = `query ($input: EmbedInput!) { embed(input: $input) { embeddings { ${selection} } usage { inputTokens } } }`;
  return query(server.url, document, { input: { model: name, items: texts.map((text) => ({ text })), ...options } });
}

beforeAll(async () => {
  await using copy = await temporaryFolder();
  await mkdir(join(copy.path, 'plain'));
  await cp(`${goldenRoot}/tiny-bert-splade/model`, join(copy.path, 'plain'), { recursive: true });
  await rm(join(copy.path, 'plain', 'modules.json'));
  server = await runningApp({ importRoots: [goldenRoot, copy.path] });
  for (const name of goldenOutputCases) await install(name);
  await install('tiny-bert-st');
  await install('plain', join(copy.path, 'plain'));
}, 120_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

describe.each(goldenOutputCases)('%s on a server', (name) => {
  const golden = goldenOutputs(name);
  const texts = golden.items.filter(({ prompt_name: prompt }) => prompt === undefined);
  const { sparse_atol: tolerance } = golden.tolerance;

  test('gives the reference sparse vectors in one request, with and without a prompt', async () => {
    const selection = 'tokenCount sparse { dimensions indices values tokens }';
    for (const [promptName, items] of Map.groupBy(golden.items, ({ prompt_name: prompt }) => prompt ?? null)) {
      const { body } = await embed(
        name,
        items.map(({ text }) => text),
        selection,
        { promptName },
      );
      for (const [index, { tokenCount, sparse }] of body.data.embed.embeddings.entries()) {
        const item = items[index];
        if (!item) throw new Error('There are more embeddings than texts.');
        expectSparse(sparse, item.sparse, tolerance);
        expect(sparse).toMatchObject({ dimensions: golden.sparse_dim, tokens: item.sparse.tokens });
        expect(tokenCount).toBe(item.input_ids.length);
      }
    }
  });

  test('serves requests for different outputs side by side', async () => {
    const selections = [
      'sparse { indices values }',
      'tokenVectors { dimensions tokenIds }',
      'sparse { values(encoding: BASE64) } tokenVectors { vectors }',
    ];
    const answers = await Promise.all(
      Array.from({ length: 12 }, (_, index) =>
        embed(
          name,
          texts.map(({ text }) => text),
          selections[index % 3] ?? '',
        ),
      ),
    );
    for (const [index, { body }] of answers.entries()) {
      for (const [place, embedding] of body.data.embed.embeddings.entries()) {
        const item = texts[place];
        if (!item) throw new Error('There are more embeddings than texts.');
        if (index % 3 === 0) expectSparse(embedding.sparse, item.sparse, tolerance);
        if (index % 3 === 1) expect(embedding.tokenVectors.tokenIds).toEqual(name === 'tiny-m3' ? item.input_ids.slice(1) : item.input_ids);
        if (index % 3 === 2) {
          const bytes = Buffer.from(embedding.sparse.values, 'base64');
          expectClose(new Float32Array(new Uint8Array(bytes).buffer), item.sparse.values, tolerance);
        }
      }
    }
  });
});

describe('a model with all three outputs', () => {
  const golden = goldenOutputs('tiny-m3');

  test('gives them from one pass, through fragments and aliases', async () => {
    const document = `query ($input: EmbedInput!) { result: embed(input: $input) { items: embeddings { ...All } timing { batchSize } } }
      fragment All on Embedding { dense: vector dimensions words: sparse { ... on SparseVector { indices values } } each: tokenVectors { dimensions vectors } }`;
    const items = golden.items.map(({ text }) => ({ text }));
    const { result } = await graphql(server.url, document, { input: { model: 'tiny-m3', items } });
    for (const [index, { dense, dimensions, words, each }] of result.items.entries()) {
      const item = golden.items[index];
      expectClose(dense, item?.embedding ?? [], 2e-5, item?.text);
      expect(dimensions).toBe(golden.embedding_dim);
      expectSparse(words, item?.sparse ?? { indices: [], values: [] }, 2e-5);
      expect(each.dimensions).toBe(golden.token_dim);
      if (item?.token_vectors) expectClose(each.vectors.flat(), item.token_vectors.flat(), 2e-5, item.text);
    }
  });

  test('says so in its facts', async () => {
    const document = '{ model(name: "tiny-m3") { outputs dimensions sparseDimensions tokenDimensions capabilities } }';
    expect((await graphql(server.url, document)).model).toEqual({
      outputs: ['DENSE', 'SPARSE', 'TOKENS'],
      dimensions: 32,
      sparseDimensions: 400,
      tokenDimensions: 24,
      capabilities: ['EMBED_TEXT'],
    });
  });
});

describe('a model without a head', () => {
  test('has null for sparse vectors that are asked for beside others, and refuses them alone', async () => {
    const { body } = await embed('tiny-bert-st', ['hello'], 'vector sparse { indices }');
    expect(body.data.embed.embeddings[0]).toEqual({ vector: expect.any(Array), sparse: null });
    const alone = await embed('tiny-bert-st', ['hello'], 'sparse { indices }');
    expect(alone.body.errors[0]).toMatchObject({ extensions: { code: 'UNSUPPORTED_CAPABILITY' } });
    expect(alone.body.errors[0].message).toMatch(
      /cannot give a sparse vector: it has DENSE, TOKENS\. Select `vector`, `tokenVectors` instead/,
    );
  });

  test('gives the token embeddings of its encoder, of unit length or as they are', async () => {
    const item = goldenOutputs('tiny-m3').items.find(({ token_embeddings: embeddings }) => embeddings);
    if (!item?.token_embeddings) throw new Error('The golden case has no token embeddings.');
    await using copy = await temporaryFolder();
    await using other = await runningApp({ importRoots: [copy.path] });
    await cp(`${goldenRoot}/tiny-m3/model`, join(copy.path, 'model'), { recursive: true });
    for (const file of ['sparse_linear.safetensors', 'colbert_linear.safetensors']) await rm(join(copy.path, 'model', file));
    await graphql(other.url, importDocument, { input: { path: join(copy.path, 'model'), name: 'headless' } });
    await graphql(other.url, loadDocument, { input: { name: 'headless' } });
    const document = 'query ($input: EmbedInput!) { embed(input: $input) { embeddings { tokenVectors { tokenIds vectors } } } }';
    for (const normalization of ['NONE', 'UNIT']) {
      const input = { model: 'headless', items: [{ text: item.text }], normalization };
      const [{ tokenVectors }] = (await graphql(other.url, document, { input })).embed.embeddings;
      expect(tokenVectors.tokenIds).toEqual(item.input_ids);
      for (const [index, vector] of tokenVectors.vectors.entries()) {
        const expected = item.token_embeddings[index] ?? [];
        const length = normalization === 'UNIT' ? Math.hypot(...expected) : 1;
        expectClose(
          vector,
          expected.map((value) => value / length),
          2e-4,
        );
      }
    }
  });

  test('of masked words is no SPLADE model without modules.json: its token embeddings are averaged', async () => {
    const { model } = await graphql(server.url, '{ model(name: "plain") { outputs dimensions description } }');
    expect(model).toEqual({
      outputs: ['DENSE', 'TOKENS'],
      dimensions: 32,
      description: expect.stringContaining('No modules.json: mean pooling.'),
    });
  });
});

describe('a SPLADE model', () => {
  test('refuses a dense vector by name and says what to select', async () => {
    for (const selection of ['vector', 'dimensions', 'vector sparse { indices }']) {
      const { body } = await embed('tiny-bert-splade', ['hello'], selection);
      expect(body.errors[0]).toMatchObject({ extensions: { code: 'UNSUPPORTED_CAPABILITY' } });
      expect(body.errors[0].message).toMatch(/cannot give a dense vector: it has SPARSE, TOKENS\. Select `sparse`/);
    }
  });

  test('counts tokens where nothing else is asked for, and takes no texts', async () => {
    const { body } = await embed('tiny-bert-splade', ['hello'], 'tokenCount');
    const tokenCount = goldenOutputs('tiny-bert-splade').items[1]?.input_ids.length;
    expect(body.data.embed).toEqual({ embeddings: [{ tokenCount }], usage: { inputTokens: tokenCount } });
    expect((await embed('tiny-bert-splade', [], 'sparse { indices }')).body.data.embed.embeddings).toEqual([]);
  });

  test('is a 400 on the doors that know dense vectors only', async () => {
    for (const path of ['/embed_text', '/infer_text', '/embed', '/infer']) {
      const { status, body } = await postJson(`${server.url}${path}`, { name: 'tiny-bert-splade', text: 'hello' });
      expect({ path, status }).toEqual({ path, status: 400 });
      expect(body.detail).toEqual(expect.any(String));
    }
  });
});

test('an answer of too many values is refused by name, whatever it is made of', async () => {
  const texts = new Array<string>(15_000).fill(goldenOutputs('tiny-m3').items[7]?.text ?? '');
  const { body } = await embed('tiny-m3', texts, 'tokenVectors { vectors(encoding: BASE64) }');
  expect(body.errors[0]).toMatchObject({ extensions: { code: 'INVALID_INPUT', field: 'input.items' } });
  expect(body.errors[0].message).toMatch(/more than 16777216 values\. Split the request/);
}, 60_000);
