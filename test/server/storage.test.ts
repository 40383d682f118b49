import { readdir, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openDatabase } from '../../src/storage/database.ts';
import { DataFolderLockedError } from '../../src/storage/database-errors.ts';
import { startStorageProcess } from '../support/killable-process.ts';
import { openCatalogue } from '../support/stored-models.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

test('a second process is refused in one line while the first lives, and let in after kill -9', async () => {
  await using folder = await temporaryFolder();
  await using first = startStorageProcess(folder.path, 'hold');
  await first.said('held');
  await using second = startStorageProcess(folder.path, 'hold');
  const { message } = await second.said('refused');
  expect(message).toMatch(new RegExp(`^${folder.path} is used by another modelkeep \\(process ${first.id}\\)\\.[^\\n]*$`));
  await expect(openDatabase(folder.path)).rejects.toThrow(DataFolderLockedError);
  await first.kill();
  await using third = startStorageProcess(folder.path, 'hold');
  await third.said('held');
});

test('killed at any moment of installing and removing, every model is whole or not there', async () => {
  await using folder = await temporaryFolder();
  const models = join(folder.path, 'models');
  for (let round = 0; round < 8; round++) {
    await using installer = startStorageProcess(folder.path, 'install');
    await installer.said('installed', 1 + round * 2);
    await installer.kill();

    await using set = await openCatalogue(folder.path);
    const { items } = await set.catalogue.list({ installed: true }, { limit: 100 });
    const owned = items.map(({ item }) => item.folder);
    expect((await readdir(models)).sort()).toEqual([...owned].sort());
    for (const { item } of items) {
      expect(item.files).toHaveLength(3);
      for (const { path, sizeBytes } of item.files) expect((await stat(join(set.catalogue.folderOf(item), path))).size).toBe(sizeBytes);
      const manifest = JSON.parse(await readFile(join(set.catalogue.folderOf(item), 'manifest.json'), 'utf8'));
      expect([manifest.id, manifest.revision]).toEqual([item.id, item.revision]);
    }
    // The last revision that was acknowledged is there, or one that was under way, or it was being removed.
    const last = installer.messages.findLast(({ type }) => type === 'installed')?.revision;
    const later = installer.messages.slice(installer.messages.findLastIndex(({ type }) => type === 'installed') + 1);
    const model = items.find(({ item }) => item.name === 'o/m')?.item;
    if (!later.some(({ type }) => type === 'removing'))
      expect([last, later.find(({ type }) => type === 'installing')?.revision]).toContain(model?.revision);
  }
});
