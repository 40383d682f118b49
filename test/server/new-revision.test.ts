import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { query } from '../support/graphql-client.ts';
import { childProcessIds, stopNextProcess } from '../support/new-process.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { isAlive, until } from '../support/scheduler-support.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { withOwnWeights } from '../support/stand-in-hub-repository.ts';

const taskFields = 'id state error { code message } steps { name state note }';
const documents = {
  download: `mutation ($r: String!) { downloadModel(input: { source: { repository: $r } }) { ... on DownloadModelPayload { task { ${taskFields} } } } }`,
  settled: `query ($id: ID!) { task(id: $id) { settled(timeoutMs: 60000) { ${taskFields} } } }`,
  load: `mutation ($input: LoadModelInput!) { loadModel(input: $input) { ... on LoadModelPayload { alreadyLoaded task { settled(timeoutMs: 60000) { ${taskFields} } } } ... on Error { message } } }`,
  model:
    'query ($n: String!) { model(name: $n) { revision dimensions runtime { state pinned keepAliveUntil } statistics { inferenceCount } } }',
  embed:
    'query ($n: String!, $t: [EmbedItem!]!) { embed(input: { model: $n, items: $t }) { model { name } embeddings { vector(encoding: FLOAT) dimensions } } }',
  similarity: 'query ($n: String!, $t: [EmbedItem!]!) { similarity(input: { model: $n, items: $t, against: { items: $t } }) { scores } }',
};
const texts = ['one', 'two words', 'a third and longer text'].map((text) => ({ text }));

type Vectors = number[][];

let hub: StandInHub;

beforeAll(async () => {
  hub = await startStandInHub();
});

afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

/** What is done to one model of one server. */
function modelOn({ app, url }: RunningApp, name: string) {
  const scheduler = app.services.scheduler;
  const entry = async () => (await app.services.catalogue.require({ name })) ?? expect.unreachable();
  return {
    entry,
    processIds: async () => scheduler.processIds((await entry()).id),
    folder: async () => app.services.catalogue.folderOf(await entry()),
    describe: async () => (await graphql(url, documents.model, { n: name })).model,
    async startDownload(): Promise<string> {
      return (await graphql(url, documents.download, { r: name })).downloadModel.task.id;
    },
    settled: async (id: string) => (await graphql(url, documents.settled, { id })).task.settled,
    async download() {
      return this.settled(await this.startDownload());
    },
    async load(options: object = {}) {
      const { loadModel } = await graphql(url, documents.load, { input: { name, ...options } });
      expect(loadModel.task?.settled, loadModel.message).toMatchObject({ state: 'SUCCEEDED' });
      return loadModel;
    },
    embed: () => query(url, documents.embed, { n: name, t: texts }),
    async vectors(): Promise<Vectors> {
      return vectorsOf((await this.embed()).body);
    },
  };
}

function vectorsOf(body: any): Vectors {
  expect(body.errors).toBeUndefined();
  return body.data.embed.embeddings.map(({ vector, dimensions }: { vector: number[]; dimensions: number }) => {
    expect(vector).toHaveLength(dimensions);
    return vector;
  });
}

function isLike(actual: Vectors, expected: Vectors): boolean {
  return actual.every((vector, row) => {
    const wanted = expected[row] ?? [];
    return vector.length === wanted.length && vector.every((value, column) => Math.abs(value - (wanted[column] ?? 0)) < 1e-4);
  });
}

const modelFolders = ({ app }: RunningApp) =>
  readdirSync(join(app.services.config.dataFolder, 'models')).filter((entry) => /^[0-9a-f-]{36}$/.test(entry));

/** As the older revision, with weights that are no numbers: its files are in order, and it cannot be run. */
function withoutNumbers(folder: string) {
  const weights = readFileSync(join(folder, 'model.safetensors'));
  weights.fill(0xff, 8 + Number(weights.readBigUInt64LE(0)));
  return { folder, files: { 'model.safetensors': weights } };
}

/** A server with the older revision of a model of its own in memory, and the newer one published. */
async function servedModel(name: string, settings: Parameters<typeof runningApp>[0] = {}, options: object = {}) {
  hub.publish(name, withOwnWeights(goldenFolder('tiny-bert-st'), name));
  await using undo = new AsyncDisposableStack();
  const server = undo.use(await runningApp({ hubEndpoint: hub.url, ...settings }));
  const model = modelOn(server, name);
  expect(await model.download()).toMatchObject({ state: 'SUCCEEDED' });
  await model.load(options);
  const oldVectors = await model.vectors();
  const { revision } = await model.describe();
  const old = { vectors: oldVectors, folder: await model.folder(), processIds: await model.processIds(), revision };
  const published = hub.publish(name, goldenFolder('tiny-mpnet-st'));
  const kept = undo.move();
  return { server, model, old, published, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** Starts the download of the newer revision, and holds its process before it has opened the model. */
async function heldTakeOver({ model, old: { processIds: known } }: Awaited<ReturnType<typeof servedModel>>) {
  const id = await model.startDownload();
  // The first new process checks the files, the second one opens the model.
  const check = await stopNextProcess(known);
  check.letGo();
  await until(() => !isAlive(check.processId));
  const held = await stopNextProcess(known);
  return { id, ...held };
}

describe('a newer revision of a model in memory', () => {
  test('takes over under steady load: no request fails, and none is answered by two revisions', async () => {
    const name = 'org/steady';
    await using served = await servedModel(name, {}, { pinned: true });
    const { server, model, old, published } = served;
    const seen: { client: number; vectors: Vectors }[] = [];
    const sizes: number[] = [];
    const failures: unknown[] = [];
    const stop = new AbortController();
    const embedding = async (client: number) => {
      while (!stop.signal.aborted) {
        const answer = await model.embed();
        if (answer.status !== 200 || answer.body.errors) failures.push(answer.body);
        else seen.push({ client, vectors: vectorsOf(answer.body) });
      }
    };
    const comparing = async () => {
      while (!stop.signal.aborted) {
        const { status, body } = await query(server.url, documents.similarity, { n: name, t: texts });
        if (status !== 200 || body.errors) failures.push(body);
        // The same text on both sides: vectors of two revisions would not be alike.
        else for (const [row, scores] of body.data.similarity.scores.entries()) expect(scores[row]).toBeCloseTo(1, 4);
      }
    };
    const measuring = async () => {
      while (!stop.signal.aborted) {
        const response = await fetch(`${server.url}/model_embedding_size?name=${encodeURIComponent(name)}`);
        const body: any = await response.json();
        if (response.status !== 200) failures.push(body);
        const { embeddingSize } = body;
        if (embeddingSize !== sizes.at(-1)) sizes.push(embeddingSize);
        const answer = await model.embed();
        // Who has been told of the newer revision is answered by it.
        if (sizes.length === 2 && vectorsOf(answer.body)[0]?.length !== embeddingSize) failures.push('an old answer after the new size');
      }
    };
    const clients = [embedding(0), embedding(1), embedding(2), comparing(), measuring()];
    await until(() => seen.length > 20);
    const task = await model.download();
    const newVectors = await model.vectors();
    const before = seen.length;
    await until(() => seen.length > before + 20);
    stop.abort();
    await Promise.all(clients);

    expect(task).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(task.steps.at(-1)).toMatchObject({ name: 'INSTALL', note: 'It took over from the revision that was in memory.' });
    expect(failures).toEqual([]);
    expect(newVectors[0]).not.toHaveLength(old.vectors[0]?.length ?? 0);
    expect(sizes).toEqual([old.vectors[0]?.length, newVectors[0]?.length]);
    for (const client of [0, 1, 2]) {
      const kinds = seen
        .filter((answer) => answer.client === client)
        .map(({ vectors }) => [isLike(vectors, old.vectors), isLike(vectors, newVectors)]);
      for (const kind of kinds) expect(kind).toContain(true);
      const firstNew = kinds.findIndex(([, isNew]) => isNew);
      expect(firstNew).toBeGreaterThan(0);
      expect(kinds.slice(firstNew).every(([, isNew]) => isNew)).toBe(true);
    }
    const described = await model.describe();
    expect(described).toMatchObject({ revision: published.commit, runtime: { state: 'READY', pinned: true, keepAliveUntil: null } });
    expect(described.statistics.inferenceCount).toBeGreaterThanOrEqual(seen.length);
    await until(() => !old.processIds.some(isAlive) && !existsSync(old.folder));
    expect(modelFolders(server)).toHaveLength(1);
  });

  test('that cannot be run leaves the older one as it was, on disk and in memory', async () => {
    const name = 'org/spoilt';
    await using served = await servedModel(name);
    const { server, model, old } = served;
    hub.publish(name, withoutNumbers(goldenFolder('tiny-bert-st')));
    const task = await model.download();
    expect(task).toMatchObject({ state: 'FAILED', error: { message: expect.stringContaining('no numbers') } });
    expect(task.steps.find(({ state }: { state: string }) => state === 'FAILED')).toMatchObject({ name: 'INSTALL' });
    expect(await model.describe()).toMatchObject({ revision: old.revision, runtime: { state: 'READY' } });
    expect(await model.processIds()).toEqual(old.processIds);
    expect(isLike(await model.vectors(), old.vectors)).toBe(true);
    expect(modelFolders(server)).toHaveLength(1);
    // What came after it is better.
    hub.publish(name, goldenFolder('tiny-mpnet-st'));
    expect(await model.download()).toMatchObject({ state: 'SUCCEEDED' });
    expect(await model.vectors()).not.toEqual(old.vectors);
  });

  test('is taken from a folder that is imported again', async () => {
    await using server = await runningApp({ importRoots: [goldenFolder('').replace(/[^/]*\/model$/, '')] });
    const importModel = (folder: string) =>
      graphql(
        server.url,
        `mutation ($input: ImportModelInput!) { importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 60000) { ${taskFields} } } } ... on Error { message } } }`,
        { input: { path: folder, name: 'mine' } },
      );
    await importModel(goldenFolder('tiny-bert-st'));
    const model = modelOn(server, 'mine');
    await model.load();
    const [folder, processIds] = [await model.folder(), await model.processIds()];
    expect((await importModel(goldenFolder('tiny-mpnet-st'))).importModel.task.settled).toMatchObject({ state: 'SUCCEEDED' });
    const { dimensions } = await model.describe();
    expect((await model.vectors())[0]).toHaveLength(dimensions);
    await until(() => !processIds.some(isAlive) && !existsSync(folder));
  });

  test('where only one fits: what asks in between is told when to come again, and gets the newer one', async () => {
    await using served = await servedModel('org/narrow', { maxLoadedModels: 1 });
    const { model, old, published } = served;
    const stop = new AbortController();
    const errors: any[] = [];
    const client = async () => {
      while (!stop.signal.aborted) {
        const { body } = await model.embed();
        if (body.errors) errors.push(body.errors[0].extensions);
        else expect(vectorsOf(body)).toHaveLength(texts.length);
      }
    };
    const clients = [client(), client()];
    const task = await model.download();
    stop.abort();
    await Promise.all(clients);
    expect(task).toMatchObject({ state: 'SUCCEEDED' });
    expect(task.steps.at(-1).note).toContain('was unloaded first');
    for (const error of errors) expect(error).toMatchObject({ code: 'MODEL_LOADING', retryAfterMs: expect.any(Number) });
    expect(await model.describe()).toMatchObject({ revision: published.commit, runtime: { state: 'READY' } });
    expect(isLike(await model.vectors(), old.vectors)).toBe(false);
    await until(() => !existsSync(old.folder));
  });

  test('where only one fits and it cannot be run, the older one comes back', async () => {
    const name = 'org/narrow-spoilt';
    await using served = await servedModel(name, { maxLoadedModels: 1 });
    const { model, old } = served;
    hub.publish(name, withoutNumbers(goldenFolder('tiny-bert-st')));
    expect(await model.download()).toMatchObject({ state: 'FAILED' });
    await model.load();
    expect(await model.describe()).toMatchObject({ revision: old.revision, runtime: { state: 'READY' } });
    expect(isLike(await model.vectors(), old.vectors)).toBe(true);
  });
});

describe('while a newer revision takes over', () => {
  let served: Awaited<ReturnType<typeof servedModel>>;
  let held: Awaited<ReturnType<typeof heldTakeOver>>;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    served = await servedModel(`org/held-${count}`);
    held = await heldTakeOver(served);
    return async () => {
      held.letGo();
      await served[Symbol.asyncDispose]();
    };
  });

  test('the older one answers, and a load changes what it is loaded with', async () => {
    const { model, old, published } = served;
    expect(isLike(await model.vectors(), old.vectors)).toBe(true);
    expect(await model.describe()).toMatchObject({ revision: old.revision, dimensions: old.vectors[0]?.length });
    expect(await model.load({ pinned: true })).toMatchObject({ alreadyLoaded: true });
    held.letGo();
    expect(await model.settled(held.id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await model.describe()).toMatchObject({ revision: published.commit, runtime: { state: 'READY', pinned: true } });
    expect(await model.processIds()).toEqual([held.processId]);
  });

  test('a cancel leaves the older one, and nothing of the newer', async () => {
    const { server, model, old } = served;
    await graphql(server.url, 'mutation ($id: ID!) { cancelTask(input: { id: $id }) { __typename } }', { id: held.id });
    expect(await model.settled(held.id)).toMatchObject({ state: 'CANCELED' });
    await until(() => !isAlive(held.processId));
    expect(await model.describe()).toMatchObject({ revision: old.revision, runtime: { state: 'READY' } });
    expect(isLike(await model.vectors(), old.vectors)).toBe(true);
    expect(await model.processIds()).toEqual(old.processIds);
    expect(modelFolders(server)).toHaveLength(1);
  });

  test('an unload ends both, and the newer one is installed', async () => {
    const { server, model, old, published } = served;
    await graphql(
      server.url,
      'mutation ($n: String!) { unloadModel(input: { name: $n }) { ... on UnloadModelPayload { task { settled(timeoutMs: 60000) { state } } } } }',
      { n: (await model.entry()).name },
    );
    expect(await model.settled(held.id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await model.describe()).toMatchObject({ revision: published.commit, runtime: null });
    await until(() => ![...old.processIds, held.processId].some(isAlive) && !existsSync(old.folder));
    expect(childProcessIds()).toEqual([]);
  });

  test('a delete removes both', async () => {
    const { server, model } = served;
    const { name } = await model.entry();
    await graphql(
      server.url,
      'mutation ($n: String!) { deleteModel(input: { name: $n }) { ... on DeleteModelPayload { task { settled(timeoutMs: 60000) { state } } } } }',
      { n: name },
    );
    expect(await model.settled(held.id)).toMatchObject({ state: 'CANCELED' });
    expect(await graphql(server.url, 'query ($n: String!) { model(name: $n) { name } }', { n: name })).toEqual({ model: null });
    await until(() => childProcessIds().length === 0 && modelFolders(server).length === 0);
  });
});
