import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Events, subscribeEvents, subscribeWebSocket } from '../support/graphql-client.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { withOwnWeights } from '../support/stand-in-hub-repository.ts';

let hub: StandInHub;
let server: RunningApp;

beforeAll(async () => {
  hub = await startStandInHub();
  server = await runningApp({ hubEndpoint: hub.url });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

/** Publishes the golden checkpoint under a name of its own and starts to download it. */
async function startDownload(name: string): Promise<string> {
  hub.publish(name, withOwnWeights(goldenFolder('tiny-bert-st'), name));
  const { downloadModel } = await graphql(
    server.url,
    'mutation ($r: String!) { downloadModel(input: { source: { repository: $r } }) { ... on DownloadModelPayload { task { id } } } }',
    { r: name },
  );
  return downloadModel.task.id;
}

const progressDocument =
  'subscription ($id: ID!) { taskProgress(id: $id) { state progress bytes { done total } steps { name state } model { name } } }';

/** The code of what comes first: an event with errors, or the end of the operation that graphql-ws throws. */
async function firstError(events: Events): Promise<string> {
  const errors = await events.next().then(
    ({ value }) => value.errors,
    (thrown: unknown) => thrown,
  );
  return errors[0].extensions.code;
}

async function collect(events: Events, field: string) {
  const seen = [];
  for await (const event of events) {
    expect(event.errors).toBeUndefined();
    seen.push(event.data[field]);
  }
  return seen;
}

for (const [transport, subscribe] of [
  ['a WebSocket', subscribeWebSocket],
  ['server-sent events', subscribeEvents],
] as const) {
  describe(`taskProgress over ${transport}`, () => {
    it('shows the end of a task that ended before anybody followed it', async () => {
      const id = await startDownload(`org/ended-${subscribe.name}`);
      await graphql(server.url, 'query ($id: ID!) { task(id: $id) { settled { state } } }', { id });
      await using events = subscribe(server.url, progressDocument, { id });
      expect(await collect(events, 'taskProgress')).toMatchObject([{ state: 'SUCCEEDED', progress: 1 }]);
    });

    it('misses nothing between the mutation and the subscription, never runs backwards, ends with the end', async () => {
      const name = `org/held-${subscribe.name}`;
      const held = hub.faults.add({ match: new RegExp(`^/cdn/${name}`), pauseAtByte: 300_000 });
      const id = await startDownload(name);
      await held.reached;
      await using events = subscribe(server.url, progressDocument, { id });
      const first = (await events.next()).value.data.taskProgress;
      expect(first).toMatchObject({ state: 'RUNNING', bytes: { total: expect.any(Number) } });
      held.release();
      const seen = [first, ...(await collect(events, 'taskProgress'))];
      expect(seen.at(-1)).toMatchObject({ state: 'SUCCEEDED', progress: 1, model: { name } });
      const progress = seen.map((task) => task.progress);
      expect(progress).toEqual([...progress].sort((one, other) => one - other));
    });

    it('says TASK_NOT_FOUND of a task that is not there', async () => {
      await using events = subscribe(server.url, progressDocument, { id: '00000000-0000-4000-8000-000000000000' });
      expect(await firstError(events)).toBe('TASK_NOT_FOUND');
    });
  });
}

describe('modelChanged', () => {
  const document = 'subscription ($name: String) { modelChanged(name: $name) { name installed runtime { state } activeTask { kind } } }';

  it('shows a model as it is, then its way into memory and out of it, and ends when it is deleted', async () => {
    const name = 'org/followed';
    const id = await startDownload(name);
    await graphql(server.url, 'query ($id: ID!) { task(id: $id) { settled { state } } }', { id });
    await using events = subscribeWebSocket(server.url, document, { name });
    const first = (await events.next()).value.data.modelChanged;
    expect(first).toEqual({ name, installed: true, runtime: null, activeTask: null });
    const rest = collect(events, 'modelChanged');
    for (const mutation of ['loadModel', 'unloadModel', 'deleteModel']) {
      await graphql(
        server.url,
        `mutation ($name: String!) { ${mutation}(input: { name: $name }) { ... on ${mutation[0]?.toUpperCase()}${mutation.slice(1)}Payload { task { settled { state } } } } }`,
        { name },
      );
    }
    const states = (await rest).map(({ runtime }) => runtime?.state ?? null);
    expect(states).toContain('READY');
    expect(states.lastIndexOf(null)).toBeGreaterThan(states.indexOf('READY'));
  });

  it('shows every model when none is named', async () => {
    const names = ['org/one', 'org/two'];
    for (const name of names)
      await graphql(server.url, 'query ($id: ID!) { task(id: $id) { settled { state } } }', { id: await startDownload(name) });
    await using events = subscribeWebSocket(server.url, document);
    const wanted = new Set(names);
    for await (const event of events) {
      wanted.delete(event.data.modelChanged.name);
      if (wanted.size === 0) break;
    }
    expect(wanted.size).toBe(0);
  });

  it('says MODEL_NOT_FOUND of a model that is not there', async () => {
    await using events = subscribeWebSocket(server.url, document, { name: 'org/nobody' });
    expect(await firstError(events)).toBe('MODEL_NOT_FOUND');
  });
});
