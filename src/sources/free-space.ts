import { statfs } from 'node:fs/promises';
import { InsufficientDiskError } from '../errors.ts';

/** Left free for the database and everybody else on the disk. */
const reserveBytes = 64 * 1024 ** 2;

/** Throws INSUFFICIENT_DISK unless the disk that holds `folder` has room for `needBytes` more. */
export async function requireFreeSpace(folder: string, needBytes: number): Promise<void> {
  const { bavail, bsize } = await statfs(folder);
  const freeBytes = Math.max(0, bavail * bsize - reserveBytes);
  if (needBytes > freeBytes) throw new InsufficientDiskError({ needBytes, freeBytes });
}
