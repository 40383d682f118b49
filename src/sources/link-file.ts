import { mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { linkOrCopy } from '../storage/link-or-copy.ts';
import { joinSafely } from './safe-path.ts';

/** Puts a second name for a file's bytes into a folder, under a path of its own. Throws INVALID_MODEL_FILE for a path that leads out. */
export async function linkFile(file: string, { folder, path }: { folder: string; path: string }): Promise<void> {
  const target = joinSafely(folder, path);
  await mkdir(dirname(target), { recursive: true });
  await linkOrCopy(file, target);
}
