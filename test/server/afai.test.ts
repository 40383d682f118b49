import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeQuickFox } from '../../src/demo/quick-fox.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const sentence = 'the quick brown fox jumps over lazy dog';
const run = promisify(execFile);

let hub: StandInHub;
let app: RunningApp;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  const file = join(folder.path, 'fox.gguf');
  await writeQuickFox(file);
  const fox = await readFile(file);
  hub = await startStandInHub({
    repositories: {
      'unsloth/Llama-3.2-1B-Instruct-GGUF': {
        files: {
          'Llama-3.2-1B-Instruct-Q4_K_M.gguf': fox,
          'Llama-3.2-1B-Instruct-Q8_0.gguf': Buffer.from('never fetched'),
          'README.md': '#',
        },
      },
      'somebody/Fox-GGUF': { files: { 'fox-Q8_0.gguf': fox } },
    },
  });
  app = await runningApp({ hubEndpoint: hub.url, threads: 1, ports: { afai: 0 }, logLevel: 'silent' });
}, 120_000);
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

async function send(method: string, path: string, body?: unknown, init: RequestInit = {}) {
  const response = await fetch(app.url + path, {
    method,
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
    ...init,
  });
  const text = await response.text();
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: text.startsWith('{') || text.startsWith('[') || text === 'null' ? JSON.parse(text) : text,
  };
}

const name = 'llama-1b-4';

describe('before anything is launched', () => {
  it('says what is not there', async () => {
    expect(await send('POST', '/model/launch', { model_name: 'nothing' })).toMatchObject({
      status: 404,
      body: { detail: "model 'nothing' not found" },
    });
    expect(await send('POST', '/model/launch', { model_name: 'no/where' })).toMatchObject({
      status: 404,
      body: { detail: "model 'no/where' not found" },
    });
    expect(await send('POST', '/model/launch', { model_name: 'phi-4-mini-4' })).toMatchObject({
      status: 408,
      body: { detail: expect.stringMatching(/^Conntection Error: /) },
    });
    expect(await send('DELETE', '/model/kill', { model_name: name })).toMatchObject({
      status: 404,
      body: { detail: `model ${name} is not launched or even exists.` },
    });
    expect(await send('DELETE', '/model/delete', { model_name: name })).toMatchObject({
      status: 404,
      body: { detail: `model ${name} is not installed.` },
    });
    expect(await send('DELETE', '/model/delete', { model_name: 'nothing' })).toMatchObject({
      status: 404,
      body: { detail: "model 'nothing' not found" },
    });
    expect(await send('POST', '/generate/fromtext', { model_name: name, prompt: 'hi', max_new_tokens: 5 })).toMatchObject({
      status: 404,
      body: { detail: `Model ${name} is not launched` },
    });
    expect(await send('GET', '/model/getactive')).toMatchObject({ status: 200, body: [] });
    expect(await send('POST', '/model/ismodelheavy', { model_name: name })).toMatchObject({ status: 200, body: { is_heavy: false } });
    expect((await send('GET', '/model/getavailabletodownload')).body).toContain(name);
  });

  it('refuses what does not fit as FastAPI does', async () => {
    expect(await send('POST', '/model/launch', { n_ctx: 1 })).toMatchObject({
      status: 422,
      body: { detail: [{ type: 'missing', loc: ['body', 'model_name'] }] },
    });
    expect(await send('POST', '/generate/fromtext', { model_name: name })).toMatchObject({
      status: 422,
      body: { detail: [{ loc: ['body', 'prompt'] }] },
    });
    expect((await send('POST', '/model/launch', undefined, { body: '{', headers: { 'content-type': 'application/json' } })).status).toBe(
      422,
    );
  });

  it('names the remedy for a model with a projector', async () => {
    const { status, body } = await send('POST', '/model/launch', { model_name: 'llava-1.5-7b-4' });
    expect(status).toBe(422);
    expect(body.detail).toContain('ONNX repository');
  });
});

describe('a launched model', () => {
  it('is fetched, one file of its repository, and loaded; the answer is null', async () => {
    expect(await send('POST', '/model/launch', { model_name: name, n_ctx: 256 })).toEqual({
      status: 200,
      type: 'application/json',
      body: null,
    });
    expect(await send('GET', '/model/getactive')).toMatchObject({ body: [name] });
    const { model } = await graphql(app.url, '{ model(name: "llama-1b-4") { files { path } library } }');
    expect(model).toMatchObject({ library: 'LLAMA_CPP', files: [{ path: 'Llama-3.2-1B-Instruct-Q4_K_M.gguf' }] });
  });

  it('streams the bare text under its odd type, in several chunks', async () => {
    const response = await fetch(`${app.url}/generate/fromtext`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model_name: name, prompt: 'Say it.', max_new_tokens: 32 }),
    });
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/event-stream; charset=utf-8');
    expect(response.headers.get('content-length')).toBeNull();
    expect((await response.text()).trim()).toBe(sentence);
  });

  it.each([
    ['query', () => fetch(`${app.url}/generate/fromtext?model_name=${name}&prompt=x&max_new_tokens=2`, { method: 'POST' })],
    [
      'a form',
      () =>
        fetch(`${app.url}/generate/fromtext`, {
          method: 'POST',
          body: new URLSearchParams({ model_name: name, prompt: 'x', max_new_tokens: '2' }),
        }),
    ],
    [
      'multipart',
      () => {
        const form = new FormData();
        for (const [field, value] of Object.entries({ model_name: name, prompt: 'x', max_new_tokens: '2' })) form.set(field, value);
        return fetch(`${app.url}/generate/fromtext`, { method: 'POST', body: form });
      },
    ],
    [
      'query and JSON together, the body first',
      () =>
        fetch(`${app.url}/afai/generate/fromtext?model_name=nothing&max_new_tokens=2`, {
          method: 'POST',
          headers: { 'content-type': 'application/json' },
          body: JSON.stringify({ model_name: name, prompt: 'x' }),
        }),
    ],
  ])('takes %s', async (_what, request) => {
    const response = await request();
    expect(response.status).toBe(200);
    expect((await response.text()).trim()).toBe('the quick');
  });

  it('keeps what was said, shows it, and forgets it', async () => {
    await send('DELETE', '/chat/clearchat', { model_name: name });
    expect((await send('POST', '/chat/addsystemprompt', { model_name: name, system_prompt: 'Be brief.' })).body).toBeNull();
    await send('POST', '/generate/fromtext', { model_name: name, prompt: 'First.', max_new_tokens: 32 });
    await send('POST', '/generate/fromtext', { model_name: name, prompt: 'Second.', max_new_tokens: 1 });
    const { body } = await send('GET', `/chat/getchathistory?model_name=${name}`);
    expect(body).toEqual({
      [name]: [
        { role: 'system', content: 'Be brief.' },
        { role: 'user', content: 'First.' },
        { role: 'assistant', content: sentence },
        { role: 'user', content: 'Second.' },
        { role: 'assistant', content: 'the' },
      ],
    });
    expect((await send('GET', '/chat/getchathistory')).body).toEqual(body);
    expect((await send('POST', '/chat/updatemodelchat', { model_name: name })).body).toBeNull();
    expect((await send('DELETE', '/chat/clearchat', { model_name: name })).body).toBeNull();
    expect((await send('GET', `/chat/getchathistory?model_name=${name}`)).body).toEqual({ [name]: [] });
    expect((await send('DELETE', '/chat/clearchat', { model_name: 'nothing' })).status).toBe(404);
  });

  it('is what the next request goes on from: the prompt holds the turns before', async () => {
    const ask = () =>
      graphql(
        app.url,
        `{ generate(input: {model: "${name}", messages: [{role: USER, content: "Next."}], conversation: true, maxTokens: 32}) { usage { promptTokens } } }`,
      );
    const first = (await ask()).generate.usage.promptTokens;
    const second = (await ask()).generate.usage.promptTokens;
    expect(second).toBeGreaterThan(first + 8);
    await send('DELETE', '/chat/clearchat', { model_name: name });
  });

  it('goes on running where a context that cannot be is asked for', async () => {
    for (const n_ctx of [20_000_000, -2, 1.5]) {
      const refused = await send('POST', '/model/launch', { model_name: name, n_ctx });
      expect(refused).toMatchObject({ status: 422, body: { detail: [{ loc: ['body', 'n_ctx'] }] } });
    }
    expect((await send('GET', '/model/getactive')).body).toEqual([name]);
  });

  it('writes as much as there is room for where more is asked for than a number holds', async () => {
    const { status, type } = await send('POST', '/generate/fromtext', { model_name: name, prompt: 'the', max_new_tokens: 99_999_999_999 });
    expect({ status, type }).toEqual({ status: 200, type: 'text/event-stream; charset=utf-8' });
  });

  it('is launched anew with another context', async () => {
    expect((await send('POST', '/model/launch', { model_name: name, n_ctx: -1 })).body).toBeNull();
    expect((await send('GET', '/model/getactive')).body).toEqual([name]);
  });

  it('does not answer what is too long: a status, not a cut stream', async () => {
    const { status, body } = await send('POST', '/generate/fromtext', { model_name: name, prompt: 'x '.repeat(20_000), max_new_tokens: 5 });
    expect({ status, body }).toEqual({ status: 422, body: { detail: expect.stringMatching(/token/) } });
  });

  it('answers the browser client of an allowed origin', async () => {
    const response = await fetch(`${app.url}/model/getactive`, { headers: { origin: 'http://localhost:5173' } });
    expect(response.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(response.headers.get('access-control-allow-credentials')).toBe('true');
  });

  it('stops where the client leaves', async () => {
    const leaving = new AbortController();
    const response = await fetch(`${app.url}/generate/fromtext`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model_name: name, prompt: 'x' }),
      signal: leaving.signal,
    });
    leaving.abort();
    await response.text().catch(() => {});
    await expect
      .poll(async () => (await graphql(app.url, `{ model(name: "${name}") { runtime { queueDepth } } }`)).model.runtime.queueDepth)
      .toBe(0);
  });

  it("works by the document's words with curl, on a port of its own", async () => {
    const base = `http://127.0.0.1:${app.ports.afai}`;
    const json = ['-s', '-N', '-H', 'Content-Type: application/json'];
    const launched = await run('curl', [...json, '-X', 'POST', `${base}/model/launch`, '-d', `{"model_name":"${name}","n_ctx":512}`]);
    expect(launched.stdout).toBe('null');
    const said = await run('curl', [
      ...json,
      '-X',
      'POST',
      `${base}/generate/fromtext`,
      '-d',
      `{"model_name":"${name}","prompt":"Hello","max_new_tokens":512}`,
    ]);
    expect(said.stdout.trim()).toBe(sentence);
    const killed = await run('curl', [...json, '-X', 'DELETE', `${base}/model/kill`, '-d', `{"model_name":"${name}"}`]);
    expect(killed.stdout).toBe('null');
    expect(await send('POST', '/generate/fromtext', { model_name: name, prompt: 'hi' })).toMatchObject({ status: 404 });
  });

  it('of a hub is launched by its name there, and deleted with what was said', async () => {
    const model_name = 'somebody/Fox-GGUF';
    expect((await send('POST', '/model/launch', { model_name })).body).toBeNull();
    expect((await send('POST', '/generate/fromtext', { model_name, prompt: 'x' })).body.trim()).toBe(sentence);
    expect((await send('DELETE', '/model/delete', { model_name })).body).toBeNull();
    expect((await send('DELETE', '/model/delete', undefined, { body: null })).status).toBe(422);
    expect(await send('DELETE', `/model/delete?model_name=${model_name}`)).toMatchObject({ status: 404 });
  });
});
