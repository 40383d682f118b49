import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { embed } from '../../src/inference/embed.ts';
import { createImageReader } from '../../src/inference/read-images.ts';
import { similarity } from '../../src/inference/similarity.ts';
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { query } from '../support/graphql-client.ts';
import { graphql, runningApp } from '../support/running-app.ts';
import { failureOf, isAlive, until } from '../support/scheduler-support.ts';
import {
  documents,
  isLike,
  modelFolders,
  modelOn,
  servedModel,
  taskFields,
  texts,
  type Vectors,
  vectorsOf,
  withoutNumbers,
} from '../support/served-model.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

let hub: StandInHub;

beforeAll(async () => {
  hub = await startStandInHub();
});

afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

/** The server's services, where the newer revision takes over after so many looks at the entry, before the last one is answered. */
function overtakenAt({ server: { app }, model }: Awaited<ReturnType<typeof servedModel>>, look: number) {
  const { catalogue, scheduler } = app.services;
  let looks = 0;
  const require: typeof catalogue.require = async (reference) => {
    const found = await catalogue.require(reference);
    looks += 1;
    if (looks === look) expect(await model.download()).toMatchObject({ state: 'SUCCEEDED' });
    return found;
  };
  const images = createImageReader({ fetch: createGuardedFetch({ allow: [] }), config: app.services.config });
  return { catalogue: { ...catalogue, require }, scheduler, images };
}

describe('a newer revision of a model in memory', () => {
  test('takes over under steady load: no request fails, and none is answered by two revisions', async () => {
    const name = 'org/steady';
    await using served = await servedModel(hub, name, {}, { pinned: true });
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
    await using served = await servedModel(hub, name);
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

  test('checks and answers a request that had found the older one', async () => {
    await using served = await servedModel(hub, 'org/overtaken');
    const { model, old } = served;
    const request = {
      model: 'org/overtaken',
      items: texts,
      normalization: 'NONE',
      promptName: null,
      prompt: null,
      truncate: 'END',
    } as const;
    const dimensions = old.vectors[0]?.length ?? 0;
    const failure = await failureOf(embed(overtakenAt(served, 1), { ...request, dimensions }, new AbortController().signal));
    const width = (await model.vectors())[0]?.length ?? 0;
    expect(width).toBeLessThan(dimensions);
    expect(failure).toMatchObject({ code: 'INVALID_INPUT', message: expect.stringContaining(`1 to ${width}`) });
  });

  test('compares no vectors of two revisions, whichever of the two sides it overtakes', async () => {
    for (const call of [1, 2]) {
      await using served = await servedModel(hub, `org/compared-${call}`);
      const side = { items: texts, promptName: null, prompt: null };
      const request = {
        ...side,
        model: `org/compared-${call}`,
        against: side,
        similarity: null,
        dimensions: null,
        truncate: 'END',
      } as const;
      const { scores } = await similarity(overtakenAt(served, call), request, new AbortController().signal);
      for (const [row, values] of scores.entries()) expect(values[row]).toBeCloseTo(1, 4);
    }
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
    await using served = await servedModel(hub, 'org/narrow', { maxLoadedModels: 1 });
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
    await using served = await servedModel(hub, name, { maxLoadedModels: 1 });
    const { model, old } = served;
    hub.publish(name, withoutNumbers(goldenFolder('tiny-bert-st')));
    expect(await model.download()).toMatchObject({ state: 'FAILED' });
    await model.load();
    expect(await model.describe()).toMatchObject({ revision: old.revision, runtime: { state: 'READY' } });
    expect(isLike(await model.vectors(), old.vectors)).toBe(true);
  });
});
