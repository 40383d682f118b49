import { statfs } from 'node:fs/promises';
import { InsufficientDiskError } from '../errors.ts';

/** Left free for the database and everybody else on the disk. */
const reserveBytes = 64 * 1024 ** 2;

/** What may be written on the disk that holds `folder`, in bytes; below 0 where it is in the reserve already. */
export async function writableBytes(folder: string): Promise<number> {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize - reserveBytes;
}

/** Throws INSUFFICIENT_DISK unless the disk that holds `folder` has room for `needBytes` more. */
export async function requireFreeSpace(folder: string, needBytes: number): Promise<void> {
  const freeBytes = Math.max(0, await writableBytes(folder));
  if (needBytes > freeBytes) throw new InsufficientDiskError({ needBytes, freeBytes });
}
