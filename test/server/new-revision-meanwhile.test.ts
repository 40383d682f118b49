import { existsSync } from 'node:fs';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { childProcessIds } from '../support/new-process.ts';
import { graphql, runningApp } from '../support/running-app.ts';
import { isAlive, until } from '../support/scheduler-support.ts';
import { heldTakeOver, isLike, modelFolders, modelOn, servedModel } from '../support/served-model.ts';
import { type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

let hub: StandInHub;

beforeAll(async () => {
  hub = await startStandInHub();
});

afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

describe('while a newer revision takes over', () => {
  let served: Awaited<ReturnType<typeof servedModel>>;
  let held: Awaited<ReturnType<typeof heldTakeOver>>;
  let count = 0;

  beforeEach(async () => {
    count += 1;
    served = await servedModel(hub, `org/held-${count}`);
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

  test('a restart installs the newer one, which was not in memory then', async () => {
    const { server, model, old, published } = served;
    const { name } = await model.entry();
    await server.app.close();
    await until(() => ![...old.processIds, held.processId].some(isAlive));
    const { dataFolder } = server.app.services.config;
    await using next = await runningApp({ hubEndpoint: hub.url, dataFolder });
    const after = modelOn(next, name);
    expect(await after.settled(held.id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await after.describe()).toMatchObject({ revision: published.commit, runtime: null });
    await after.load();
    expect(modelFolders(next)).toHaveLength(1);
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
