import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createApp } from '../../src/app.ts';
import { systemClock } from '../../src/clock.ts';
import { writeGgufFile } from '../support/gguf-file.ts';
import { foxModel } from '../support/gguf-models.ts';
import { ggufShards } from '../support/gguf-shards.ts';
import { largeRepository } from '../support/large-repository.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const megabyte = 1024 ** 2;
const dayMs = 24 * 60 * 60 * 1000;
const fields = 'id uuid state bytes { done } error { code message } steps { name state }';

let hub: StandInHub;
beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

type Server = Pick<RunningApp, 'url'>;

async function download(server: Server, repository: string, input: object = {}): Promise<any> {
  const document = `mutation ($input: DownloadModelInput!) { downloadModel(input: $input) { ... on DownloadModelPayload { task { ${fields} } } ... on Error { code message } } }`;
  return (await graphql(server.url, document, { input: { source: { repository }, include: ['*'], ...input } })).downloadModel.task;
}

const settled = async (server: Server, id: string): Promise<any> =>
  (await graphql(server.url, `query ($id: ID!) { task(id: $id) { settled(timeoutMs: 30000) { ${fields} } } }`, { id })).task.settled;

const taskOf = async (server: Server, id: string): Promise<any> =>
  (await graphql(server.url, `query ($id: ID!) { task(id: $id) { ${fields} } }`, { id })).task;

const cancel = (server: Server, id: string, keepPartial: boolean) =>
  graphql(server.url, 'mutation ($input: CancelTaskInput!) { cancelTask(input: $input) { ... on CancelTaskPayload { task { state } } } }', {
    input: { id, keepPartial },
  });

const bodiesOf = (name: string) => hub.requests.filter(({ url, sentBytes }) => url.startsWith(`/cdn/${name}/`) && sentBytes > 0);

/** Starts a download that comes slowly, and waits until some of it is on the disk. */
async function underWay(server: Server, name: string): Promise<any> {
  hub.faults.add({ match: `/cdn/${name}/`, bytesPerSecond: 4 * megabyte, times: Number.POSITIVE_INFINITY });
  const task = await download(server, name);
  await expect.poll(async () => (await taskOf(server, task.id)).bytes?.done ?? 0, { timeout: 10_000 }).toBeGreaterThan(megabyte);
  return task;
}

test('room that is promised to one download is not promised to another', async () => {
  const name = 'org/room';
  const { commit } = hub.publish(name, largeRepository(megabyte, 'room'));
  // It waits for its first byte, and keeps what it was promised.
  hub.faults.add({ match: 'huge.dat', status: 503, headers: { 'retry-after': '60' }, times: Number.POSITIVE_INFINITY });
  await using server = await runningApp({ hubEndpoint: hub.url });
  const free = async () =>
    (await graphql(server.url, `{ planDownload(input: { source: { repository: "${name}" } }) { freeBytes } }`)).planDownload.freeBytes;
  const freeBytes = await free();
  const sizeBytes = Math.floor(0.6 * freeBytes);
  const huge = (model: string) => {
    const files = [{ path: 'huge.dat', sizeBytes, sha256: 'a'.repeat(64) }];
    return download(server, name, { source: { repository: name, revision: commit }, include: undefined, name: model, files });
  };
  const first = await huge('first');
  await expect.poll(free).toBeLessThan(0.5 * freeBytes);
  expect(await settled(server, (await huge('second')).id)).toMatchObject({ state: 'FAILED', error: { code: 'INSUFFICIENT_DISK' } });
  await cancel(server, first.id, false);
  await expect.poll(free).toBeGreaterThan(0.9 * freeBytes);
  hub.faults.clear();
});

test('what a cancelled download kept is gone after a week, and not before', async () => {
  const name = 'org/kept';
  hub.publish(name, largeRepository(20 * megabyte, 'kept'));
  await using folder = await temporaryFolder();
  const settings = { hubEndpoint: hub.url, dataFolder: folder.path };
  let partial: string;
  {
    await using server = await runningApp(settings);
    const { id, uuid } = await underWay(server, name);
    await cancel(server, id, true);
    partial = join(folder.path, 'partial', uuid);
  }
  hub.faults.clear();
  /** Starts the server so many days later, and stops it. */
  const openedAfter = async (days: number) => {
    await using template = await runningApp({ hubEndpoint: hub.url });
    const config = { ...template.app.services.config, dataFolder: folder.path };
    const now = () => new Date(Date.now() + days * dayMs);
    return await createApp({ config, clock: { ...systemClock, now } });
  };
  {
    await using _app = await openedAfter(6);
  }
  expect(existsSync(partial)).toBe(true);
  await using _app = await openedAfter(8);
  await expect.poll(() => existsSync(partial)).toBe(false);
});

test('a model that is deleted while it is downloaded anew is gone, and so is the download', async () => {
  const name = 'org/deleted';
  hub.publish(name, largeRepository(megabyte, 'deleted'));
  await using server = await runningApp({ hubEndpoint: hub.url });
  expect(await settled(server, (await download(server, name)).id)).toMatchObject({ state: 'SUCCEEDED' });
  hub.publish(name, largeRepository(20 * megabyte, 'deleted, later'));
  const { id } = await underWay(server, name);
  const { deleteModel } = await graphql(
    server.url,
    `mutation { deleteModel(input: { name: "${name}" }) { ... on DeleteModelPayload { task { settled(timeoutMs: 20000) { ${fields} } } } ... on Error { message } } }`,
  );
  expect(deleteModel.task.settled).toMatchObject({ state: 'SUCCEEDED' });
  expect(await taskOf(server, id)).toMatchObject({ state: 'CANCELED' });
  expect((await graphql(server.url, `{ model(name: "${name}") { name } }`)).model).toBeNull();
  const { dataFolder } = server.app.services.config;
  await expect.poll(() => hub.connectionCount()).toBe(0);
  await expect.poll(() => [...readdirSync(join(dataFolder, 'partial')), ...readdirSync(join(dataFolder, 'models'))]).toEqual([]);
  hub.faults.clear();
});

test('a file that another model has is shared, and not fetched again', async () => {
  hub.publish('org/one', largeRepository(megabyte, 'shared'));
  hub.publish('org/other', largeRepository(megabyte, 'shared'));
  await using server = await runningApp({ hubEndpoint: hub.url });
  for (const name of ['org/one', 'org/other'])
    expect(await settled(server, (await download(server, name)).id)).toMatchObject({ state: 'SUCCEEDED' });
  expect(bodiesOf('org/one').length).toBeGreaterThan(0);
  expect(bodiesOf('org/other')).toEqual([]);
  const { catalogue } = server.app.services;
  const inodeOf = async (name: string) => statSync(join(catalogue.folderOf(await catalogue.require({ name })), 'extra.dat')).ino;
  expect(await inodeOf('org/other')).toBe(await inodeOf('org/one'));
});

test('shards of a GGUF in a folder of their own are fetched, installed and answer', async () => {
  await using folder = await temporaryFolder();
  for (const stem of ['Q4_K_M/fox-Q4_K_M', 'Q8_0/fox-Q8_0']) {
    const shards = Object.entries(ggufShards(foxModel(), { stem, count: 2 }));
    for (const [path, shard] of shards) await writeGgufFile(join(folder.path, path), shard);
  }
  hub.publish('org/fox', { folder: folder.path });
  await using server = await runningApp({ hubEndpoint: hub.url, threads: 1 });
  const task = await settled(server, (await download(server, 'org/fox:Q4_K_M', { include: undefined, name: 'fox' })).id);
  expect(task).toMatchObject({ state: 'SUCCEEDED', error: null });
  const { model } = await graphql(server.url, '{ model(name: "fox") { files { path } } }');
  const paths = model.files.map(({ path }: { path: string }) => path).sort();
  expect(paths).toEqual(['Q4_K_M/fox-Q4_K_M-00001-of-00002.gguf', 'Q4_K_M/fox-Q4_K_M-00002-of-00002.gguf']);
  const { loadModel } = await graphql(
    server.url,
    'mutation { loadModel(input: { name: "fox" }) { ... on LoadModelPayload { task { settled(timeoutMs: 60000) { state error { message } } } } ... on Error { message } } }',
  );
  expect(loadModel.task.settled).toEqual({ state: 'SUCCEEDED', error: null });
  const { generate } = await graphql(server.url, 'query ($input: GenerateInput!) { generate(input: $input) { text } }', {
    input: { model: 'fox', prompt: 'the', maxTokens: 3 },
  });
  expect(generate.text).toContain('quick');
});
