import { execFile } from 'node:child_process';
import { readFile, symlink } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { startCommand } from '../support/command-line.ts';
import { graphql } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const project = resolve(import.meta.dirname, '../..');

test('the bundle serves: it makes the demo model, loads it in a runner of its own and embeds; it embeds images too', async () => {
  await using folder = await temporaryFolder();
  // Native libraries are not in the bundle.
  await symlink(join(project, 'node_modules'), join(folder.path, 'node_modules'));
  const dist = join(folder.path, 'dist');
  await promisify(execFile)(process.execPath, [join(project, 'build.ts'), dist]);

  const golden = join(project, 'test/golden');
  const settings = {
    MODELKEEP_PORT: '0',
    MODELKEEP_PORTS: '',
    MODELKEEP_DATA: join(folder.path, 'data'),
    MODELKEEP_IMPORT_ROOTS: golden,
  };
  await using run = startCommand(['demo'], settings, join(dist, 'main.js'));
  const [, url = ''] = await run.printed(/serves demo\/bag-of-words at (\S+) /);
  const { embed } = await graphql(
    url,
    '{ embed(input: { model: "demo/bag-of-words", items: [{ text: "a cat on a mat" }] }) { embeddings { dimensions tokenCount vector } } }',
  );
  expect(embed.embeddings).toEqual([{ dimensions: 128, tokenCount: expect.any(Number), vector: expect.any(Array) }]);
  expect(Math.hypot(...embed.embeddings[0].vector)).toBeCloseTo(1, 5);

  // Images are prepared in a thread that has a file of its own.
  const path = join(golden, 'tiny-mobileclip/model');
  const settled = 'settled(timeoutMs: 60000) { state }';
  await graphql(
    url,
    `mutation ($input: ImportModelInput!) { importModel(input: $input) { ... on ImportModelPayload { task { ${settled} } } } }`,
    {
      input: { path, name: 'clip' },
    },
  );
  await graphql(url, `mutation { loadModel(input: { name: "clip" }) { ... on LoadModelPayload { task { ${settled} } } } }`);
  const image = (await readFile(join(golden, 'images/rgb.png'))).toString('base64');
  const images = await graphql(
    url,
    'query ($base64: String!) { embed(input: { model: "clip", items: [{ image: { base64: $base64 } }] }) { embeddings { vector } } }',
    { base64: image },
  );
  expect(Math.hypot(...images.embed.embeddings[0].vector)).toBeCloseTo(1, 5);
});
