import { expect, it } from 'vitest';
import { graphql, postJson, runningApp } from '../support/running-app.ts';
import { goldenFolder, startStandInHub } from '../support/stand-in-hub.ts';
import { withOwnWeights } from '../support/stand-in-hub-repository.ts';

const loadDocument = `mutation ($name: String!) { loadModel(input: { source: { repository: $name }, downloadIfMissing: true }) {
  ... on LoadModelPayload { task { settled { state steps { name note } } } } } }`;

it('leaves on the task which model was evicted, and why', async () => {
  await using hub = await startStandInHub({
    repositories: { 'org/one': goldenFolder('tiny-bert-st'), 'org/two': withOwnWeights(goldenFolder('tiny-bert-st'), 'two') },
  });
  await using server = await runningApp({ hubEndpoint: hub.url, maxLoadedModels: 1 });
  await graphql(server.url, loadDocument, { name: 'org/one' });
  const { loadModel } = await graphql(server.url, loadDocument, { name: 'org/two' });
  const note = loadModel.task.settled.steps.find(({ name }: { name: string }) => name === 'LOAD').note;
  expect(note).toMatch(/org\/one/);
  const { status, body } = await postJson(`${server.url}/load_model`, { name: 'org/one', library: 'sentence_transformers' });
  expect(status).toBe(400);
  expect(body.detail).toBe(
    'Maximum number of loaded models (1) reached. Please unload a model before loading a new one. Currently loaded models: org/two',
  );
});
