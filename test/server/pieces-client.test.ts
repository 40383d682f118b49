import { once } from 'node:events';
import {
  Configuration,
  instanceOfModel,
  type Model,
  ModelApi,
  type ModelDownloadProgress,
  ModelDownloadProgressFromJSON,
  ModelsApi,
  type SeededModel,
  WellKnownApi,
} from '@pieces.app/pieces-os-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { foundations, providers, types, usages } from '../support/pieces-enums.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const repository = 'example/tiny-bert';
const slowRepository = 'example/tiny-bert-slow';

let hub: StandInHub;
let app: RunningApp;
let model: ModelApi;
let models: ModelsApi;

beforeAll(async () => {
  hub = await startStandInHub({
    repositories: { [repository]: goldenFolder('tiny-bert-st'), [slowRepository]: goldenFolder('tiny-mpnet-st') },
  });
  app = await runningApp({ hubEndpoint: hub.url });
  const configuration = new Configuration({ basePath: app.url });
  model = new ModelApi(configuration);
  models = new ModelsApi(configuration);
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

function seeded(unique: string, name = 'Tiny BERT'): SeededModel {
  return {
    version: '2.1.0',
    created: { value: new Date('2026-01-02T03:04:05.000Z') },
    name,
    description: 'A tiny one.',
    cloud: false,
    type: 'SPEED',
    usage: 'TEXT_EMBEDDING',
    unique,
    provider: 'MICROSOFT',
    foundation: 'UNKNOWN',
    quantization: 'q8f16_0',
    parameters: 0.1,
    maxTokens: { total: 128 },
  } as SeededModel;
}

async function failureOf(pending: Promise<unknown>): Promise<number> {
  const error = (await pending.then(
    () => null,
    (failure: unknown) => failure,
  )) as { response?: Response } | null;
  return error?.response?.status ?? 0;
}

/** A plugin's socket: the frames so far, and a wait for one that fits. */
async function openSocket(path: string) {
  const socket = new WebSocket(app.url.replace('http', 'ws') + path);
  const frames: string[] = [];
  const waiters = new Set<() => void>();
  socket.on('message', (data) => {
    frames.push(String(data));
    for (const wake of waiters) wake();
  });
  await once(socket, 'open');
  return {
    socket,
    frames,
    progress: () => frames.map((text) => ModelDownloadProgressFromJSON(JSON.parse(text))),
    async until(isThere: () => boolean): Promise<void> {
      while (!isThere()) {
        await new Promise<void>((resolve) => {
          const wake = () => {
            waiters.delete(wake);
            resolve();
          };
          waiters.add(wake);
        });
      }
    },
    async close() {
      socket.close();
      await once(socket, 'close');
    },
  };
}

async function refusalOf(path: string): Promise<number> {
  const socket = new WebSocket(app.url.replace('http', 'ws') + path);
  const [, response] = await once(socket, 'unexpected-response');
  socket.on('error', () => {});
  socket.terminate();
  return response.statusCode;
}

const progressPath = (id: string) => `/model/${id}/download/progress`;

describe('the snapshot', () => {
  it('lists well-known models that are not here, in exact shapes', async () => {
    const { iterable } = (await (await fetch(`${app.url}/models`)).json()) as { iterable: Record<string, any>[] };
    expect(iterable.length).toBeGreaterThan(30);
    for (const raw of iterable) {
      expect(instanceOfModel(raw)).toBe(true);
      expect(Number.isNaN(new Date(raw.created.value).getTime())).toBe(false);
      expect(types).toContain(raw.type);
      expect(usages).toContain(raw.usage);
      expect(providers).toContain(raw.provider);
      expect(foundations).toContain(raw.foundation);
      expect(raw).toMatchObject({ downloaded: false, loaded: false, downloading: false, custom: false, cloud: false });
      expect(raw.bytes.value).toBeGreaterThan(1e6);
      expect(raw.bytes.readable).toMatch(/^[\d.]+ [KMG]B$/);
    }
    const usage = new Set(iterable.map((raw) => raw.usage));
    expect(usage).toContain('CODE_CONVERSATION');
    expect(usage).toContain('TEXT_EMBEDDING');
    const { iterable: parsed } = await models.modelsSnapshot();
    expect(parsed.every(({ created }: Model) => created.value instanceof Date)).toBe(true);
    for (const { id, name } of parsed.slice(0, 3)) expect((await model.modelsSpecificModelSnapshot({ model: id })).name).toBe(name);
  });

  it('answers 410 for an id that nobody has, on every route', async () => {
    const unknown = { model: '0b6f4c1e-3c7d-4e0e-9a54-0f6f8a1c2d3e' };
    expect(await failureOf(model.modelsSpecificModelSnapshot(unknown))).toBe(410);
    expect(await failureOf(model.modelsSpecificModelSnapshot({ model: 'a/b:c d' }))).toBe(410);
    expect(await failureOf(model.modelSpecificModelDownload(unknown))).toBe(410);
    expect(await failureOf(model.modelSpecificModelDownloadCancel(unknown))).toBe(410);
    expect(await failureOf(model.modelSpecificModelDownloadProgress(unknown))).toBe(410);
    expect(await failureOf(model.modelSpecificModelLoad(unknown))).toBe(410);
    expect(await failureOf(model.modelSpecificModelUnload(unknown))).toBe(410);
    expect(await failureOf(model.modelScoresIncrement({ ...unknown, seededScoreIncrement: {} }))).toBe(410);
    expect(await failureOf(models.modelsDeleteSpecificModel(unknown))).toBe(410);
    expect(await failureOf(models.modelsDeleteSpecificModelCache({ ...unknown, modelDeleteCacheInput: {} }))).toBe(410);
  });

  it('refuses a progress socket for an unknown id, also the literal path of a plugin', async () => {
    expect(await refusalOf(progressPath('0b6f4c1e-3c7d-4e0e-9a54-0f6f8a1c2d3e'))).toBe(410);
    expect(await refusalOf('/model/$%7Bmodel.id%7D/download/progress')).toBe(410);
    expect(await refusalOf('/nothing/here')).toBe(404);
  });
});

describe("a custom model's life", () => {
  let made: Model;

  it('begins with an entry, once', async () => {
    made = await models.modelsCreateNewModel({ seededModel: seeded(repository) });
    expect(made).toMatchObject({
      name: 'Tiny BERT',
      version: '2.1.0',
      description: 'A tiny one.',
      type: 'SPEED',
      usage: 'TEXT_EMBEDDING',
      provider: 'MICROSOFT',
      unique: repository,
      quantization: 'q8f16_0',
      parameters: 0.1,
      custom: true,
      downloaded: false,
      loaded: false,
      downloading: false,
    });
    expect(made.created.value).toEqual(new Date('2026-01-02T03:04:05.000Z'));
    expect((await models.modelsCreateNewModel({ seededModel: seeded(repository) })).id).toBe(made.id);
    const { iterable } = await models.modelsSnapshot();
    expect(iterable.filter(({ id }: Model) => id === made.id)).toHaveLength(1);
  });

  it('is not loaded before it is downloaded', async () => {
    expect(await failureOf(model.modelSpecificModelLoad({ model: made.id }))).toBeGreaterThanOrEqual(400);
  });

  it('is downloaded while sockets watch, which stay open', async () => {
    const watched = await openSocket(progressPath(made.id));
    await watched.until(() => watched.frames.length === 1);
    expect(watched.progress()[0]).toMatchObject({ status: 'UNKNOWN' });
    expect(await model.modelSpecificModelDownload({ model: made.id })).toMatchObject({ id: made.id, downloading: true });
    await watched.until(() => watched.progress().at(-1)?.status === 'COMPLETED');
    const percentages = watched.progress().flatMap(({ percentage }: ModelDownloadProgress) => percentage ?? []);
    expect(percentages).toEqual(percentages.toSorted((one: number, other: number) => one - other));
    expect(watched.progress().at(-1)).toMatchObject({ status: 'COMPLETED', percentage: 100 });
    expect(watched.socket.readyState).toBe(WebSocket.OPEN);
    expect(await model.modelSpecificModelDownloadProgress({ model: made.id })).toMatchObject({ status: 'COMPLETED' });
    expect(await model.modelsSpecificModelSnapshot({ model: made.id })).toMatchObject({
      downloaded: true,
      downloading: false,
      custom: true,
      name: 'Tiny BERT',
    });
    await watched.close();
  });

  it('is loaded, shows so, and is unloaded', async () => {
    expect(await model.modelSpecificModelLoad({ model: made.id })).toMatchObject({ loaded: true });
    expect(await model.modelSpecificModelUnload({ model: made.id })).toMatchObject({ loaded: false });
    await model.modelSpecificModelLoad({ model: made.id });
    await models.unloadModels();
    expect(await model.modelsSpecificModelSnapshot({ model: made.id })).toMatchObject({ loaded: false });
  });

  it('is changed; one that is not custom is not', async () => {
    const changed = await model.modelUpdate({
      model: { ...made, name: 'Renamed', usage: 'CODE_SEARCH', description: 'Changed.' } as Model,
    });
    expect(changed).toMatchObject({ id: made.id, name: 'Renamed', usage: 'CODE_SEARCH', description: 'Changed.', downloaded: true });
    const { iterable } = await models.modelsSnapshot();
    const other = iterable.find(({ custom }: Model) => !custom) as Model;
    expect(await failureOf(model.modelUpdate({ model: { ...other, name: 'Mine' } as Model }))).toBe(403);
    expect(await failureOf(model.modelUpdate())).toBe(400);
  });

  it('counts what was done with it', async () => {
    await model.modelScoresIncrement({ model: made.id, seededScoreIncrement: { model: { reuse: true, searched: true } } });
    await model.modelScoresIncrement({ model: made.id, seededScoreIncrement: { model: { reuse: true } } });
    expect((await model.modelsSpecificModelSnapshot({ model: made.id })).score).toMatchObject({ reuse: 2, searched: 1, update: 0 });
  });

  it('loses its files, and keeps its entry', async () => {
    expect(await models.modelsDeleteSpecificModelCache({ model: made.id, modelDeleteCacheInput: {} })).toMatchObject({
      model: { id: made.id },
    });
    expect(await model.modelsSpecificModelSnapshot({ model: made.id })).toMatchObject({ downloaded: false, name: 'Renamed' });
  });

  it('is deleted, and every follower of the identifiers is told', async () => {
    const followed = await openSocket('/models/stream/identifiers');
    await followed.until(() => followed.frames.length > 0);
    expect(JSON.parse(followed.frames[0] ?? '').iterable).toContainEqual({ model: { id: made.id } });
    await models.modelsDeleteSpecificModel({ model: made.id });
    await followed.until(() => followed.frames.some((text) => JSON.parse(text).iterable[0].deleted === true));
    expect(await failureOf(model.modelsSpecificModelSnapshot({ model: made.id }))).toBe(410);
    const { iterable } = await models.modelsStreamIdentifiers();
    expect(iterable).not.toContainEqual(expect.objectContaining({ model: expect.objectContaining({ id: made.id }) }));
    await followed.close();
  });
});

describe('a download that is cancelled', () => {
  it('tells so to those who watch, and can be started again', async () => {
    const { id } = await models.modelsCreateNewModel({ seededModel: seeded(slowRepository, 'Slow') });
    const watched = await openSocket(progressPath(id));
    const fault = hub.faults.add({ match: /cdn/, pauseAtByte: 1000 });
    await model.modelSpecificModelDownload({ model: id });
    await fault.reached;
    await watched.until(() => watched.progress().at(-1)?.status === 'IN-PROGRESS');
    expect(await model.modelSpecificModelDownloadCancel({ model: id })).toMatchObject({ downloading: false, downloaded: false });
    await watched.until(() => watched.progress().at(-1)?.status === 'CANCELED');
    expect(await model.modelSpecificModelDownloadCancel({ model: id })).toMatchObject({ downloading: false });
    hub.faults.clear();
    await model.modelSpecificModelDownload({ model: id });
    await watched.until(() => watched.progress().at(-1)?.status === 'COMPLETED');
    expect(watched.socket.readyState).toBe(WebSocket.OPEN);
    await watched.close();
  });

  it('says FAILED where the repository does not exist', async () => {
    const { id } = await models.modelsCreateNewModel({ seededModel: seeded('example/nowhere', 'Nowhere') });
    const watched = await openSocket(progressPath(id));
    await model.modelSpecificModelDownload({ model: id });
    await watched.until(() => watched.progress().at(-1)?.status === 'FAILED');
    await watched.close();
  });
});

it('answers what plugins probe', async () => {
  const wellKnown = new WellKnownApi(new Configuration({ basePath: `${app.url}/pieces` }));
  expect(await wellKnown.getWellKnownHealth()).toBe('ok');
  expect(await wellKnown.getWellKnownVersion()).toMatch(/^\d+\.\d+\.\d+/);
});
