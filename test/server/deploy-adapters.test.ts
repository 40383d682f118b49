import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readCausalConfig } from '../../src/formats/gguf-conversion/causal-config.ts';
import { convertAdapter } from '../../src/formats/gguf-conversion/convert-adapter.ts';
import { convertCheckpoint } from '../../src/formats/gguf-conversion/convert-checkpoint.ts';
import { writeGgufFile } from '../support/gguf-file.ts';
import { entriesOf } from '../support/golden-zip.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { makeModel, sendUpload } from '../support/send-upload.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeZip } from '../support/zip-maker.ts';

interface Item {
  prompt: string;
  generated_ids: number[];
  generated_text: string;
}

const golden = join(import.meta.dirname, '..', 'golden', 'tiny-llama-hf');
const model = join(golden, 'model');
const adapter = join(golden, 'adapter');

let app: RunningApp;
let plain: Item[];
let styled: Item[];
let ggufs: { base: Buffer; lora: Buffer };
beforeAll(async () => {
  const expected = JSON.parse(await readFile(join(golden, 'expected.json'), 'utf8'));
  plain = expected.items;
  styled = expected.adapter.items;
  await using folder = await temporaryFolder();
  const { signal } = new AbortController();
  const base = await writeGgufFile(join(folder.path, 'base.gguf'), await convertCheckpoint(model, { name: 'base', type: 'F32', signal }));
  const converted = await convertAdapter(adapter, { base: await readCausalConfig(model), name: 'style', signal });
  const lora = await writeGgufFile(join(folder.path, 'lora.gguf'), converted);
  ggufs = { base: await readFile(base), lora: await readFile(lora) };
  app = await runningApp({ threads: 1, logLevel: 'silent' });
}, 60_000);
afterAll(() => app?.[Symbol.asyncDispose]());

async function deploy(name: string, entries: Parameters<typeof makeZip>[0], more: object = {}) {
  const uploadId = await sendUpload(app.url, makeZip(entries), `${name}.zip`);
  return (await makeModel(app.url, 'deployModel', { uploadId, name, ...more })).task.settled;
}

async function upload(name: string, bytes: Buffer, fileName: string) {
  const uploadId = await sendUpload(app.url, bytes, fileName);
  const { task } = await makeModel(app.url, 'uploadModel', { uploadId, name });
  expect(task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
}

/** The likeliest token each time; its ids are what the reference's texts are made of. */
async function expectGolden(name: string, items: readonly Item[]): Promise<void> {
  for (const { prompt, generated_ids: ids, generated_text: text } of items) {
    const { generate } = await graphql(
      app.url,
      'query ($input: GenerateInput!) { generate(input: $input) { text usage { completionTokens } } }',
      { input: { model: name, prompt, maxTokens: ids.length, temperature: 0 } },
    );
    expect(generate).toEqual({ text, usage: { completionTokens: ids.length } });
  }
}

describe('a deployment of', () => {
  it('a safetensors folder writes what the reference writes', async () => {
    expect(await deploy('plain', entriesOf(model), { quantization: 'F32' })).toMatchObject({ state: 'SUCCEEDED', error: null });
    await expectGolden('plain', plain);
  });

  it('a safetensors folder with a PEFT adapter in it has the adapter on', async () => {
    const entries = [...entriesOf(model, 'tuned/'), ...entriesOf(adapter, 'tuned/adapter/')];
    expect(await deploy('tuned', entries)).toMatchObject({ state: 'SUCCEEDED', error: null });
    await expectGolden('tuned', styled);
  });

  it('a GGUF and its LoRA GGUF has the adapter on, whichever comes first', async () => {
    const files = [
      { name: 'z-model.gguf', content: ggufs.base },
      { name: 'style_LoRA.gguf', content: ggufs.lora },
    ];
    expect(await deploy('pair', files)).toMatchObject({ state: 'SUCCEEDED', error: null });
    await expectGolden('pair', styled);
    expect(await deploy('pair', files.toReversed())).toMatchObject({ state: 'SUCCEEDED', error: null });
    await expectGolden('pair', styled);
  });

  it('a LoRA GGUF of any name is known by its header', async () => {
    const files = [
      { name: 'a.gguf', content: ggufs.lora },
      { name: 'b.gguf', content: ggufs.base },
    ];
    expect(await deploy('unnamed', files)).toMatchObject({ state: 'SUCCEEDED', error: null });
    await expectGolden('unnamed', styled);
  });

  it('an adapter alone is refused with its reason', async () => {
    expect(await deploy('alone', entriesOf(adapter))).toMatchObject({
      state: 'FAILED',
      error: { message: expect.stringMatching(/adapter/i) },
    });
  });
});

describe('a stored model', () => {
  it('is created with its weights in another type, and what was not asked for is refused', async () => {
    await upload('exact', ggufs.base, 'exact.gguf');
    const create = (name: string, quantization: string, from = 'exact') => makeModel(app.url, 'createModel', { name, from, quantization });
    const facts = async (name: string) => (await graphql(app.url, `{ model(name: "${name}") { quantization files { path } } }`)).model;
    expect((await create('half', 'f16')).task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(await facts('half')).toMatchObject({ quantization: 'F16' });
    expect((await facts('half')).files).toContainEqual({ path: 'model-F16.gguf' });
    expect(await facts('exact')).toEqual({ quantization: 'F32', files: [{ path: 'exact.gguf' }] });
    const load = 'mutation { loadModel(input: {name: "half"}) { ... on LoadModelPayload { task { settled { state } } } } }';
    expect((await graphql(app.url, load)).loadModel.task.settled).toEqual({ state: 'SUCCEEDED' });
    await expectGolden('half', plain);
    expect((await create('eight', 'Q8_0')).task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect((await create('again', 'F16', 'eight')).task.settled).toMatchObject({ state: 'FAILED', error: { code: 'UNSUPPORTED_MODEL' } });
    expect(await create('four', 'Q4_K_M')).toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('an adapter that was uploaded alone', () => {
  it.each([
    ['as PEFT saves it', () => makeZip(entriesOf(adapter)), 'style.zip'],
    ['as a GGUF', () => ggufs.lora, 'style.gguf'],
  ])('%s, is put on a stored model as strongly as is asked for', async (_what, bytes, fileName) => {
    await upload('style', bytes(), fileName);
    await upload('base', ggufs.base, 'base.gguf');
    const create = async (name: string, adapters: object[]) =>
      (await makeModel(app.url, 'createModel', { name, from: 'base', adapters })).task.settled;
    expect(await create('full', [{ model: 'style' }])).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(await create('none', [{ model: 'style', scale: 0 }])).toMatchObject({ state: 'SUCCEEDED', error: null });
    for (const name of ['full', 'none']) {
      const load = `mutation { loadModel(input: {name: "${name}"}) { ... on LoadModelPayload { task { settled { state error { message } } } } } }`;
      expect((await graphql(app.url, load)).loadModel.task.settled).toEqual({ state: 'SUCCEEDED', error: null });
    }
    await expectGolden('full', styled);
    await expectGolden('none', plain);
  });
});
