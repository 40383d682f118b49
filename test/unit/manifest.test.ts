import { copyFile, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readManifest } from '../../src/models/manifest.ts';
import { openCatalogue, someFacts, stage } from '../support/stored-models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const loseDatabase = async (folder: string) => {
  for (const name of await readdir(folder)) if (name.startsWith('state.db')) await rm(join(folder, name));
};

test('a lost database is rebuilt from the manifests', async () => {
  await using folder = await temporaryFolder();
  let before: unknown;
  {
    await using set = await openCatalogue(folder.path);
    await set.catalogue.install(await stage(folder.path, 'one/first', { 'a.txt': 'a' }));
    const { model } = await set.catalogue.install(await stage(folder.path, 'two/second', { 'sub/b.txt': 'b' }));
    await set.catalogue.update(model.id, { aliases: ['second'], description: 'Mine.', card: { usage: 'tests' } });
    before = (await set.catalogue.list({}, { limit: 9 })).items.map(({ item }) => item);
  }
  await loseDatabase(folder.path);
  await stage(folder.path, 'begun', { 'half.txt': '' });
  await using again = await openCatalogue(folder.path);
  expect((await again.catalogue.list({}, { limit: 9 })).items.map(({ item }) => item)).toEqual(before);
  expect((await again.catalogue.find('SECOND'))?.description).toBe('Mine.');
  expect(await readdir(join(folder.path, 'partial'))).toEqual([]);
});

test('a rebuild puts what is not whole aside, and keeps the newer of two folders of one model', async () => {
  await using folder = await temporaryFolder();
  const models = join(folder.path, 'models');
  let newer: string | null = null;
  {
    await using set = await openCatalogue(folder.path);
    const old = await set.catalogue.install(await stage(folder.path, 'm/m', { 'a.txt': 'a' }, 'r1'));
    newer = (await set.catalogue.install(await stage(folder.path, 'm/m', { 'a.txt': 'b' }, 'r2'))).model.folder;
    const manifest = join(models, old.model.folder ?? '', 'manifest.json');
    const earlier = JSON.parse(await readFile(manifest, 'utf8'));
    await rm(manifest);
    await writeFile(manifest, JSON.stringify({ ...earlier, installedAt: '2020-01-01T00:00:00.000Z' }));
    const cut = await set.catalogue.install(await stage(folder.path, 'cut/off', { 'a.txt': 'abc' }));
    await rm(join(models, cut.model.folder ?? '', 'a.txt'));
    const hostile = await set.catalogue.install(await stage(folder.path, 'not/json', { 'a.txt': 'abc' }));
    await rm(join(models, hostile.model.folder ?? '', 'manifest.json'));
    await writeFile(join(models, hostile.model.folder ?? '', 'manifest.json'), '{"version": 1, "id": "../.."}');
  }
  await loseDatabase(folder.path);
  {
    await using again = await openCatalogue(folder.path);
    const { items } = await again.catalogue.list({}, { limit: 9 });
    expect(items.map(({ item }) => [item.name, item.folder, item.revision])).toEqual([['m/m', newer, 'r2']]);
    expect((await readdir(models)).filter((name) => name.startsWith('damaged-'))).toHaveLength(2);
  }
  // The older one of the two is nobody's at the next start.
  await using _last = await openCatalogue(folder.path);
  expect((await readdir(models)).filter((name) => !name.startsWith('damaged-'))).toEqual([newer]);
});

test('a manifest that a crash left behind the database is written again', async () => {
  await using folder = await temporaryFolder();
  let path = '';
  {
    await using set = await openCatalogue(folder.path);
    const { model } = await set.catalogue.install(await stage(folder.path, 'm/m', { 'a.txt': 'a' }));
    path = set.catalogue.folderOf(model);
    await copyFile(join(path, 'manifest.json'), join(folder.path, 'older'));
    await set.catalogue.update(model.id, { newName: 'm/renamed' });
  }
  await rename(join(folder.path, 'older'), join(path, 'manifest.json'));
  expect((await readManifest(path))?.name).toBe('m/m');
  await using _again = await openCatalogue(folder.path);
  expect(await readManifest(path)).toMatchObject({ version: 1, name: 'm/renamed', facts: someFacts });
});
