import { execFile } from 'node:child_process';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeQuickFox } from '../../src/demo/quick-fox.ts';
import { accelTuneDeploy, type InnodiskLine, linesOf } from '../support/innodisk-client.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeZip } from '../support/zip-maker.ts';

const run = promisify(execFile);

let app: RunningApp;
let fox: Buffer;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
  await writeQuickFox(join(folder.path, 'fox.gguf'));
  fox = await readFile(join(folder.path, 'fox.gguf'));
  await writeFile(join(folder.path, 'innodisk_llama32_lora.zip'), makeZip([{ name: 'fox.gguf', content: fox }]));
  app = await runningApp({ threads: 1, ports: { innodisk: 0 }, logLevel: 'silent' });
}, 60_000);
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

/** curl as a shell runs it, beside the zip. */
async function curl(...options: string[]): Promise<string> {
  const { stdout } = await run('curl', ['-sS', '-N', ...options], { cwd: folder.path });
  return stdout;
}

const zipOf = (entries: Parameters<typeof makeZip>[0]) => new Blob([makeZip(entries) as Uint8Array<ArrayBuffer>]);

async function send(path: string, { method = 'POST', ...init }: RequestInit = {}) {
  const response = await fetch(app.url + path, { method, ...init });
  const text = await response.text();
  return { status: response.status, type: response.headers.get('content-type'), text, body: parse(text) };
}

function parse(text: string) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

function form(fields: Record<string, string | [Blob, string]>): FormData {
  const data = new FormData();
  for (const [name, value] of Object.entries(fields)) {
    if (typeof value === 'string') data.set(name, value);
    else data.set(name, ...value);
  }
  return data;
}

const json = (body: object) => ({ body: JSON.stringify(body), headers: { 'content-type': 'application/json' } });
const told = (lines: readonly InnodiskLine[]) => lines.map(({ message: { action, progress, details } }) => [action, progress, details]);
const names = async () => (await graphql(app.url, '{ models { nodes { name } } }')).models.nodes.map(({ name }: { name: string }) => name);

function expectOneTask(lines: readonly InnodiskLine[]): string {
  const [first] = lines;
  for (const { status, message } of lines) {
    expect(status).toBe(200);
    expect(message.task_uuid).toBe(first?.message.task_uuid);
    expect(message.progress_ratio).toBe(message.progress);
  }
  return first?.message.task_uuid ?? '';
}

describe('the calls of the document, with curl', () => {
  it('list nothing at first', async () => {
    expect(await curl('-w', '%{http_code} %{content_type} %{size_download}', `${app.url}/models/`)).toBe('200 application/json 0');
  });

  it('upload a model', async () => {
    const text = await curl('-X', 'POST', `${app.url}/models/upload/`, '-F', 'Model=@innodisk_llama32_lora.zip');
    const lines = linesOf(text);
    const details = { model: 'innodisk_llama32_lora.zip' };
    expect(told(lines)).toEqual([
      ['Started save model.', 0, details],
      ['Start extracted model.', 0.66, details],
      ['Success upload model file.', 1, details],
    ]);
    const id = expectOneTask(lines);
    expect((await graphql(app.url, `{ task(id: "${id}") { kind state modelNames } }`)).task).toEqual({
      kind: 'UPLOAD',
      state: 'SUCCEEDED',
      modelNames: ['innodisk_llama32_lora'],
    });
    expect(text.split('\n')[0]).toBe(
      `{"status": 200, "message": {"action": "Started save model.", "task_uuid": "${id}", "progress_ratio": 0.0, "progress": 0.0, "details": {"model": "innodisk_llama32_lora.zip"}}}`,
    );
  });

  it('create a model of it', async () => {
    const body = '{"model": "innodisk_llama32_lora", "model_name_on_ollama": "test1"}';
    const lines = linesOf(await curl('-X', 'POST', `${app.url}/models/create/`, '-H', 'Content-Type: application/json', '-d', body));
    const details = { model: 'innodisk_llama32_lora' };
    expect(told(lines)).toEqual([
      ['Started to create model.', 0.33, details],
      ['Start structure template', 0.66, details],
      ['Success create model', 1, { ...details, model_name_on_ollama: 'test1' }],
    ]);
    expectOneTask(lines);
    expect(await names()).toContain('test1');
  });

  it('deploy a model, chunked, without a Content-Length', async () => {
    const lines = linesOf(
      await curl(
        ...['-X', 'POST', `${app.url}/models/deploy/`, '-H', 'Transfer-Encoding: chunked'],
        ...['-F', 'Model=@innodisk_llama32_lora.zip', '-F', 'model_name_on_ollama=test'],
      ),
    );
    const file = { model: 'innodisk_llama32_lora.zip' };
    const model = { model: 'innodisk_llama32_lora' };
    expect(told(lines)).toEqual([
      ['Start save model.', 0, file],
      ['Start extract model.', 0.33, file],
      ['Success upload model file.', 0.5, file],
      ['Start create model.', 0.67, model],
      ['Start structure template', 0.83, model],
      ['Success create model', 1, { ...model, model_name_on_ollama: 'test' }],
    ]);
    expectOneTask(lines);
    expect((await graphql(app.url, '{ model(name: "test") { runtime { state } } }')).model.runtime.state).toBe('READY');
  });

  it('list what was uploaded', async () => {
    await curl('-X', 'POST', `${app.url}/models/upload/`, '-F', 'Model=@fox.gguf');
    const lines = linesOf(await curl(`${app.url}/models/`));
    expectOneTask(lines);
    expect(told(lines)).toEqual([
      ['Get model.', 0.5, { model: expect.any(String) }],
      ['Get model.', 1, { model: expect.any(String) }],
    ]);
    expect(lines.map(({ message }) => message.details.model).sort()).toEqual(['fox', 'innodisk_llama32_lora']);
    const [again] = linesOf(await curl(`${app.url}/models/`));
    expect(again?.message.task_uuid).not.toBe(lines[0]?.message.task_uuid);
  });

  it('delete a model', async () => {
    const body = '{"model": "innodisk_llama32_lora"}';
    const lines = linesOf(await curl('-X', 'DELETE', `${app.url}/models/`, '-H', 'Content-Type: application/json', '-d', body));
    const details = { model_name: 'innodisk_llama32_lora' };
    expect(told(lines)).toEqual([
      ['Start delete model.', 0.5, details],
      ['Success delete model.', 1, details],
    ]);
    expectOneTask(lines);
    expect(await names()).not.toContain('innodisk_llama32_lora');
    // What was made of it stays, over the same bytes.
    const { generate } = await graphql(
      app.url,
      '{ generate(input: {model: "test", messages: [{role: USER, content: "Say it."}]}) { text } }',
    );
    expect(generate.text.trim()).toBe('the quick brown fox jumps over lazy dog');
  });
});

describe("the product's own paths", () => {
  it.each(['', '/model_handler'])('are under %j', async (prefix) => {
    expect((await send(`${prefix}/`, { method: 'GET' })).body).toEqual({ status: 'alive', message: 'Model handler is alive.' });
    const zip = ['-F', 'model=@innodisk_llama32_lora.zip;type=application/zip'];
    const uploaded = linesOf(await curl(`${app.url}${prefix}/upload/`, ...zip));
    expect(told(uploaded).map(([action]) => action)).toEqual(['Start save model.', 'Start extract model.', 'Success upload model file.']);
    const create = JSON.stringify({ model: 'innodisk_llama32_lora', model_name_on_ollama: 'made' });
    const created = linesOf(await curl(`${app.url}${prefix}/model/create/`, '-d', create));
    expect(told(created).map(([action]) => action)).toEqual(['Start create model.', 'Start structure template', 'Success create model']);
    const deployed = linesOf(await curl(`${app.url}${prefix}/deploy/`, ...zip, '-F', 'model_name_on_ollama=served'));
    expect(deployed.at(-1)?.message).toMatchObject({ action: 'Success create model', progress: 1 });
    expect(linesOf(await curl(`${app.url}${prefix}/model/`)).at(-1)?.message.progress).toBe(1);
    const deleted = linesOf(await curl('-X', 'DELETE', `${app.url}${prefix}/model/?model=innodisk_llama32_lora`));
    expect(told(deleted).map(([action]) => action)).toEqual(['Start delete model.', 'Success delete model.']);
  });

  it('are described', async () => {
    const { paths } = (await send('/model_handler/openapi.json', { method: 'GET' })).body;
    expect(Object.keys(paths)).toEqual(
      expect.arrayContaining(['/model_handler/deploy/', '/model_handler/models/deploy/', '/model_handler/']),
    );
    const { schema } = paths['/model_handler/deploy/'].post.requestBody.content['multipart/form-data'];
    expect(schema.properties).toMatchObject({ model: { type: 'string', format: 'binary' }, model_name_on_ollama: { type: 'string' } });
  });

  it('are at the root of a port of their own', async () => {
    const url = `http://127.0.0.1:${app.ports.innodisk}`;
    expect(await (await fetch(`${url}/`)).json()).toMatchObject({ status: 'alive' });
    expect((await fetch(`${url}/models/`)).status).toBe(200);
    expect((await fetch(`${url}/model_handler/`)).status).toBe(404);
  });

  it.each([
    ['POST', '/upload', '/upload/'],
    ['POST', '/models/upload', '/models/upload/'],
    ['POST', '/models/deploy', '/models/deploy/'],
    ['POST', '/model/create', '/model/create/'],
    ['DELETE', '/model?model=x', '/model/?model=x'],
    ['GET', '/model_handler', '/model_handler/'],
  ])('%s %s leads to the path with the slash, without waiting for a body', async (method, path, location) => {
    const body = method === 'POST' ? new ReadableStream({ start: (stream) => stream.enqueue(new Uint8Array(100_000)) }) : null;
    const aborted = new AbortController();
    const init = { method, body, duplex: 'half', redirect: 'manual', signal: aborted.signal } as RequestInit;
    const response = await fetch(app.url + path, init);
    expect([response.status, response.headers.get('location')]).toEqual([307, app.url + location]);
    aborted.abort();
  });

  it('leave Pieces its own paths', async () => {
    expect(await (await fetch(`${app.url}/models`)).json()).toHaveProperty('iterable');
    const response = await fetch(`${app.url}/models/create`, { method: 'POST', ...json({ model: 'x', model_name_on_ollama: 'y' }) });
    expect(Array.isArray(await response.json().catch(() => null))).toBe(false);
  });
});

describe("the product's client", () => {
  it('deploys, and reads line by line', async () => {
    const lines: InnodiskLine[] = [];
    for await (const line of accelTuneDeploy(app.url, {
      name: 'tuned',
      fileName: 'größe 1 (final).zip',
      bytes: makeZip([
        { name: 'model-Q8_0.gguf', content: fox },
        { name: 'README.md', content: '#' },
      ]),
    }))
      lines.push(line);
    expect(lines.length).toBeGreaterThan(2);
    expectOneTask(lines);
    const ratios = lines.map(({ message }) => message.progress);
    expect(ratios).toEqual(ratios.toSorted((one, other) => one - other));
    expect(ratios.at(-1)).toBe(1);
    expect(lines[0]?.message.details).toEqual({ model: 'größe 1 (final).zip' });
    expect(lines.at(-1)?.message.details).toEqual({ model: 'größe 1 (final)', model_name_on_ollama: 'tuned' });
    const deleted = linesOf((await send('/models/', { method: 'DELETE', ...json({ model: 'größe 1 (final)' }) })).text);
    expect(deleted.at(-1)?.message.progress).toBe(1);
  });

  it('that leaves does not stop the work', async () => {
    const lines = accelTuneDeploy(app.url, { name: 'left', fileName: 'left.zip', bytes: makeZip([{ name: 'a.gguf', content: fox }]) });
    const { value } = await lines.next();
    await lines.return?.();
    const { task } = await graphql(app.url, `{ task(id: "${value?.message.task_uuid}") { settled(timeoutMs: 30000) { state } } }`);
    expect(task.settled.state).toBe('SUCCEEDED');
  });
});

const detail = (loc: unknown[], input: unknown = null) => ({ detail: [{ type: 'missing', loc, msg: 'Field required', input }] });
const refusal = (msg: string, input: object = {}) => ({ detail: [{ type: 'validate_error', loc: ['body'], msg, input }] });

describe('a request that is wrong', () => {
  const good = (): [Blob, string] => [zipOf([{ name: 'x.gguf', content: fox }]), 'x.zip'];

  it.each([
    ['no file', () => send('/upload/', { body: form({ other: 'x' }) }), detail(['body', 'model'])],
    ['no form', () => send('/models/upload/', json({ model: 'x' })), detail(['body', 'model'])],
    ['no name', () => send('/deploy/', { body: form({ model: good() }) }), detail(['body', 'model_name_on_ollama'])],
    ['nothing to deploy', () => send('/deploy/', { body: form({ model_name_on_ollama: 'x' }) }), detail(['body', 'model'])],
    [
      'nothing to create',
      () => send('/model/create/', json({ model_name_on_ollama: 'x' })),
      detail(['body', 'model'], { model_name_on_ollama: 'x' }),
    ],
    ['no name to create', () => send('/models/create/', json({ model: 'x' })), detail(['body', 'model_name_on_ollama'], { model: 'x' })],
    ['nothing to delete', () => send('/model/', { method: 'DELETE' }), detail(['query', 'model'])],
    ['nothing to delete in the body', () => send('/models/', { method: 'DELETE', ...json({}) }), detail(['body', 'model'], {})],
    [
      'an empty file',
      () => send('/upload/', { body: form({ model: [new Blob([]), 'x.zip'] }) }),
      refusal('Upload File Is Empty.', { file_size: 0 }),
    ],
    ['an unknown model', () => send('/models/create/', json({ model: 'nothing', model_name_on_ollama: 'x' })), refusal('Model Not Exist.')],
    ['an unknown model to delete', () => send('/model/?model=nothing', { method: 'DELETE' }), refusal('Model Not Exist.')],
    [
      'an empty name',
      () => send('/models/create/', json({ model: '', model_name_on_ollama: 'x' })),
      refusal('Model Name Is Invalid Or Missing.'),
    ],
    [
      'an empty name to delete',
      () => send('/models/', { method: 'DELETE', ...json({ model: '' }) }),
      refusal('Model Name Is Invalid Or Missing.'),
    ],
    [
      'a way out',
      () => send('/models/', { method: 'DELETE', ...json({ model: '../state.db' }) }),
      refusal('Model Name Is Invalid Or Missing.'),
    ],
    ['a way out in the query', () => send('/model/?model=..%2Fmodels', { method: 'DELETE' }), refusal('Model Name Is Invalid Or Missing.')],
    [
      'a way out to create',
      () => send('/models/create/', json({ model: '../x', model_name_on_ollama: 'x' })),
      refusal('Model Name Is Invalid Or Missing.'),
    ],
  ])('with %s is a 422', async (_what, ask, body) => {
    expect(await ask()).toMatchObject({ status: 422, type: 'application/json', body });
  });

  it('is a 422 where the file is a text field, or the JSON is none', async () => {
    expect((await send('/upload/', { body: form({ model: 'x' }) })).body.detail[0]).toMatchObject({
      type: 'value_error',
      loc: ['body', 'model'],
    });
    expect((await send('/models/create/', { body: '{"model": ' })).body.detail[0]).toMatchObject({ type: 'json_invalid' });
    expect((await send('/models/create/', json({ model: 5, model_name_on_ollama: 'x' }))).body.detail[0]).toMatchObject({
      type: 'string_type',
      loc: ['body', 'model'],
    });
  });

  it('is told of everything that it lacks', async () => {
    const { detail: items } = (await send('/models/deploy/', { body: form({ x: 'y' }) })).body;
    expect(items.map(({ loc }: { loc: string[] }) => loc)).toEqual([
      ['body', 'model'],
      ['body', 'model_name_on_ollama'],
    ]);
  });

  it('leaves no file behind', async () => {
    await expect.poll(() => readdir(join(app.app.services.config.dataFolder, 'uploads'))).toEqual([]);
  });
});

describe('a file that is no model', () => {
  it.each([
    [
      'a text named .zip',
      new Blob(['just a text']),
      /'[0-9A-F][0-9A-Fa-f-]{35}' Invalid Zip File To Unzip. Details : .*File Is Not A Zip File/,
    ],
    ['three GGUFs', () => zipOf(['a', 'b', 'c'].map((name) => ({ name: `${name}.gguf`, content: fox }))), /Holds 3 Gguf Files/],
    ['a path that leads out', () => zipOf([{ name: '../x.gguf', content: fox }]), /\.\.\/X\.Gguf/],
    ['a cut GGUF', () => zipOf([{ name: 'x.gguf', content: fox.subarray(0, 5000) }]), /Failed Save Model/],
  ])('such as %s, fails in the stream with its reason', async (_what, content, reason) => {
    for (const path of ['/upload/', '/models/deploy/']) {
      const file: [Blob, string] = [typeof content === 'function' ? content() : content, 'broken.zip'];
      const { status, text } = await send(path, { body: form({ model_name_on_ollama: 'broken', file }) });
      expect(status).toBe(200);
      const last = linesOf(text).at(-1);
      expect(last).toMatchObject({ status: 500, message: { action: 'Failed to upload model.', progress: -1, progress_ratio: -1 } });
      expect(last?.message.details).toEqual({
        type: 'internal_error',
        loc: ['internal_error'],
        msg: expect.stringMatching(reason),
        input: {},
      });
      expect(last?.message.detail).toEqual(last?.message.details);
      expect(text).toContain('"progress": -1.0');
    }
    expect(await names()).not.toContain('broken');
  });

  it('is judged by its bytes, whatever its type says', async () => {
    const file = new Blob([fox as Uint8Array<ArrayBuffer>], { type: 'text/plain' });
    const lines = linesOf((await send('/upload/', { body: form({ Model: [file, 'typed.gguf'] }) })).text);
    expect(lines.at(-1)?.message.progress).toBe(1);
  });
});

describe('what is being worked on', () => {
  const zip = (): [Blob, string] => [zipOf([{ name: 'x.gguf', content: fox }]), 'Full.zip'];

  it('is not deployed twice at once', async () => {
    const deploy = (name: string) => send('/deploy/', { body: form({ model_name_on_ollama: name, model: zip() }) });
    const answers = await Promise.all([deploy('one'), deploy('two'), deploy('three')]);
    const refused = answers.filter(({ status }) => status === 409);
    expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409]);
    expect(refused[0]?.body).toEqual([{ type: 'internal_error', loc: ['internal_error'], msg: 'Full.Zip Is Being Processed.', input: {} }]);
    await expect.poll(() => readdir(join(app.app.services.config.dataFolder, 'uploads'))).toEqual([]);
  });

  it('is not deleted, and holds nobody else up', async () => {
    const created = fetch(`${app.url}/models/create/`, { method: 'POST', ...json({ model: 'Full', model_name_on_ollama: 'of-full' }) });
    const reader = (await created).body?.getReader();
    await reader?.read();
    const removed = await send('/models/', { method: 'DELETE', ...json({ model: 'full' }) });
    const alive = await send('/', { method: 'GET' });
    expect(removed).toMatchObject({
      status: 403,
      body: [
        { type: 'internal_error', loc: ['internal_error'], msg: "Model 'Full' Is Currently In Use And Cannot Be Deleted.", input: {} },
      ],
    });
    expect(alive.status).toBe(200);
    while (!(await reader?.read())?.done);
    expect((await send('/models/', { method: 'DELETE', ...json({ model: 'Full' }) })).status).toBe(200);
  });
});
