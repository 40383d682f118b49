import { mkdir, readdir, readFile, rm, stat, symlink, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { InvalidModelFileError } from '../../src/errors.ts';
import { openCatalogue, someFacts, stage } from '../support/stored-models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const exists = (path: string) =>
  stat(path).then(
    () => true,
    () => false,
  );

test('installed files are read-only, whole and beside their manifest; the staged ones are gone', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const request = await stage(folder.path, 'o/m', { 'config.json': '{}', '1_Pooling/config.json': '{"a":1}' });
  const { model, retiredFolder } = await set.catalogue.install(request);
  expect(model).toMatchObject({
    name: 'o/m',
    facts: someFacts,
    library: 'SENTENCE_TRANSFORMERS',
    sizeBytes: 9,
    revision: 'c0ffee',
    description: someFacts.description,
  });
  expect(retiredFolder).toBeNull();
  const path = set.catalogue.folderOf(model);
  expect(await readFile(join(path, '1_Pooling/config.json'), 'utf8')).toBe('{"a":1}');
  for (const name of ['config.json', '1_Pooling/config.json', 'manifest.json'])
    expect((await stat(join(path, name))).mode & 0o777).toBe(0o444);
  expect(await exists(request.stagingFolder)).toBe(false);
  expect(await readdir(join(folder.path, 'models'))).toEqual([model.folder]);
});

test('equal content is one file on the disk, and stays when the other model goes', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { catalogue } = set;
  const first = (await catalogue.install(await stage(folder.path, 'a/first', { 'w.safetensors': 'weights', 'own.txt': '1' }))).model;
  const second = (await catalogue.install(await stage(folder.path, 'b/second', { 'sub/w2.safetensors': 'weights', 'own.txt': '2' }))).model;
  const [one, two] = [join(catalogue.folderOf(first), 'w.safetensors'), join(catalogue.folderOf(second), 'sub/w2.safetensors')];
  expect((await stat(one)).ino).toBe((await stat(two)).ino);
  const sha256 = first.files.find(({ path }) => path === 'w.safetensors')?.sha256 ?? '';
  expect([one, two]).toContain(await catalogue.findBlob(sha256));
  await catalogue.remove(first.id);
  expect(await readFile(two, 'utf8')).toBe('weights');
  expect(await catalogue.findBlob(sha256)).toBe(two);
  await catalogue.remove(second.id);
  expect(await catalogue.findBlob(sha256)).toBeNull();
  expect(await readdir(join(folder.path, 'models'))).toEqual([]);
});

test('a newer revision takes the name over and leaves the old folder to the caller', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { catalogue } = set;
  const entry = await catalogue.register({ name: 'o/m', aliases: ['m'], source: { type: 'none' }, card: { usage: 'u' }, custom: true });
  const first = await catalogue.install(await stage(folder.path, 'O/M', { 'a.txt': 'old' }, 'r1'));
  expect(first.model).toMatchObject({ id: entry.id, name: 'o/m', aliases: ['m'], card: { usage: 'u' }, custom: true });
  const second = await catalogue.install(await stage(folder.path, 'o/m', { 'a.txt': 'new' }, 'r2'));
  expect(second.model).toMatchObject({ id: entry.id, revision: 'r2' });
  expect(second.retiredFolder).toBe(catalogue.folderOf(first.model));
  expect(await readFile(join(second.retiredFolder ?? '', 'a.txt'), 'utf8')).toBe('old');
  expect(await readFile(join(catalogue.folderOf(second.model), 'a.txt'), 'utf8')).toBe('new');
});

test('the same install once more, as after a crash, changes nothing', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const request = await stage(folder.path, 'o/m', { 'a.txt': 'a' });
  const { model } = await set.catalogue.install(request);
  expect(await set.catalogue.install(request)).toEqual({ model, retiredFolder: null });
});

test('files that are missing, cut, links or lead out of the folder are not installed', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const refused = async (change: (request: Awaited<ReturnType<typeof stage>>) => Promise<void> | void) => {
    const request = await stage(folder.path, 'o/m', { 'a.txt': 'aaa', 'b.txt': 'bbb' });
    await change(request);
    await expect(set.catalogue.install(request)).rejects.toThrow(InvalidModelFileError);
    expect(await readdir(join(folder.path, 'models'))).toEqual([]);
    expect(await set.catalogue.find('o/m')).toBeNull();
    expect(await exists(request.stagingFolder)).toBe(true);
  };
  await refused(({ stagingFolder }) => rm(join(stagingFolder, 'b.txt')));
  await refused(({ stagingFolder }) => writeFile(join(stagingFolder, 'b.txt'), 'b'));
  await refused(async ({ stagingFolder }) => {
    await rm(join(stagingFolder, 'b.txt'));
    await symlink('a.txt', join(stagingFolder, 'b.txt'));
  });
  for (const path of ['../b.txt', '/etc/passwd', 'a/../../b.txt', './b.txt', 'a//b', 'a\\b', 'a\0b', '', 'a.txt'])
    await refused((request) => {
      request.files = [...request.files, { path, sizeBytes: 3, sha256: '0'.repeat(64) }];
    });
});

test("upstream's own manifest.json gives way to ours", async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { model } = await set.catalogue.install(await stage(folder.path, 'o/m', { 'a.txt': 'a', 'manifest.json': '{"evil":true}' }));
  expect(model.files.map(({ path }) => path)).toEqual(['a.txt']);
  expect(JSON.parse(await readFile(join(set.catalogue.folderOf(model), 'manifest.json'), 'utf8'))).toMatchObject({
    version: 1,
    name: 'o/m',
  });
});

test('removing the files keeps the entry', async () => {
  await using folder = await temporaryFolder();
  await using set = await openCatalogue(folder.path);
  const { model } = await set.catalogue.install(await stage(folder.path, 'o/m', { 'a.txt': 'a' }));
  await set.catalogue.removeFiles(model.id);
  await set.catalogue.removeFiles(model.id);
  expect(await set.catalogue.get(model.id)).toMatchObject({
    name: 'o/m',
    source: model.source,
    folder: null,
    facts: null,
    files: [],
    sizeBytes: 0,
    revision: null,
  });
  expect(await readdir(join(folder.path, 'models'))).toEqual([]);
});

test('a start removes what nobody owns and mends what is missing', async () => {
  await using folder = await temporaryFolder();
  const models = join(folder.path, 'models');
  let keptFolder: string | null = null;
  let lostId = '';
  {
    await using set = await openCatalogue(folder.path);
    keptFolder = (await set.catalogue.install(await stage(folder.path, 'o/kept', { 'a.txt': 'a' }))).model.folder;
    const lost = (await set.catalogue.install(await stage(folder.path, 'o/lost', { 'b.txt': 'b' }))).model;
    lostId = lost.id;
    await rm(set.catalogue.folderOf(lost), { recursive: true });
  }
  for (const name of ['installing-x', 'removing-y', '3f2504e0-4f89-41d3-9a0c-0305e82c3301', 'notes of a person']) {
    await mkdir(join(models, name, 'deep'), { recursive: true });
    await writeFile(join(models, name, 'deep', 'file'), '');
  }
  await using again = await openCatalogue(folder.path);
  expect((await readdir(models)).sort()).toEqual([keptFolder, 'notes of a person'].sort());
  expect(await again.catalogue.get(lostId)).toMatchObject({ name: 'o/lost', folder: null, facts: null });
  expect(dirname(again.catalogue.folderOf(await again.catalogue.require({ name: 'o/kept' })))).toBe(models);
});
