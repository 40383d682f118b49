import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { writeGgufFile } from '../support/gguf-file.ts';
import { foxModel } from '../support/gguf-models.ts';
import { type ImageServer, startImageServer } from '../support/image-server.ts';
import type { RunningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { importFolder, load, stripes, visionServer } from '../support/vision-server.ts';

const run = promisify(execFile);
const path = '/generate/fromimagetext';

let images: ImageServer;
let server: RunningApp;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let [one, other]: Buffer[] = [];
/** What the model says of the first picture. */
let said: string;

beforeAll(async () => {
  images = await startImageServer();
  folder = await temporaryFolder();
  server = await visionServer(
    // It takes the likeliest token whatever the temperature is: there is no other with a chance.
    { llava: { model: { sharpness: 20_000 } }, raw: { model: { template: null, sharpness: 20_000 } } },
    { importRoots: [folder.path.replace(/[^/]*$/, '')], fetchAllow: [`127.0.0.1:${images.port}`], ports: { afai: 0 }, logLevel: 'silent' },
  );
  await writeGgufFile(join(folder.path, 'fox', 'model.gguf'), foxModel());
  expect(await importFolder(server.url, join(folder.path, 'fox'), 'fox')).toMatchObject({ state: 'SUCCEEDED' });
  expect(await load(server.url, 'fox')).toMatchObject({ state: 'SUCCEEDED' });
  [one, other] = [await stripes(3), await stripes(99, 'jpeg')];
  await writeFile(join(folder.path, 'one.png'), one);
  await writeFile(join(folder.path, 'other.jpg'), other);
  await forget();
  said = (await json({ image_files: [one.toString('base64')] })).text;
}, 120_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await images?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});
beforeEach(forget);

async function forget() {
  await fetch(`${server.url}/chat/clearchat`, { method: 'DELETE', body: JSON.stringify({ model_name: 'llava' }) });
}

/** Sends JSON; answers what was written, or why nothing was. */
async function json(more: object, name = 'llava') {
  const body = JSON.stringify({ model_name: name, prompt: 'What?', max_new_tokens: 12, ...more });
  const response = await fetch(server.url + path, { method: 'POST', body, headers: { 'content-type': 'application/json' } });
  return { status: response.status, type: response.headers.get('content-type'), text: await response.text() };
}

/** What curl prints of a request with these arguments. Its `-F` would cut a data URI at the semicolon. */
async function curl(parameters: Record<string, string>, ...form: string[]): Promise<string> {
  const url = `${server.url}${path}?${new URLSearchParams(parameters)}`;
  const { stdout } = await run(
    'curl',
    ['-sS', '-X', 'POST', url, ...form.flatMap((field) => [field.includes('@') ? '-F' : '--form-string', field])],
    { cwd: folder.path },
  );
  return stdout;
}

const asked = { model_name: 'llava', prompt: 'What?', max_new_tokens: '12' };

describe('a prompt about pictures', () => {
  it('comes by curl as the documentation has it: a query, and files of a form', async () => {
    expect(said).toHaveLength(12);
    expect(await curl(asked, 'image_files=@one.png;type=image/png')).toBe(said);
    await forget();
    const both = await curl(asked, 'image_files=@one.png', 'image_files=@other.jpg');
    expect(both).toHaveLength(12);
    expect(both).not.toBe(said);
  });

  it('comes with links: addresses and data URIs of any kind, some or all of them', async () => {
    const link = `data:image/jpg;base64,${one?.toString('base64')}`;
    expect(await curl(asked, `image_links=${link}`)).toBe(said);
    await forget();
    const address = await json({ image_links: [`${images.url}/no-type`] });
    await forget();
    const viaForm = await curl(asked, `image_links=${images.url}/no-type`);
    expect(viaForm).toBe(address.text);
    await forget();
    const mixed = await curl(asked, 'image_files=@other.jpg', `image_links=${link}`, `image_links=${images.url}/no-type`);
    await forget();
    const files = [other?.toString('base64'), link];
    expect((await json({ image_files: files, image_links: [`${images.url}/no-type`] })).text).toBe(mixed);
  });

  it('comes as JSON with empty lists, in a form alone, or with the body over the query', async () => {
    const none = await json({ image_files: [], image_links: [] });
    expect(none).toMatchObject({ status: 200, type: 'text/event-stream; charset=utf-8' });
    expect(none.text).not.toBe(said);
    await forget();
    const form = Object.entries(asked).map(([name, value]) => `${name}=${value}`);
    expect(await curl({}, ...form, 'image_files=@one.png')).toBe(said);
    await forget();
    expect(await curl({ ...asked, model_name: 'nobody' }, 'model_name=llava', 'image_files=@one.png')).toBe(said);
  });

  it('is part of what was said with the model', async () => {
    await json({ image_files: [one?.toString('base64')] });
    const history = await fetch(`${server.url}/chat/getchathistory?model_name=llava`);
    expect(await history.json()).toEqual({
      llava: [
        { role: 'user', content: 'What?' },
        { role: 'assistant', content: said },
      ],
    });
    expect((await json({ image_files: [one?.toString('base64')] })).text).not.toBe(said);
  });

  it('goes to a model without a template as it is', async () => {
    const answer = await json({ image_files: [one?.toString('base64')], prompt: '<image>\nWhat?' }, 'raw');
    expect(answer).toMatchObject({ status: 200, text: expect.stringMatching(/^.{12}$/) });
  });
});

describe('a prompt about pictures that cannot be answered', () => {
  it('says why', async () => {
    expect(await json({}, 'nobody')).toMatchObject({ status: 404, text: '{"detail":"Model nobody is not launched"}' });
    expect(await json({ image_links: ['data:image/png;base64,AAAA'] }, 'fox')).toMatchObject({
      status: 403,
      text: expect.stringContaining('Type error: model fox does not take images'),
    });
    expect(await json({ image_links: [`data:image/png;base64,${one?.toString('base64')}`, 'data:image/png;base64,AAAA'] })).toMatchObject({
      status: 422,
      text: expect.stringContaining('Item 1 is not an image'),
    });
    expect(await json({ image_links: ['ftp://somewhere/a.png'] })).toMatchObject({ status: 422 });
    expect(await json({ image_links: [`${images.url}/missing`] })).toMatchObject({ status: 502 });
    expect(await json({ image_links: [7] })).toMatchObject({ status: 422 });
    expect(await json({ prompt: undefined })).toMatchObject({ status: 422 });
  });

  it('to a model of the catalogue whose eyes are a projector says what can be launched instead', async () => {
    const body = JSON.stringify({ model_name: 'llava-1.5-7b-4' });
    const response = await fetch(`${server.url}/model/launch`, { method: 'POST', body });
    expect([response.status, await response.text()]).toEqual([422, expect.stringContaining('ONNX repository')]);
  });
});
