import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { query } from './graphql-client.ts';
import { stopNextProcess } from './new-process.ts';
import { graphql, type RunningApp, runningApp } from './running-app.ts';
import { isAlive, until } from './scheduler-support.ts';
import { goldenFolder, type StandInHub } from './stand-in-hub.ts';
import { withOwnWeights } from './stand-in-hub-repository.ts';

export const taskFields = 'id state error { code message } steps { name state note }';
export const documents = {
  download: `mutation ($r: String!) { downloadModel(input: { source: { repository: $r } }) { ... on DownloadModelPayload { task { ${taskFields} } } } }`,
  settled: `query ($id: ID!) { task(id: $id) { settled(timeoutMs: 60000) { ${taskFields} } } }`,
  load: `mutation ($input: LoadModelInput!) { loadModel(input: $input) { ... on LoadModelPayload { alreadyLoaded task { settled(timeoutMs: 60000) { ${taskFields} } } } ... on Error { message } } }`,
  model:
    'query ($n: String!) { model(name: $n) { revision dimensions runtime { state pinned keepAliveUntil } statistics { inferenceCount } } }',
  embed:
    'query ($n: String!, $t: [EmbedItem!]!) { embed(input: { model: $n, items: $t }) { model { name } embeddings { vector(encoding: FLOAT) dimensions } } }',
  similarity: 'query ($n: String!, $t: [EmbedItem!]!) { similarity(input: { model: $n, items: $t, against: { items: $t } }) { scores } }',
};
export const texts = ['one', 'two words', 'a third and longer text'].map((text) => ({ text }));

export type Vectors = number[][];

/** What is done to one model of one server. */
export function modelOn({ app, url }: RunningApp, name: string) {
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

export function vectorsOf(body: any): Vectors {
  expect(body.errors).toBeUndefined();
  return body.data.embed.embeddings.map(({ vector, dimensions }: { vector: number[]; dimensions: number }) => {
    expect(vector).toHaveLength(dimensions);
    return vector;
  });
}

export function isLike(actual: Vectors, expected: Vectors): boolean {
  return actual.every((vector, row) => {
    const wanted = expected[row] ?? [];
    return vector.length === wanted.length && vector.every((value, column) => Math.abs(value - (wanted[column] ?? 0)) < 1e-4);
  });
}

export const modelFolders = ({ app }: RunningApp) =>
  readdirSync(join(app.services.config.dataFolder, 'models')).filter((entry) => /^[0-9a-f-]{36}$/.test(entry));

/** As the older revision, with weights that are no numbers: its files are in order, and it cannot be run. */
export function withoutNumbers(folder: string) {
  const weights = readFileSync(join(folder, 'model.safetensors'));
  weights.fill(0xff, 8 + Number(weights.readBigUInt64LE(0)));
  return { folder, files: { 'model.safetensors': weights } };
}

/** A server with the older revision of a model of its own in memory, and the newer one published. */
export async function servedModel(hub: StandInHub, name: string, settings: Parameters<typeof runningApp>[0] = {}, options: object = {}) {
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
export async function heldTakeOver({ model, old: { processIds: known } }: Awaited<ReturnType<typeof servedModel>>) {
  const id = await model.startDownload();
  // The first new process checks the files, the second one opens the model.
  const check = await stopNextProcess(known);
  check.letGo();
  await until(() => !isAlive(check.processId));
  const held = await stopNextProcess(known);
  return { id, ...held };
}
