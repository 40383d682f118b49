import { truncate } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { query } from '../support/graphql-client.ts';
import { endlessText, type HostileCheckpoint, harmlessCheckpoint, hostileCheckpoints, slowText } from '../support/hostile-checkpoints.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let roots: Awaited<ReturnType<typeof temporaryFolder>>;
let server: RunningApp;

beforeAll(async () => {
  roots = await temporaryFolder();
  server = await runningApp(
    { importRoots: [roots.path], memoryBudgetBytes: 0.8e9, logLevel: 'silent' },
    { limits: { inferenceMs: 20_000, firstRestartMs: 10, longestRestartMs: 50 } },
  );
  await load('good', harmlessCheckpoint);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await roots?.[Symbol.asyncDispose]();
});

/** Makes, imports and loads a checkpoint; gives the error of the step that failed, null where none did. */
async function load(name: string, make: (folder: string) => Promise<void>, { url } = server) {
  const path = join(roots.path, name);
  await make(path);
  const { importModel } = await graphql(
    url,
    `mutation ($input: ImportModelInput!) {
      importModel(input: $input) { ... on ImportModelPayload { task { settled { error { code message } } } } ... on Error { code message } }
    }`,
    { input: { path, name } },
  );
  if (importModel.task?.settled.error !== null) return importModel.task?.settled.error ?? importModel;
  const { loadModel } = await graphql(
    url,
    `mutation ($input: LoadModelInput!) {
      loadModel(input: $input) { ... on LoadModelPayload { task { settled { error { code message } } } } ... on Error { code message } }
    }`,
    { input: { name } },
  );
  return loadModel.task?.settled.error ?? null;
}

/** The error of one embedding; null where it was answered. */
async function embed(model: string, text: string, { url } = server) {
  const { body } = await query(url, 'query ($input: EmbedInput!) { embed(input: $input) { embeddings { index } } }', {
    input: { model, items: [{ text }] },
  });
  expect(JSON.stringify(body)).not.toMatch(/node_modules|\.ts:\d/);
  return body.errors?.[0] ?? null;
}

async function runtime(name: string) {
  const { model } = await graphql(
    server.url,
    'query ($name: String!) { model(name: $name) { runtime { state error { code message } } } }',
    {
      name,
    },
  );
  return model?.runtime ?? null;
}

async function unload(name: string): Promise<void> {
  await graphql(server.url, 'mutation ($name: String!) { unloadModel(input: { name: $name }) { __typename } }', { name });
}

/** Runs `work` while the good model is asked again and again: every answer must come. */
async function besideGoodModel<Result>(work: Promise<Result>): Promise<Result> {
  let isDone = false;
  const done = work.finally(() => {
    isDone = true;
  });
  do {
    expect(await embed('good', 'hello world')).toBeNull();
    // The machine has other work than these questions.
    await pause(20);
  } while (!isDone);
  return done;
}

/** Fails at its load: `says` is the load's error. */
const refused: { name: HostileCheckpoint; code: string; says: RegExp }[] = [
  { name: 'growingTensor', code: 'INSUFFICIENT_MEMORY', says: /MB of memory, where \d+ MB were expected/ },
  { name: 'largeTensor', code: 'INVALID_MODEL_FILE', says: /cannot run it/ },
  { name: 'impossibleShape', code: 'INVALID_MODEL_FILE', says: /^onnx\/model\.onnx: The runtime cannot open it: (?!.*\/partial\/)/ },
  { name: 'notANumber', code: 'INVALID_MODEL_FILE', says: /no numbers/ },
  { name: 'infinite', code: 'INVALID_MODEL_FILE', says: /no numbers/ },
];

/** Loads, and fails with `text`; `kills` its process; `isGivenUp` when that comes again and again. */
const harmful: { name: HostileCheckpoint; text: string; code: string; says: RegExp; kills: boolean; isGivenUp: boolean }[] = [
  { name: 'expression', text: endlessText, code: 'RUNNER_CRASHED', says: /retry-limit-in-match/, kills: true, isGivenUp: true },
  { name: 'splitExpression', text: endlessText, code: 'RUNNER_CRASHED', says: /retry-limit-in-match/, kills: true, isGivenUp: false },
  { name: 'growingText', text: 'cat', code: 'RUNNER_CRASHED', says: /MB of memory/, kills: true, isGivenUp: false },
  { name: 'crash', text: 'the cat', code: 'RUNNER_CRASHED', says: /SIGFPE/, kills: true, isGivenUp: false },
  { name: 'sometimesNotANumber', text: 'the cat', code: 'INVALID_MODEL_FILE', says: /no numbers/, kills: false, isGivenUp: false },
  { name: 'unknownIds', text: 'the cat', code: 'INVALID_MODEL_FILE', says: /1000000000/, kills: false, isGivenUp: false },
];

describe('a hostile model', () => {
  for (const sizes of [
    { num_hidden_layers: 1_000_000_000 },
    { hidden_size: 2 ** 40 },
    { intermediate_size: 2 ** 52 },
    { max_position_embeddings: 1e15 },
    { vocab_size: 1e15 },
    { num_attention_heads: 1e9 },
  ]) {
    const [size = ''] = Object.keys(sizes);
    it(`with an absurd ${size} is refused at once, by name`, async () => {
      const error = await besideGoodModel(load(`absurd-${size}`, (folder) => harmlessCheckpoint(folder, { config: sizes })));
      expect(error).toMatchObject({ code: expect.stringMatching(/^(INVALID_MODEL_FILE|UNSUPPORTED_MODEL)$/) });
    });
  }

  it('of a terabyte that is nowhere is refused before a byte of it is copied', async () => {
    const error = await load('huge', async (folder) => {
      await harmlessCheckpoint(folder);
      await truncate(join(folder, 'model.safetensors'), 1e12);
    });
    expect(error).toMatchObject({ code: 'INSUFFICIENT_DISK' });
  });

  for (const { name, code, says } of refused) {
    it(`with ${name} is not loaded, and the load says why`, async () => {
      const error = await besideGoodModel(load(name, hostileCheckpoints[name]));
      expect(error).toMatchObject({ code, message: expect.stringMatching(says) });
      expect(await runtime(name)).toBeNull();
    });
  }

  for (const { name, text, code, says, kills, isGivenUp } of harmful) {
    it(`with ${name} fails the request typed, and goes on with others`, async () => {
      expect(await besideGoodModel(load(name, hostileCheckpoints[name]))).toBeNull();
      const error = await besideGoodModel(embed(name, text));
      expect(error).toMatchObject({ extensions: { code }, message: expect.stringMatching(says) });
      expect(await embed(name, 'the dog')).toBeNull();
      expect((await runtime(name)).error).toEqual(kills ? { code, message: expect.stringMatching(says) } : null);
      if (isGivenUp) {
        for (let crash = 0; crash < 5; crash += 1) await embed(name, text);
        expect(await runtime(name)).toMatchObject({ state: 'FAILED', error: { code, message: expect.stringMatching(says) } });
      }
      await unload(name);
    });
  }

  it('with an expression that takes minutes is stopped in time, while its other requests are answered', async () => {
    await using slow = await runningApp(
      { importRoots: [roots.path], logLevel: 'silent' },
      { limits: { inferenceMs: 1500, firstRestartMs: 10 } },
    );
    expect(await load('expression-again', hostileCheckpoints.expression, slow)).toBeNull();
    let isOver = false;
    const stuck = embed('expression-again', slowText, slow).finally(() => {
      isOver = true;
    });
    const beside = new Set<string | undefined>();
    while (!isOver) beside.add((await embed('expression-again', 'the dog', slow))?.extensions.code);
    expect(await stuck).toMatchObject({ extensions: { code: 'TIMEOUT' } });
    expect(beside).toContain(undefined);
  });
});
