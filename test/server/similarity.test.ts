import { cp } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { expectClose, goldenExpected, goldenFolder } from '../support/golden.ts';
import { query as ask } from '../support/graphql-client.ts';
import { editJson } from '../support/reranking.ts';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const golden = goldenExpected('tiny-bert-st');
const model = 'tests/cosine';
const dotModel = 'tests/dot';
const texts = golden.items.map(({ text }) => text);
const vectors = golden.items.map(({ embedding }) => embedding);

let hub: StandInHub;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let server: RunningApp;

beforeAll(async () => {
  folder = await temporaryFolder();
  const dot = join(folder.path, 'dot');
  await cp(goldenFolder('tiny-bert-st'), dot, { recursive: true });
  await editJson(dot, 'config_sentence_transformers.json', { similarity_fn_name: 'dot', prompts: { query: 'query: ' } });
  hub = await startStandInHub({ repositories: { [model]: goldenFolder('tiny-bert-st'), [dotModel]: dot } });
  server = await runningApp({ hubEndpoint: hub.url });
  for (const name of [model, dotModel]) {
    const { status } = await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' });
    expect(status).toBe(200);
  }
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const document = `query ($input: SimilarityInput!, $encoding: VectorEncoding!) {
  similarity(input: $input) { model { name } function scores(encoding: $encoding) usage { inputTokens } timing { totalMs } }
}`;

async function similarity(
  input: object,
  encoding = 'FLOAT',
): Promise<{ function: string; scores: number[][]; usage: { inputTokens: number } }> {
  return (await graphql(server.url, document, { input: { model, ...input }, encoding })).similarity;
}

async function failure(input: object) {
  const { body } = await ask(server.url, document, { input: { model, ...input }, encoding: 'FLOAT' });
  return { message: body.errors?.[0]?.message, ...body.errors?.[0]?.extensions };
}

const itemsOf = (some: readonly string[]) => some.map((text) => ({ text }));
const dot = (left: readonly number[], right: readonly number[]) => left.reduce((sum, value, index) => sum + value * (right[index] ?? 0), 0);

describe('similarity', () => {
  test('of the items of a request is the cosine of the reference vectors', async () => {
    const { function: used, scores, usage } = await similarity({ items: itemsOf(texts) });
    expect(used).toBe('COSINE');
    expect(usage.inputTokens).toBe(golden.items.reduce((sum, { input_ids: ids }) => sum + ids.length, 0));
    for (const [index, row] of scores.entries()) {
      const [left = []] = [vectors[index]];
      expectClose(
        row,
        vectors.map((right) => dot(left, right)),
        1e-4,
      );
    }
  });

  test('with others has a row for each item and a value for each of those', async () => {
    const [first, rest] = [texts.slice(0, 2), texts.slice(2, 7)];
    const { scores } = await similarity({ items: itemsOf(first), against: { items: itemsOf(rest) } });
    expect(scores.map((row) => row.length)).toEqual([5, 5]);
    for (const [index, row] of scores.entries()) {
      expectClose(
        row,
        vectors.slice(2, 7).map((right) => dot(vectors[index] ?? [], right)),
        1e-4,
      );
    }
  });

  test.each(['EUCLIDEAN', 'MANHATTAN', 'DOT'])('can be asked for by %s', async (name) => {
    const { function: used, scores } = await similarity({ items: itemsOf(texts.slice(0, 4)), function: name });
    expect(used).toBe(name);
    for (const [row, left] of vectors.slice(0, 4).entries()) {
      for (const [column, right] of vectors.slice(0, 4).entries()) {
        const differences = left.map((value, index) => value - (right[index] ?? 0));
        const expected = {
          EUCLIDEAN: -Math.sqrt(dot(differences, differences)),
          MANHATTAN: -differences.reduce((sum, value) => sum + Math.abs(value), 0),
          DOT: dot(left, right),
        }[name];
        expect(Math.abs((scores[row]?.[column] ?? Number.NaN) - (expected ?? 0))).toBeLessThan(1e-3);
      }
    }
  });

  test('uses the function that the model names, and prompts on either side', async () => {
    const plain = await similarity({ model: dotModel, items: itemsOf(['query: stone']), against: { items: itemsOf(['stone']) } });
    expect(plain.function).toBe('DOT');
    const named = await similarity({
      model: dotModel,
      items: itemsOf(['stone']),
      promptName: 'query',
      against: { items: itemsOf(['stone']) },
    });
    expect(named.scores).toEqual(plain.scores);
    const other = await similarity({
      model: dotModel,
      items: itemsOf(['stone']),
      against: { items: itemsOf(['stone']), prompt: 'query: ' },
    });
    expectClose(other.scores[0] ?? [], plain.scores[0] ?? [], 1e-5);
  });

  test('compares the first values of vectors where it is asked to', async () => {
    const { scores } = await similarity({ items: itemsOf(texts.slice(0, 3)), dimensions: 8 });
    const cut = vectors.slice(0, 3).map((vector) => vector.slice(0, 8));
    for (const [index, left] of cut.entries()) {
      expectClose(
        scores[index] ?? [],
        cut.map((right) => dot(left, right) / Math.sqrt(dot(left, left) * dot(right, right))),
        1e-4,
      );
    }
  });

  test('comes as base64 too', async () => {
    const numbers = await similarity({ items: itemsOf(texts.slice(0, 3)) });
    const encoded = await similarity({ items: itemsOf(texts.slice(0, 3)) }, 'BASE64');
    const decoded = (encoded.scores as unknown as string[]).map((row) => [
      ...new Float32Array(new Uint8Array(Buffer.from(row, 'base64')).buffer),
    ]);
    for (const [index, row] of decoded.entries()) expectClose(row, numbers.scores[index] ?? [], 1e-6);
  });

  test('of no items is empty', async () => {
    expect((await similarity({ items: [] })).scores).toEqual([]);
    expect((await similarity({ items: itemsOf(['a', 'b']), against: { items: [] } })).scores).toEqual([[], []]);
  });

  test('names what is wrong with it by its field or its index', async () => {
    const [some, long] = [itemsOf(['a', 'b']), itemsOf(['a', 'word '.repeat(300)])];
    expect(await failure({ items: some, against: { items: some, promptName: 'none' } })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.against.promptName',
      message: expect.stringMatching(/^input\.against\.promptName: expected/),
    });
    expect(await failure({ items: some, promptName: 'none' })).toMatchObject({ field: 'input.promptName' });
    const tooLong = itemsOf(['a', 'x'.repeat(1_000_001)]);
    expect(await failure({ items: some, against: { items: tooLong } })).toMatchObject({ field: 'input.against.items[1].text' });
    expect(await failure({ items: some, dimensions: 4096 })).toMatchObject({ field: 'input.dimensions' });
    expect(await failure({ items: long, truncate: 'NONE' })).toMatchObject({ code: 'INPUT_TOO_LONG', index: 1 });
    expect(await failure({ items: some, against: { items: long }, truncate: 'NONE' })).toMatchObject({ code: 'INPUT_TOO_LONG', index: 3 });
    expect(await failure({ items: itemsOf(new Array<string>(2049).fill('a')) })).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.items',
    });
  });
});
