import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeQuickFox } from '../../src/demo/quick-fox.ts';
import { linesOf } from '../support/innodisk-client.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { makeModel, sendUpload } from '../support/send-upload.ts';
import { type OllamaFault, type StandInOllama, startStandInOllama } from '../support/stand-in-ollama.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let app: RunningApp;
let ollama: StandInOllama;
let fox: Buffer;
let digest: string;
beforeAll(async () => {
  await using folder = await temporaryFolder();
  await writeQuickFox(join(folder.path, 'fox.gguf'));
  fox = await readFile(join(folder.path, 'fox.gguf'));
  digest = `sha256:${createHash('sha256').update(fox).digest('hex')}`;
  ollama = await startStandInOllama();
  app = await runningApp({ threads: 1, ollamaUrl: `${ollama.url}/`, logLevel: 'silent' });
  const uploadId = await sendUpload(app.url, fox, 'fox.gguf');
  await makeModel(app.url, 'uploadModel', { uploadId });
}, 60_000);
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await ollama?.[Symbol.asyncDispose]();
});
beforeEach(() => {
  ollama.blobs.clear();
  ollama.created.length = 0;
  ollama.requests.length = 0;
  ollama.fault = null;
});

const create = (name: string, more: object = {}) => makeModel(app.url, 'createModel', { name, from: 'fox', ...more });
const pushOf = ({ task }: Awaited<ReturnType<typeof create>>) => task.settled.steps.find(({ name }: { name: string }) => name === 'PUSH');

describe('with OLLAMA_URL', () => {
  it('a created model is pushed there, with its settings', async () => {
    const answer = await create('assistant', {
      settings: {
        system: 'Be brief.',
        license: 'MIT',
        contextSize: 512,
        parameters: { maxTokens: 5, topP: 0.5, stop: ['x'] },
        messages: [{ role: 'USER', content: 'Hi' }],
        template: '{{ messages[0].content }}',
      },
    });
    expect(answer.task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(pushOf(answer).note).toContain('template');
    expect(ollama.created).toEqual([
      {
        model: 'assistant',
        stream: true,
        files: { 'fox.gguf': digest },
        system: 'Be brief.',
        license: 'MIT',
        parameters: { num_predict: 5, top_p: 0.5, stop: ['x'], num_ctx: 512 },
        messages: [{ role: 'user', content: 'Hi' }],
      },
    ]);
    expect(ollama.blobs.get(digest)?.equals(fox)).toBe(true);
  });

  it('a file that is there is not sent again', async () => {
    await create('first');
    await create('second');
    expect(ollama.requests.filter((request) => request.startsWith('POST /api/blobs'))).toHaveLength(1);
    expect(ollama.created.map(({ model }) => model)).toEqual(['first', 'second']);
  });

  it('a deployed model is pushed before it takes its name', async () => {
    const uploadId = await sendUpload(app.url, fox, 'x.gguf');
    const { task } = await makeModel(app.url, 'deployModel', { uploadId, name: 'deployed' });
    expect(task.settled).toMatchObject({ state: 'SUCCEEDED' });
    expect(ollama.created).toMatchObject([{ model: 'deployed', files: { 'x.gguf': digest } }]);
  });

  it.each<[OllamaFault, string]>([
    ['blob-refused', 'no space left on device'],
    ['blob-damaged', 'digest mismatch'],
    ['blob-cut', 'did not take the model'],
    ['error-line', 'unsupported architecture'],
    ['create-cut', 'did not take the model'],
    ['text-error', 'bad gateway'],
    ['unfinished', 'success'],
  ])('that fails (%s), the task fails with its words, changes nothing here, and can be tried again', async (fault, words) => {
    ollama.fault = fault;
    const name = `after-${fault}`;
    const { task } = await create(name);
    expect(task.settled).toMatchObject({ state: 'FAILED', error: { code: 'UPSTREAM_FAILED', message: expect.stringContaining(words) } });
    expect(task.settled.error.message).not.toMatch(/\/tmp\//);
    expect(ollama.created).toEqual([]);
    const { models } = await graphql(app.url, '{ models { nodes { name } } }');
    expect(models.nodes).not.toContainEqual({ name });
    const { retryTask } = await graphql(
      app.url,
      `mutation { retryTask(input: {id: "${task.uuid}"}) { ... on RetryTaskPayload { task { settled { state } } } ... on Error { message } } }`,
    );
    expect(retryTask.task.settled.state).toBe('SUCCEEDED');
    expect(ollama.created).toMatchObject([{ model: name }]);
  });

  it("a name that Ollama does not take is refused in Ollama's words, to Innodisk's clients too", async () => {
    const response = await fetch(`${app.url}/models/create/`, {
      method: 'POST',
      body: JSON.stringify({ model: 'fox', model_name_on_ollama: '@not-there' }),
    });
    const last = linesOf(await response.text()).at(-1);
    expect(last).toMatchObject({ status: 500, message: { action: 'Unexpected failed to create model.', progress: -1 } });
    expect(last?.message.details.msg).toContain('Invalid Model Name');
  });

  it('a task that is cancelled lets go of it', async () => {
    const held = Promise.withResolvers<void>();
    ollama.hold = held.promise;
    const { createModel } = await graphql(
      app.url,
      'mutation { createModel(input: {name: "held", from: "fox"}) { ... on CreateModelPayload { task { uuid } } } }',
    );
    await expect.poll(() => ollama.requests.some((request) => request.startsWith('POST /api/blobs'))).toBe(true);
    const { cancelTask } = await graphql(
      app.url,
      `mutation { cancelTask(input: {id: "${createModel.task.uuid}"}) { ... on CancelTaskPayload { task { state } } } }`,
    );
    expect(cancelTask.task.state).toBe('CANCELED');
    held.resolve();
    ollama.hold = null;
    expect(ollama.created).toEqual([]);
  });
});

it('without an Ollama there, the reason says so', async () => {
  await using lonely = await runningApp({ threads: 1, ollamaUrl: 'http://127.0.0.1:9', logLevel: 'silent' });
  const uploadId = await sendUpload(lonely.url, fox, 'fox.gguf');
  const { task } = await makeModel(lonely.url, 'deployModel', { uploadId });
  expect(task.settled).toMatchObject({
    state: 'FAILED',
    error: { code: 'UPSTREAM_FAILED', message: expect.stringContaining('http://127.0.0.1:9') },
  });
});
