import { createHash } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { writeQuickFox } from '../../src/demo/quick-fox.ts';
import { writeGguf } from '../../src/formats/gguf/gguf-writer.ts';
import { text } from '../../src/formats/gguf/metadata-values.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeZip } from '../support/zip-maker.ts';

const sentence = 'the quick brown fox jumps over lazy dog';

let app: RunningApp;
let fox: Buffer;
beforeAll(async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'fox.gguf');
  await writeQuickFox(file);
  fox = await readFile(file);
  app = await runningApp({ threads: 1, logLevel: 'silent' });
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose]());

function upload(bytes: Buffer, filename: string): Promise<string> {
  return new Promise((resolve, reject) => {
    const sending = new Upload(bytes, {
      endpoint: `${app.url}/uploads`,
      metadata: { filename },
      onSuccess: () => resolve(sending.url?.split('/').at(-1) ?? ''),
      onError: reject,
    });
    sending.start();
  });
}

const taskFields = 'task { uuid settled(timeoutMs: 60000) { state error { code message } steps { name state } model { name } } }';

async function mutate(name: 'uploadModel' | 'createModel' | 'deployModel', input: object) {
  const type = `${name[0]?.toUpperCase()}${name.slice(1)}`;
  const document = `mutation ($input: ${type}Input!) { ${name}(input: $input) { ... on ${type}Payload { ${taskFields} } ... on Error { code message } } }`;
  return (await graphql(app.url, document, { input }))[name];
}

async function say(model: string, more = ''): Promise<string> {
  const { generate } = await graphql(
    app.url,
    `{ generate(input: {model: "${model}", messages: [{role: USER, content: "Say it."}] ${more}}) { text } }`,
  );
  return generate.text.trim();
}

const modelOf = async (name: string) =>
  (
    await graphql(
      app.url,
      `{ model(name: "${name}") { name custom capabilities aliases files { path sha256 } source { kind from } settings { system parameters { maxTokens } } runtime { state } } }`,
    )
  ).model;

const filesOf = async () =>
  (await readdir(join(app.app.services.config.dataFolder, 'uploads'))).concat(
    await readdir(join(app.app.services.config.dataFolder, 'partial')),
  );

describe('an upload', () => {
  it('of a GGUF becomes a custom model, and leaves nothing behind', async () => {
    const uploadId = await upload(fox, 'fox.gguf');
    const { task } = await mutate('uploadModel', { uploadId });
    expect(task.settled).toMatchObject({ state: 'SUCCEEDED', error: null, model: { name: 'fox' } });
    expect(await modelOf('fox')).toMatchObject({
      custom: true,
      capabilities: expect.arrayContaining(['GENERATE_TEXT', 'CHAT']),
      source: { kind: 'UPLOAD' },
      files: [{ path: 'fox.gguf', sha256: createHash('sha256').update(fox).digest('hex') }],
    });
    expect(await filesOf()).toEqual([]);
  });

  it('in a zip, with the folder around it, gets the name it is given', async () => {
    const uploadId = await upload(
      makeZip([
        { name: 'x/README.md', content: '#' },
        { name: 'x/model.gguf', content: fox, deflated: true },
      ]),
      'any.zip',
    );
    expect((await mutate('uploadModel', { uploadId, name: 'team/zipped' })).task.settled).toMatchObject({ state: 'SUCCEEDED' });
    expect((await modelOf('team/zipped')).files.map(({ path }: { path: string }) => path)).toEqual(['model.gguf']);
  });

  it('in a zip with what looks at images leaves that out', async () => {
    const pieces = await Array.fromAsync(writeGguf({ metadata: [['general.architecture', text('clip')]], tensors: [] }));
    const uploadId = await upload(
      makeZip([
        { name: 'mmproj.gguf', content: Buffer.concat(pieces) },
        { name: 'fox-lora-merged.gguf', content: fox },
      ]),
      'seeing.zip',
    );
    expect((await mutate('uploadModel', { uploadId })).task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect((await modelOf('seeing')).files.map(({ path }: { path: string }) => path)).toEqual(['fox-lora-merged.gguf']);
  });

  it.each([
    ['a text', Buffer.from('this is no model at all, just a text'), 'INVALID_ARCHIVE'],
    ['three GGUFs', () => makeZip(['a', 'b', 'c'].map((name) => ({ name: `${name}.gguf`, content: fox }))), 'INVALID_ARCHIVE'],
    ['two models', () => makeZip(['a', 'b'].map((name) => ({ name: `${name}.gguf`, content: fox }))), 'INVALID_ARCHIVE'],
    ['a path that leads out', () => makeZip([{ name: '../x.gguf', content: fox }]), 'INVALID_ARCHIVE'],
    ['a GGUF that is none', () => makeZip([{ name: 'x.gguf', content: 'GGUF but not really one' }]), 'INVALID_MODEL_FILE'],
    ['a cut GGUF', () => fox.subarray(0, 5000), 'INVALID_MODEL_FILE'],
  ])('of %s fails with its reason, and leaves nothing behind', async (_what, bytes, code) => {
    const uploadId = await upload(typeof bytes === 'function' ? bytes() : bytes, 'bad.zip');
    const { task } = await mutate('uploadModel', { uploadId, name: 'bad' });
    expect(task.settled).toMatchObject({ state: 'FAILED', error: { code } });
    expect(task.settled.error.message).not.toMatch(/\/(tmp|work)\//);
    expect((await graphql(app.url, '{ models { nodes { name } } }')).models.nodes).not.toContainEqual({ name: 'bad' });
    if (code === 'INVALID_ARCHIVE') expect((await filesOf()).filter((file) => file.startsWith(uploadId))).toEqual([]);
  });

  it('that is unknown, unfinished, used already, or badly named is refused at once', async () => {
    expect(await mutate('uploadModel', { uploadId: crypto.randomUUID() })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await mutate('uploadModel', { uploadId: '../../state.db' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect(await mutate('uploadModel', {})).toMatchObject({ code: 'INVALID_INPUT' });
    const uploadId = await upload(fox, 'once.gguf');
    expect(await mutate('uploadModel', { uploadId, name: '../x' })).toMatchObject({ code: 'INVALID_INPUT' });
    expect((await mutate('uploadModel', { uploadId })).task.settled.state).toBe('SUCCEEDED');
    expect(await mutate('uploadModel', { uploadId })).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('a file that comes with the request', () => {
  const send = async (file: Buffer, name: string) => {
    const document = `mutation ($input: UploadModelInput!) { uploadModel(input: $input) { ... on UploadModelPayload { ${taskFields} } ... on Error { code } } }`;
    const form = new FormData();
    form.set('operations', JSON.stringify({ query: document, variables: { input: { name, file: null } } }));
    form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
    form.set('0', new Blob([file as Uint8Array<ArrayBuffer>]), 'sent.gguf');
    const headers = { 'graphql-require-preflight': '1' };
    const { data } = (await (await fetch(`${app.url}/graphql`, { method: 'POST', body: form, headers })).json()) as any;
    return data.uploadModel;
  };

  it('becomes a model, and goes again where it is refused', async () => {
    const before = await filesOf();
    expect((await send(fox, 'sent')).task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(await send(fox, '../sent')).toEqual({ code: 'INVALID_INPUT' });
    expect(await filesOf()).toEqual(before);
  });
});

describe('a created model', () => {
  it('has settings of its own, over files that it shares', async () => {
    const { task } = await mutate('createModel', {
      name: 'brief-fox',
      from: 'fox',
      settings: { system: 'Be brief.', parameters: { maxTokens: 2 } },
    });
    expect(task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(await modelOf('brief-fox')).toMatchObject({
      custom: true,
      source: { kind: 'CREATED', from: 'fox' },
      settings: { system: 'Be brief.', parameters: { maxTokens: 2 } },
    });
    await graphql(app.url, 'mutation { loadModel(input: {name: "brief-fox"}) { ... on LoadModelPayload { task { settled { state } } } } }');
    expect(await say('brief-fox')).toBe('the quick');
    expect(await say('brief-fox', ', maxTokens: 3')).toBe('the quick brown');
  });

  it('is made of a Modelfile too', async () => {
    const modelfile =
      'FROM fox\n# a comment\nSYSTEM """You say\nit."""\nPARAMETER num_predict 1\nPARAMETER stop "dog"\nMESSAGE user Hi\nMESSAGE assistant Hello\n';
    expect((await mutate('createModel', { name: 'made', modelfile })).task.settled).toMatchObject({ state: 'SUCCEEDED' });
    expect((await modelOf('made')).settings).toEqual({ system: 'You say\nit.', parameters: { maxTokens: 1 } });
  });

  it.each([
    ['FROM nowhere', 'MODEL_NOT_FOUND'],
    ['SYSTEM x', 'INVALID_INPUT'],
    ['FROM fox\nNONSENSE x', 'INVALID_INPUT'],
    ['FROM fox\nPARAMETER temperature hot', 'INVALID_INPUT'],
    ['FROM fox\nPARAMETER temperature 99', 'INVALID_INPUT'],
    ['FROM fox\nTEMPLATE {{ .Prompt }}', 'INVALID_INPUT'],
    ['FROM fox\nSYSTEM """never closed', 'INVALID_INPUT'],
    ['FROM fox\nADAPTER fox', 'UNSUPPORTED_MODEL'],
  ])('is refused where its Modelfile is %j', async (modelfile, code) => {
    const answer = await mutate('createModel', { name: 'refused', modelfile });
    expect(answer.code ?? answer.task.settled.error.code).toBe(code);
  });

  it('does not take the name of another', async () => {
    expect(await mutate('createModel', { name: 'FOX', from: 'made' })).toMatchObject({ task: { settled: { state: 'SUCCEEDED' } } });
  });
});

describe('an alias', () => {
  it('moves from one model to another, and always means one', async () => {
    const move = (name: string) =>
      graphql(
        app.url,
        `mutation { moveAlias(input: {alias: "latest", name: "${name}"}) { ... on MoveAliasPayload { model { name aliases } } ... on Error { code } } }`,
      );
    expect((await move('made')).moveAlias).toEqual({ model: { name: 'made', aliases: ['latest'] } });
    expect((await move('brief-fox')).moveAlias).toEqual({ model: { name: 'brief-fox', aliases: ['latest'] } });
    expect((await modelOf('latest')).name).toBe('brief-fox');
    expect((await modelOf('made')).aliases).toEqual([]);
    const own = await graphql(app.url, 'mutation { moveAlias(input: {alias: "made", name: "brief-fox"}) { ... on Error { code } } }');
    expect(own.moveAlias).toEqual({ code: 'NAME_TAKEN' });
  });
});

describe('a deployment', () => {
  it('uploads, checks, opens, tries and serves in one task', async () => {
    const before = await filesOf();
    const uploadId = await upload(makeZip([{ name: 'fox.gguf', content: fox }]), 'deployed.zip');
    const { task } = await mutate('deployModel', {
      uploadId,
      name: 'served',
      uploadName: 'deployed',
      settings: { parameters: { maxTokens: 4 } },
    });
    expect(task.settled).toMatchObject({ state: 'SUCCEEDED', error: null, model: { name: 'served' } });
    expect(task.settled.steps.map(({ name }: { name: string }) => name)).toEqual([
      'UNPACK',
      'CONVERT',
      'VERIFY',
      'STORE',
      'GATHER',
      'PUSH',
      'INSTALL',
      'LOAD',
      'TRY',
    ]);
    expect((await modelOf('served')).runtime.state).toBe('READY');
    expect((await modelOf('deployed')).runtime).toBeNull();
    expect(await say('served')).toBe('the quick brown fox');
    expect(await filesOf()).toEqual(before);
  });

  it('that fails leaves the model that had the name serving', async () => {
    const uploadId = await upload(makeZip([{ name: 'fox.gguf', content: fox.subarray(0, fox.length - 1000) }]), 'broken.zip');
    expect((await mutate('deployModel', { uploadId, name: 'served' })).task.settled).toMatchObject({
      state: 'FAILED',
      error: { code: 'INVALID_MODEL_FILE' },
    });
    expect(await say('served')).toBe('the quick brown fox');
  });

  it('takes over from the one before it without a refused request', async () => {
    const uploadId = await upload(fox, 'again.gguf');
    let isOver = false;
    const answers: Promise<string>[] = [];
    const asking = (async () => {
      while (!isOver) {
        answers.push(say('served'));
        await answers.at(-1);
      }
    })();
    expect((await mutate('deployModel', { uploadId, name: 'served', settings: {} })).task.settled).toMatchObject({ state: 'SUCCEEDED' });
    isOver = true;
    await asking;
    for (const answer of await Promise.all(answers)) expect([sentence, 'the quick brown fox']).toContain(answer);
  });

  it('asked for twice under one key is one task', async () => {
    const uploadId = await upload(fox, 'keyed.gguf');
    const input = { uploadId, name: 'keyed', idempotencyKey: 'once' };
    const first = await mutate('deployModel', input);
    const second = await mutate('deployModel', input);
    expect(first.task.settled.state).toBe('SUCCEEDED');
    expect(second.task.uuid).toBe(first.task.uuid);
  });

  it('of two at once to one name, both come to an end, one after the other', async () => {
    const ids = await Promise.all([upload(fox, 'a.gguf'), upload(fox, 'b.gguf')]);
    const outcomes = await Promise.all(ids.map((uploadId) => mutate('deployModel', { uploadId, name: 'twice' })));
    expect(outcomes.map(({ task }) => task.settled.state)).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    expect(await say('twice')).toBe(sentence);
  });
});
