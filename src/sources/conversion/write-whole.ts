import { createHash } from 'node:crypto';
import { open, rename } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { FetchedFile } from '../source.ts';

/** What a file is called until it is whole. */
export function partOf(path: string): string {
  return `${path}.part`;
}

/** Writes a file beside its place and renames it when every byte is on the disk: there is all of it under its name, or nothing. */
export async function writeWhole(folder: string, path: string, pieces: AsyncIterable<Uint8Array>): Promise<FetchedFile> {
  const target = join(folder, path);
  const hash = createHash('sha256');
  let sizeBytes = 0;
  const handle = await open(partOf(target), 'w', 0o600);
  try {
    for await (const piece of pieces) {
      hash.update(piece);
      sizeBytes += piece.length;
      await handle.writeFile(piece);
    }
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(partOf(target), target);
  await syncFolder(dirname(target));
  return { path, sizeBytes, sha256: hash.digest('hex') };
}

async function syncFolder(folder: string): Promise<void> {
  const handle = await open(folder, 'r');
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
