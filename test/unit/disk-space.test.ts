import { afterAll, beforeAll, expect, test } from 'vitest';
import { createDiskSpace } from '../../src/lifecycle/disk-space.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

let folder: Awaited<ReturnType<typeof temporaryFolder>>;
beforeAll(async () => {
  folder = await temporaryFolder();
});
afterAll(() => folder[Symbol.asyncDispose]());

test('what one download is promised is not there for another, until it is written or given up', async () => {
  const disk = createDiskSpace();
  const share = Math.floor(0.6 * (await disk.freeBytes(folder.path)));
  const first = await disk.reserve(folder.path, share);
  await expect(disk.reserve(folder.path, share)).rejects.toMatchObject({ code: 'INSUFFICIENT_DISK', needBytes: share });
  // What is written the disk counts itself, and here it did not: the room is free again.
  first.written(share);
  (await disk.reserve(folder.path, share))[Symbol.dispose]();
  first.written(0);
  await expect(disk.reserve(folder.path, share)).rejects.toMatchObject({ code: 'INSUFFICIENT_DISK' });
  first[Symbol.dispose]();
  (await disk.reserve(folder.path, share))[Symbol.dispose]();
});
