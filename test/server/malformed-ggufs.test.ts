import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generatingServer } from '../support/generating-server.ts';
import { foxModel } from '../support/gguf-models.ts';
import { type MalformedGguf, malformedGgufs } from '../support/malformed-ggufs.ts';
import { graphql, type RunningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const task = '{ task { settled(timeoutMs: 30000) { state error { code message } } } }';
const importDocument = `mutation ($input: ImportModelInput!) {
  importModel(input: $input) { ... on ImportModelPayload ${task} ... on Error { code message } }
}`;
const uploadDocument = `mutation ($input: UploadModelInput!) {
  uploadModel(input: $input) { ... on UploadModelPayload ${task} ... on Error { code message } }
}`;

describe('a malformed GGUF', () => {
  let roots: Awaited<ReturnType<typeof temporaryFolder>>;
  let server: RunningApp;
  let files: MalformedGguf[];
  beforeAll(async () => {
    roots = await temporaryFolder();
    server = await generatingServer({ fox: { model: foxModel() } }, { importRoots: [tmpdir()], logLevel: 'silent' });
    files = await malformedGgufs();
  }, 60_000);
  afterAll(async () => {
    await server?.[Symbol.asyncDispose]();
    await roots?.[Symbol.asyncDispose]();
  });

  /** The processes that run the other model. */
  async function runners(): Promise<number[]> {
    const { catalogue, scheduler } = server.app.services;
    const processIds = scheduler.processIds((await catalogue.require({ name: 'fox' })).id);
    expect(processIds).toHaveLength(1);
    return processIds;
  }

  async function foxSpeaks(): Promise<void> {
    const document = '{ generate(input: { model: "fox", prompt: "hello", maxTokens: 2 }) { text } models { totalCount } }';
    const { generate, models } = await graphql(server.url, document);
    expect({ text: generate.text.trim(), models: models.totalCount }).toEqual({ text: 'the quick', models: 1 });
  }

  async function isRefused(name: string, answer: any, { what, says }: MalformedGguf): Promise<void> {
    const error = answer.task ? answer.task.settled.error : answer;
    expect(error, what).toMatchObject({ code: expect.stringMatching(/^(INVALID_MODEL_FILE|UNSUPPORTED_MODEL)$/) });
    expect(error.message, what).toMatch(says);
    expect((await graphql(server.url, 'query ($name: String!) { model(name: $name) { name } }', { name })).model, what).toBeNull();
  }

  /** Each takes a process to look at: one half goes through each door. The header's own test has them all. */
  const halves = () =>
    [0, 1].map((half) => files.filter((_, index) => index % 2 === half || index < 2)) as [MalformedGguf[], MalformedGguf[]];

  /** Several at a time, while the other model speaks. */
  async function refuseAll(chosen: readonly MalformedGguf[], send: (file: MalformedGguf, name: string) => Promise<any>): Promise<void> {
    const before = await runners();
    for (let first = 0; first < chosen.length; first += 8) {
      const some = chosen.slice(first, first + 8).map(async (file, index) => {
        const name = `bad-${first + index}`;
        await isRefused(name, await send(file, name), file);
      });
      await Promise.all([...some, foxSpeaks()]);
    }
    await foxSpeaks();
    expect(await runners()).toEqual(before);
  }

  it('is refused by its fault when a folder is imported; nobody else notices', async () => {
    await refuseAll(halves()[0], async (file, name) => {
      const path = join(roots.path, name);
      await mkdir(path);
      await writeFile(join(path, 'model.gguf'), file.bytes);
      return (await graphql(server.url, importDocument, { input: { path, name } })).importModel;
    });
  }, 120_000);

  it('is refused the same way when it is uploaded, and leaves nothing behind', async () => {
    // What does not begin as a GGUF is an archive that is none.
    const [, uploaded] = halves();
    await refuseAll(
      uploaded.filter(({ bytes }) => bytes.subarray(0, 4).equals(Buffer.from('GGUF'))),
      async ({ bytes }, name) => {
        const form = new FormData();
        form.set('operations', JSON.stringify({ query: uploadDocument, variables: { input: { file: null, name } } }));
        form.set('map', JSON.stringify({ 0: ['variables.input.file'] }));
        form.set('0', new Blob([new Uint8Array(bytes)]), 'sent.gguf');
        const response = await fetch(`${server.url}/graphql`, {
          method: 'POST',
          body: form,
          headers: { 'graphql-require-preflight': '1' },
        });
        return ((await response.json()) as any).data.uploadModel;
      },
    );
    expect(await readdir(server.app.services.lifecycle.uploads.folder)).toEqual([]);
  }, 120_000);
});
