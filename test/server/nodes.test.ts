import { afterAll, beforeAll, expect, it } from 'vitest';
import { query } from '../support/graphql-client.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder } from '../support/stand-in-hub.ts';

let server: RunningApp;
let model: { id: string; uuid: string };
let task: { id: string; uuid: string };

beforeAll(async () => {
  const path = goldenFolder('tiny-bert-st');
  server = await runningApp({ importRoots: [path] });
  const { importModel } = await graphql(
    server.url,
    `mutation ($path: String!) {
      importModel(input: { path: $path, name: "golden/bert" }) {
        ... on ImportModelPayload { task { id uuid settled { model { id uuid } } } }
      }
    }`,
    { path },
  );
  task = importModel.task;
  model = importModel.task.settled.model;
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

it('finds models and tasks by global id, by bare UUID and by one in capitals', async () => {
  const document = 'query ($id: ID!) { node(id: $id) { __typename id } }';
  for (const [typename, { id, uuid }] of [
    ['Model', model],
    ['Task', task],
  ] as const) {
    for (const form of [id, uuid, uuid.toUpperCase()])
      expect(await graphql(server.url, document, { id: form }), form).toEqual({ node: { __typename: typename, id } });
  }
  expect(await graphql(server.url, document, { id: `Task:${model.uuid}` })).toEqual({ node: null });
  expect(await graphql(server.url, document, { id: crypto.randomUUID() })).toEqual({ node: null });
});

it('finds several at once in the order asked for, null where there is none', async () => {
  const ids = [task.uuid, model.id, crypto.randomUUID(), model.uuid, task.id];
  const { nodes } = await graphql(server.url, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(nodes).toEqual([{ id: task.id }, { id: model.id }, null, { id: model.id }, { id: task.id }]);
});

it('refuses an id of a type that there is not', async () => {
  for (const id of [`Widget:${model.uuid}`, 'Model:', 'nonsense', '']) {
    const { body } = await query(server.url, 'query ($id: ID!) { node(id: $id) { id } }', { id });
    expect(body.errors[0].extensions, id).toMatchObject({ code: 'INVALID_INPUT', field: 'id' });
  }
});
