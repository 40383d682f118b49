import { cp, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parseConfig } from '../../src/config.ts';
import { CanceledError, InsufficientDiskError, InvalidModelFileError } from '../../src/errors.ts';
import { readGgufCheckpoint } from '../../src/formats/gguf/gguf-checkpoint.ts';
import { convertStep } from '../../src/lifecycle/convert-model.ts';
import type { LifecycleContext } from '../../src/lifecycle/dependencies.ts';
import { createDiskSpace } from '../../src/lifecycle/disk-space.ts';
import type { InstallInput, InstallJournal } from '../../src/lifecycle/install-steps.ts';
import { stagingFolder } from '../../src/lifecycle/staging.ts';
import { type ConvertFolderOptions, convertFolder } from '../../src/sources/conversion/convert-folder.ts';
import type { TaskContext } from '../../src/tasks/task.ts';
import { graphql, runningApp } from '../support/running-app.ts';
import { startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const golden = (name: string, part: string) => join(import.meta.dirname, '..', 'golden', name, part);

async function llamaFolder() {
  const folder = await temporaryFolder();
  await cp(golden('tiny-llama-hf', 'model'), folder.path, { recursive: true });
  return folder;
}

function convert(folder: string, options: Partial<ConvertFolderOptions> = {}) {
  const { signal } = new AbortController();
  return convertFolder({ folder, name: 'x', type: 'F16', requireSpace: async () => {}, onProgress: () => {}, signal, ...options });
}

const madeIn = async (folder: string) => (await readdir(folder)).filter((name) => name.includes('.gguf'));

describe('converting a folder', () => {
  test('makes a GGUF beside the safetensors, says how large it will be, and how far it is', async () => {
    await using folder = await llamaFolder();
    const needed: number[] = [];
    const progress: { doneBytes: number; totalBytes: number | null }[] = [];
    const converted = await convert(folder.path, {
      requireSpace: async (bytes) => void needed.push(bytes),
      onProgress: (step) => void progress.push(step),
    });
    expect(converted?.files).toEqual([{ path: 'model-F16.gguf', sizeBytes: needed[0], sha256: expect.stringMatching(/^[0-9a-f]{64}$/) }]);
    expect(converted?.replaced).toEqual(['model.safetensors']);
    expect(progress.at(-1)?.doneBytes).toBe(progress.at(-1)?.totalBytes);
    expect(await madeIn(folder.path)).toEqual(['model-F16.gguf']);
    expect((await readGgufCheckpoint(folder.path))?.facts.quantization).toBe('F16');
  });

  test('equal checkpoints give equal files', async () => {
    await using one = await llamaFolder();
    await using other = await llamaFolder();
    expect((await convert(one.path))?.files).toEqual((await convert(other.path))?.files);
  });

  test('ends when it is aborted, with nothing half-made left', async () => {
    await using folder = await llamaFolder();
    const controller = new AbortController();
    const ended = convert(folder.path, { signal: controller.signal, onProgress: () => controller.abort() });
    await expect(ended).rejects.toBeInstanceOf(CanceledError);
    expect(await madeIn(folder.path)).toEqual([]);
    expect(await readdir(folder.path)).toContain('model.safetensors');
  });

  test('writes nothing where there is no room', async () => {
    await using folder = await llamaFolder();
    const requireSpace = async (needBytes: number) => {
      throw new InsufficientDiskError({ needBytes, freeBytes: 1 });
    };
    await expect(convert(folder.path, { requireSpace })).rejects.toBeInstanceOf(InsufficientDiskError);
    expect(await madeIn(folder.path)).toEqual([]);
  });

  test('weights that are cut short are named', async () => {
    await using folder = await llamaFolder();
    const file = join(folder.path, 'model.safetensors');
    await writeFile(file, (await readFile(file)).subarray(0, -1000));
    await expect(convert(folder.path)).rejects.toBeInstanceOf(InvalidModelFileError);
  });

  test('what runs from its safetensors is left alone', async () => {
    await using folder = await temporaryFolder();
    await cp(golden('tiny-bert-st', 'model'), folder.path, { recursive: true });
    expect(await convert(folder.path)).toBeNull();
  });
});

describe('the step of an install', () => {
  test('begins anew over what a kill left, and says in the journal what is kept', async () => {
    await using data = await temporaryFolder();
    const staging = stagingFolder({ config: { ...parseConfig({}), dataFolder: data.path } }, 'task');
    await cp(golden('tiny-llama-hf', 'model'), staging, { recursive: true });
    // Finished right before the kill, and not written down; the other was being written.
    await writeFile(join(staging, 'model-F16.gguf'), 'finished');
    await writeFile(join(staging, 'model-F16.gguf.part'), 'half');
    const paths = (await readdir(staging)).filter((name) => !name.includes('.gguf'));
    const journal: Partial<InstallJournal> = {
      fetched: Object.fromEntries(paths.map((path) => [path, { path, sizeBytes: 1, sha256: path }])),
    };
    const context = {
      taskId: 'task',
      input: { name: 'x', library: null },
      journal,
      signal: new AbortController().signal,
      report: () => {},
      record: async (entries: Partial<InstallJournal>) => void Object.assign(journal, entries),
    } as unknown as TaskContext<InstallInput, InstallJournal>;
    const config = { ...parseConfig({}), dataFolder: data.path };
    const step = convertStep<InstallInput, InstallJournal>({ config, disk: createDiskSpace() } as LifecycleContext, {
      applies: () => true,
      quantizationOf: () => null,
    });
    expect(step.applies?.(context)).toBe(true);
    await step.run(context);
    expect(journal.madeFrom?.map(({ path }) => path)).toEqual(['model.safetensors']);
    expect(Object.keys(journal.fetched ?? {}).sort()).toEqual((await readdir(staging)).sort());
    expect((await readGgufCheckpoint(staging))?.facts.architecture).toBe('llama');
    expect(step.applies?.(context)).toBe(false);
  });
});

describe("a hub's repository that only llama.cpp can run", () => {
  const name = 'maker/llama';
  const steps = 'id state error { code message } steps { name state }';
  const download = `mutation ($input: DownloadModelInput!) { downloadModel(input: $input) { ... on DownloadModelPayload { task { id } } ... on Error { message } } }`;
  const settled = `query ($id: ID!) { task(id: $id) { settled(timeoutMs: 60000) { ${steps} } } }`;

  test('is converted behind its download, and is known when it is asked for again', async () => {
    await using hub = await startStandInHub({ repositories: { [name]: golden('tiny-llama-hf-bf16', 'model') } });
    await using server = await runningApp({ hubEndpoint: hub.url, threads: 1 });
    const fetchIt = async () => {
      const { downloadModel } = await graphql(server.url, download, { input: { source: { repository: name } } });
      expect(downloadModel.message).toBeUndefined();
      return (await graphql(server.url, settled, { id: downloadModel.task.id })).task.settled;
    };
    const first = await fetchIt();
    expect(first).toMatchObject({ state: 'SUCCEEDED' });
    expect(first.steps).toContainEqual({ name: 'CONVERT', state: 'SUCCEEDED' });
    const { model } = await graphql(server.url, 'query ($n: String!) { model(name: $n) { library quantization files { path } } }', {
      n: name,
    });
    expect(model).toMatchObject({ library: 'LLAMA_CPP', quantization: 'F16' });
    const fetched = () => hub.requests.filter(({ url }) => /\.safetensors(\?|$)/.test(url)).length;
    const before = fetched();
    expect(before).toBeGreaterThan(0);
    expect(await fetchIt()).toMatchObject({ state: 'SUCCEEDED' });
    expect(fetched()).toBe(before);
  });
});
