import { cp, readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { writeGgufFile } from '../support/gguf-file.ts';
import { foxModel, randomLlama, randomLora } from '../support/gguf-models.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const golden = (name: string, part: string) => join(import.meta.dirname, '..', 'golden', name, part);
const taskFields = 'id state error { code message } steps { name state }';
const documents = {
  importModel: `mutation ($input: ImportModelInput!) { importModel(input: $input) { ... on ImportModelPayload { task { ${taskFields} } } ... on Error { message } } }`,
  settled: `query ($id: ID!) { task(id: $id) { settled(timeoutMs: 60000) { ${taskFields} } } }`,
  model:
    'query ($n: String!) { model(name: $n) { library architecture capabilities quantization contextLength hasChatTemplate license parameterCount files { path } } }',
  load: `mutation ($input: LoadModelInput!) { loadModel(input: $input) { ... on LoadModelPayload { task { settled(timeoutMs: 60000) { ${taskFields} } } } ... on Error { message } } }`,
  generate: 'query ($input: GenerateInput!) { generate(input: $input) { text reason } }',
};

describe('GGUF models through the whole server', () => {
  let root: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: RunningApp;
  beforeAll(async () => {
    root = await temporaryFolder();
    server = await runningApp({ importRoots: [root.path], threads: 1 });
  });
  afterAll(async () => {
    await server[Symbol.asyncDispose]();
    await root[Symbol.asyncDispose]();
  });

  /** Imports a folder below the root; answers the settled task. */
  async function imported(name: string, options: object = {}) {
    const { importModel } = await graphql(server.url, documents.importModel, { input: { path: join(root.path, name), name, ...options } });
    expect(importModel.message).toBeUndefined();
    return (await graphql(server.url, documents.settled, { id: importModel.task.id })).task.settled;
  }
  const describeModel = async (name: string) => (await graphql(server.url, documents.model, { n: name })).model;
  const filesOf = async (name: string) => (await describeModel(name)).files.map(({ path }: { path: string }) => path).sort();

  async function loaded(name: string): Promise<void> {
    const { loadModel } = await graphql(server.url, documents.load, { input: { name } });
    expect(loadModel.task.settled).toMatchObject({ state: 'SUCCEEDED' });
  }

  test('a GGUF is imported as it is, and the catalogue says what it is', async () => {
    await writeGgufFile(join(root.path, 'fox', 'fox.gguf'), foxModel({ type: 'Q8_0' }));
    expect(await imported('fox')).toMatchObject({ state: 'SUCCEEDED' });
    expect(await describeModel('fox')).toEqual({
      library: 'LLAMA_CPP',
      architecture: 'llama',
      capabilities: ['GENERATE_TEXT', 'CHAT'],
      quantization: 'Q8_0',
      contextLength: 512,
      hasChatTemplate: true,
      license: 'apache-2.0',
      parameterCount: 94400,
      files: [{ path: 'fox.gguf' }],
    });
  });

  test('a GGUF that is cut short is refused, and nothing of it stays', async () => {
    const file = await writeGgufFile(join(root.path, 'short', 'short.gguf'), randomLlama());
    await truncate(file, 400_000);
    const task = await imported('short');
    expect(task).toMatchObject({ state: 'FAILED', error: { code: 'INVALID_MODEL_FILE', message: expect.stringContaining('cut short') } });
    expect(await describeModel('short')).toBeNull();
  });

  test('a LoRA adapter beside a GGUF comes with it', async () => {
    await writeGgufFile(join(root.path, 'styled', 'base.gguf'), randomLlama());
    await writeGgufFile(join(root.path, 'styled', 'style-lora.gguf'), randomLora());
    expect(await imported('styled')).toMatchObject({ state: 'SUCCEEDED' });
    expect(await filesOf('styled')).toEqual(['base.gguf', 'style-lora.gguf']);
  });

  test('a llama in safetensors is converted as a step with its adapter, and writes', async () => {
    await cp(golden('tiny-llama-hf', 'model'), join(root.path, 'llama'), { recursive: true });
    await cp(golden('tiny-llama-hf', 'adapter'), join(root.path, 'llama', 'adapter'), { recursive: true });
    const task = await imported('llama');
    expect(task).toMatchObject({ state: 'SUCCEEDED' });
    expect(task.steps).toContainEqual({ name: 'CONVERT', state: 'SUCCEEDED' });
    expect(await describeModel('llama')).toMatchObject({
      library: 'LLAMA_CPP',
      quantization: 'F16',
      contextLength: 256,
      hasChatTemplate: true,
    });
    const files = await filesOf('llama');
    expect(files).toEqual(expect.arrayContaining(['adapter-lora.gguf', 'config.json', 'model-F16.gguf', 'tokenizer.json']));
    expect(files.filter((path: string) => path.endsWith('.safetensors'))).toEqual([]);
    await loaded('llama');
    const input = { model: 'llama', prompt: 'The quick brown fox', maxTokens: 4, temperature: 0 };
    const { generate } = await graphql(server.url, documents.generate, { input });
    // As the reference does with the adapter, which is put on a model that it lies beside.
    expect(generate).toMatchObject({ text: expect.stringMatching(/^ thth/), reason: 'LENGTH' });
  });

  test('a converted llama without its adapter writes what the reference writes', async () => {
    const { items } = JSON.parse(await readFile(golden('tiny-llama-hf', 'expected.json'), 'utf8'));
    await cp(golden('tiny-llama-hf', 'model'), join(root.path, 'plain'), { recursive: true });
    expect(await imported('plain')).toMatchObject({ state: 'SUCCEEDED' });
    await loaded('plain');
    for (const { prompt, generated_ids: ids, generated_text: text } of items) {
      const { generate } = await graphql(server.url, documents.generate, {
        input: { model: 'plain', prompt, maxTokens: ids.length, temperature: 0 },
      });
      expect(generate.text).toBe(text);
    }
  });

  test('shards become one GGUF, stored as it was asked for', async () => {
    await cp(golden('tiny-llama-hf-bf16', 'model'), join(root.path, 'sharded'), { recursive: true });
    expect(await imported('sharded', { quantization: 'Q8_0' })).toMatchObject({ state: 'SUCCEEDED' });
    expect(await describeModel('sharded')).toMatchObject({ quantization: 'Q8_0' });
    expect(await filesOf('sharded')).toContain('model-Q8_0.gguf');
  });

  test('what cannot be converted is named, and nothing half-made stays', async () => {
    await cp(golden('tiny-llama-hf', 'model'), join(root.path, 'gelu'), { recursive: true });
    const file = join(root.path, 'gelu', 'config.json');
    await writeFile(file, (await readFile(file, 'utf8')).replace('"silu"', '"gelu"'));
    expect(await imported('gelu')).toMatchObject({
      state: 'FAILED',
      error: { code: 'UNSUPPORTED_MODEL', message: expect.stringContaining('activation is "gelu"') },
    });
    expect(await describeModel('gelu')).toBeNull();
    expect(await readdir(root.path)).toContain('gelu');
  });
});
