import { cpSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let roots: Awaited<ReturnType<typeof temporaryFolder>>;
let server: RunningApp;

beforeAll(async () => {
  roots = await temporaryFolder();
  server = await runningApp({ importRoots: [roots.path] });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await roots?.[Symbol.asyncDispose]();
});

const importDocument = `mutation ($input: ImportModelInput!) {
  importModel(input: $input) {
    ... on ImportModelPayload { task { settled(timeoutMs: 30000) { state error { __typename code message } } } }
    ... on Error { code message }
  }
}`;

/** Copies the golden checkpoint, spoils it, imports it, and gives how the task ended. */
async function importSpoilt(name: string, spoil: (folder: string) => void) {
  const folder = join(roots.path, name);
  cpSync(goldenFolder('tiny-bert-st'), folder, { recursive: true });
  spoil(folder);
  const { importModel } = await graphql(server.url, importDocument, { input: { path: folder, name } });
  return importModel.task?.settled ?? { state: 'FAILED', error: importModel };
}

/** Rewrites the header of the weights; the data stays where it was in the file's tail. */
function withHeader(folder: string, change: (header: Record<string, any>) => unknown): void {
  const file = join(folder, 'model.safetensors');
  const bytes = readFileSync(file);
  const length = Number(bytes.readBigUInt64LE(0));
  const header = JSON.parse(bytes.subarray(8, 8 + length).toString('utf8'));
  const text = Buffer.from(JSON.stringify(change(header) ?? header));
  const size = Buffer.alloc(8);
  size.writeBigUInt64LE(BigInt(text.length));
  writeFileSync(file, Buffer.concat([size, text, bytes.subarray(8 + length)]));
}

const tensor = 'embeddings.word_embeddings.weight';

function editJson(folder: string, file: string, change: (content: any) => void): void {
  const path = join(folder, file);
  const content = JSON.parse(readFileSync(path, 'utf8'));
  change(content);
  writeFileSync(path, JSON.stringify(content));
}

const spoilings: { what: string; code: string; says: RegExp; spoil: (folder: string) => void }[] = [
  {
    what: 'a header longer than its file',
    code: 'INVALID_MODEL_FILE',
    says: /model\.safetensors/,
    spoil: (folder) => {
      const bytes = readFileSync(join(folder, 'model.safetensors'));
      bytes.writeBigUInt64LE(1n << 62n, 0);
      writeFileSync(join(folder, 'model.safetensors'), bytes);
    },
  },
  {
    what: 'overlapping offsets',
    code: 'INVALID_MODEL_FILE',
    says: /model\.safetensors/,
    spoil: (folder) =>
      withHeader(folder, (header) => {
        header[tensor].data_offsets[0] -= 4;
      }),
  },
  {
    what: 'offsets out of range',
    code: 'INVALID_MODEL_FILE',
    says: /model\.safetensors/,
    spoil: (folder) =>
      withHeader(folder, (header) => {
        header[tensor].data_offsets = [1e12, 1e12 + 4];
      }),
  },
  {
    what: 'an unknown dtype',
    code: 'INVALID_MODEL_FILE',
    says: /word_embeddings/,
    spoil: (folder) =>
      withHeader(folder, (header) => {
        header[tensor].dtype = 'F13';
      }),
  },
  {
    what: 'a shape that lies',
    code: 'INVALID_MODEL_FILE',
    says: /word_embeddings/,
    spoil: (folder) =>
      withHeader(folder, (header) => {
        header[tensor].shape = [1, 1];
      }),
  },
  {
    what: 'a missing tensor',
    code: 'INVALID_MODEL_FILE',
    says: /model\.safetensors/,
    spoil: (folder) =>
      withHeader(folder, (header) =>
        Object.fromEntries(Object.entries(header).map(([name, value]) => [name === tensor ? 'other' : name, value])),
      ),
  },
  {
    what: 'a tokenizer that is not one',
    code: 'INVALID_MODEL_FILE',
    says: /tokenizer\.json/,
    spoil: (folder) => writeFileSync(join(folder, 'tokenizer.json'), '{"model": 7}'),
  },
  {
    what: 'a tokenizer that is not JSON',
    code: 'INVALID_MODEL_FILE',
    says: /tokenizer\.json/,
    spoil: (folder) => writeFileSync(join(folder, 'tokenizer.json'), '\u0000\u0001'),
  },
  { what: 'no config.json', code: 'UNSUPPORTED_MODEL', says: /config\.json/, spoil: (folder) => rmSync(join(folder, 'config.json')) },
  {
    what: 'another architecture',
    code: 'UNSUPPORTED_MODEL',
    says: /BigBirdModel/,
    spoil: (folder) =>
      editJson(folder, 'config.json', (config) => {
        config.architectures = ['BigBirdModel'];
        config.model_type = 'big_bird';
      }),
  },
  {
    what: 'a width that is no number',
    code: 'INVALID_MODEL_FILE',
    says: /hidden_size/,
    spoil: (folder) =>
      editJson(folder, 'config.json', (config) => {
        config.hidden_size = 'wide';
      }),
  },
  {
    what: 'a module that nobody knows',
    code: 'UNSUPPORTED_MODEL',
    says: /Wormhole/,
    spoil: (folder) =>
      editJson(folder, 'modules.json', (modules) => {
        modules[1].type = 'sentence_transformers.models.Wormhole';
      }),
  },
  {
    what: 'a module path that leaves the folder',
    code: 'INVALID_MODEL_FILE',
    says: /modules\.json|\.\./,
    spoil: (folder) =>
      editJson(folder, 'modules.json', (modules) => {
        modules[1].path = '../../etc';
      }),
  },
  {
    what: 'only a pickle',
    code: 'UNSUPPORTED_MODEL',
    says: /safetensors/,
    spoil: (folder) => {
      rmSync(join(folder, 'model.safetensors'));
      writeFileSync(join(folder, 'pytorch_model.bin'), 'pickle');
    },
  },
];

describe('an import of a spoilt checkpoint', () => {
  for (const [index, { what, code, says, spoil }] of spoilings.entries()) {
    it(`with ${what} is ${code}, and leaves nothing`, async () => {
      const ended = await importSpoilt(`spoilt/${index}`.replace('/', '-'), spoil);
      expect(ended).toMatchObject({ state: 'FAILED', error: { code } });
      expect(ended.error.message).toMatch(says);
      expect(readdirSync(join(server.app.services.config.dataFolder, 'models'))).toEqual([]);
      // The failure is told first, then what was copied is removed.
      await expect.poll(() => readdirSync(join(server.app.services.config.dataFolder, 'partial'))).toEqual([]);
      const { models } = await graphql(server.url, '{ models { totalCount } }');
      expect(models.totalCount).toBe(0);
    });
  }

  it('from outside the import roots is refused by name of the setting', async () => {
    const { importModel } = await graphql(server.url, importDocument, { input: { path: '/etc', name: 'etc' } });
    const error = importModel.task?.settled.error ?? importModel;
    expect(error).toMatchObject({ code: 'INVALID_INPUT' });
    expect(error.message).toMatch(/MODELKEEP_IMPORT_ROOTS/);
  });

  for (const name of ['../up', 'a\u0000b', '', ' ', '/abs', 'x'.repeat(300)]) {
    it(`under the name ${JSON.stringify(name).slice(0, 20)} is INVALID_INPUT`, async () => {
      const { importModel } = await graphql(server.url, importDocument, { input: { path: join(roots.path, 'spoilt-0'), name } });
      expect(importModel).toMatchObject({ code: 'INVALID_INPUT' });
    });
  }
});
