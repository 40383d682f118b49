import { globSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { makeCheckpoint } from '../support/checkpoint-maker.ts';
import { cosine, goldenExpected } from '../support/golden.ts';
import { makeOnnxFileCheckpoint } from '../support/onnx-file-checkpoint.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const goldenRoot = fileURLToPath(new URL('../golden', import.meta.url));
const goldenCases = globSync('*-st/expected.json', { cwd: goldenRoot }).map(dirname);

const importDocument = `mutation ($input: ImportModelInput!) {
  importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 30000) { state error { message } } } } ... on Error { message } }
}`;
const loadDocument = `mutation ($input: LoadModelInput!) {
  loadModel(input: $input) {
    ... on LoadModelPayload { alreadyLoaded task { settled(timeoutMs: 30000) { state error { message } } } }
    ... on InvalidInputError { code field message }
  }
}`;
const unloadDocument = `mutation ($name: String!) { unloadModel(input: { name: $name }) { ... on UnloadModelPayload { wasLoaded } } }`;
const runtimeDocument = `query ($name: String!) { model(name: $name) { runtime { precision batchInvariant memoryBytes } } }`;
const planDocument = `query ($input: LoadModelInput!) { planLoad(input: $input) { needBytes } }`;
const embedDocument = `query ($input: EmbedInput!) { embed(input: $input) { embeddings { vector } } }`;

/** Large enough that its matrices are most of a process: 25 million weights. */
const sizes = { hidden: 512, intermediate: 2048, layers: 8, heads: 8 };
const matrixWeights = sizes.layers * (4 * sizes.hidden ** 2 + 2 * sizes.hidden * sizes.intermediate);

let made: Awaited<ReturnType<typeof temporaryFolder>>;
let server: RunningApp;

async function importFolder(path: string, name: string): Promise<void> {
  const { importModel } = await graphql(server.url, importDocument, { input: { path, name } });
  expect(importModel.task.settled).toEqual({ state: 'SUCCEEDED', error: null });
}

async function load(name: string, options: object = {}): Promise<{ alreadyLoaded: boolean }> {
  const { loadModel } = await graphql(server.url, loadDocument, { input: { name, ...options } });
  expect(loadModel.task?.settled, loadModel.message).toEqual({ state: 'SUCCEEDED', error: null });
  return loadModel;
}

async function unload(name: string): Promise<void> {
  await graphql(server.url, unloadDocument, { name });
}

async function runtime(name: string): Promise<{ precision: string; batchInvariant: boolean; memoryBytes: number }> {
  return (await graphql(server.url, runtimeDocument, { name })).model.runtime;
}

async function embed(model: string, texts: readonly string[], options: object = {}): Promise<number[][]> {
  const { embed } = await graphql(server.url, embedDocument, { input: { model, items: texts.map((text) => ({ text })), ...options } });
  return embed.embeddings.map(({ vector }: { vector: number[] }) => vector);
}

beforeAll(async () => {
  made = await temporaryFolder();
  await makeCheckpoint(join(made.path, 'large'), { sizes });
  await makeOnnxFileCheckpoint(join(made.path, 'exported'));
  server = await runningApp({ importRoots: [goldenRoot, made.path] });
  await importFolder(join(made.path, 'large'), 'large');
  await importFolder(join(made.path, 'exported'), 'exported');
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await made?.[Symbol.asyncDispose]();
});

describe.each(goldenCases)('%s loaded in INT8', (name) => {
  test('gives vectors close to the reference, alone and together, and says what it is', async () => {
    const byPrompt = Map.groupBy(goldenExpected(name).items, ({ prompt_name: promptName }) => promptName ?? null);
    await importFolder(`${goldenRoot}/${name}/model`, name);
    await load(name, { precision: 'INT8' });
    expect(await runtime(name)).toMatchObject({ precision: 'INT8', batchInvariant: false });
    for (const [promptName, items] of byPrompt) {
      const together = await embed(
        name,
        items.map(({ text }) => text),
        { promptName },
      );
      const alone = await Promise.all(items.map(({ text }) => embed(name, [text], { promptName })));
      for (const [index, { text, embedding }] of items.entries()) {
        expect(cosine(together[index] ?? [], embedding), text).toBeGreaterThanOrEqual(0.99);
        expect(cosine(alone[index]?.[0] ?? [], embedding), text).toBeGreaterThanOrEqual(0.99);
      }
    }
    await unload(name);
  });
});

describe('the precision of a load', () => {
  test('is F32 by default, and INT8 takes less memory, as the plan says', async () => {
    const plans: number[] = [];
    const measured: number[] = [];
    for (const options of [{}, { precision: 'INT8' }]) {
      plans.push((await graphql(server.url, planDocument, { input: { name: 'large', ...options } })).planLoad.needBytes);
      await load('large', options);
      await embed('large', ['the quick brown fox']);
      const { precision, memoryBytes } = await runtime('large');
      expect(precision).toBe('precision' in options ? 'INT8' : 'F32');
      measured.push(memoryBytes);
      await unload('large');
    }
    const [float = 0, int8 = 0] = measured;
    // Three bytes of four go; some of that is the allocator's to keep.
    expect(float - int8).toBeGreaterThan(matrixWeights * 2);
    const [floatPlan = 0, int8Plan = 0] = plans;
    expect(floatPlan - int8Plan).toBeGreaterThan(matrixWeights * 3);
    expect(int8Plan / int8).toBeGreaterThan(0.75);
    expect(int8Plan / int8).toBeLessThan(1.5);
  });

  test('stays what it is while the model is loaded', async () => {
    expect(await load('large', { precision: 'INT8' })).toMatchObject({ alreadyLoaded: false });
    expect(await load('large', { precision: 'F32' })).toMatchObject({ alreadyLoaded: true });
    expect(await runtime('large')).toMatchObject({ precision: 'INT8', batchInvariant: false });
    await unload('large');
    expect(await load('large')).toMatchObject({ alreadyLoaded: false });
    expect(await runtime('large')).toMatchObject({ precision: 'F32', batchInvariant: true });
    await unload('large');
  });

  test('cannot be INT8 for a model that runs from its own ONNX file', async () => {
    const input = { name: 'exported', precision: 'INT8' };
    const { loadModel } = await graphql(server.url, loadDocument, { input });
    expect(loadModel).toMatchObject({
      code: 'INVALID_INPUT',
      field: 'input.precision',
      message: expect.stringContaining('Load it as F32'),
    });
    await expect(graphql(server.url, planDocument, { input })).rejects.toThrow('input.precision');
    await load('exported');
    expect(await embed('exported', ['cat'])).toHaveLength(1);
  });
});
