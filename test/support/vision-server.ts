import { join } from 'node:path';
import sharp from 'sharp';
import { expect } from 'vitest';
import { graphql, type RunningApp, runningApp } from './running-app.ts';
import { temporaryFolder } from './temporary-folder.ts';
import { type VisionModelOptions, writeVisionModel } from './vision-model.ts';

const importDocument = `mutation ($input: ImportModelInput!) {
  importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 30000) { state error { code message } } } } ... on Error { message } }
}`;
const loadDocument = `mutation ($input: LoadModelInput!) {
  loadModel(input: $input) { ... on LoadModelPayload { task { settled(timeoutMs: 60000) { state error { code message } } } } ... on Error { message } }
}`;

/** Imports a folder, and says how that ended. */
export async function importFolder(url: string, path: string, name: string) {
  const { importModel } = await graphql(url, importDocument, { input: { path, name } });
  return importModel.task?.settled ?? importModel;
}

/** Loads a model, and says how that ended. */
export async function load(url: string, name: string, options: object = {}) {
  const { loadModel } = await graphql(url, loadDocument, { input: { name, ...options } });
  return loadModel.task?.settled ?? loadModel;
}

/** A whole server with tiny LLaVAs, each loaded as it is said. */
export async function visionServer(
  models: Record<string, { model?: VisionModelOptions; load?: Record<string, unknown> }>,
  settings: Parameters<typeof runningApp>[0] = {},
): Promise<RunningApp> {
  await using undo = new AsyncDisposableStack();
  const roots = undo.use(await temporaryFolder());
  const server = undo.use(await runningApp({ importRoots: [roots.path], threads: 1, ...settings }));
  for (const [name, { model = {}, load: options = {} }] of Object.entries(models)) {
    const folder = join(roots.path, name);
    await writeVisionModel(folder, model);
    expect(await importFolder(server.url, folder, name)).toMatchObject({ state: 'SUCCEEDED' });
    expect(await load(server.url, name, options)).toMatchObject({ state: 'SUCCEEDED' });
  }
  const kept = undo.move();
  return { ...server, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

/** A picture of stripes, other ones for another number. */
export async function stripes(number: number, format: 'png' | 'jpeg' = 'png'): Promise<Buffer> {
  const [width, height] = [40, 30];
  const data = Buffer.from(Array.from({ length: width * height * 3 }, (_, index) => (index * number * 7) % 256));
  return sharp(data, { raw: { width, height, channels: 3 } })
    [format]()
    .toBuffer();
}
