import { createHash, type Hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { type FileHandle, mkdir, open, statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { CanceledError, InsufficientDiskError } from '../errors.ts';

/** Enough for the database to grow by while its log is not yet folded in. */
const roomForRecordsBytes = 4 * 1024 ** 2;

/**
 * Writes chunks to the end of a file (made if missing) and answers when they are on the disk for good. What came before a
 * failure stays, so that the rest can follow (all but the last megabytes where the disk is full). `onBytes` is told of each chunk that is written. Throws INSUFFICIENT_DISK,
 * CANCELED, and whatever `chunks` throws.
 */
export async function appendToFile(
  target: string,
  chunks: AsyncIterable<Uint8Array>,
  { hash, signal, onBytes }: { hash: Hash; signal?: AbortSignal | undefined; onBytes: (count: number) => void },
): Promise<void> {
  await mkdir(dirname(target), { recursive: true });
  const file = await open(target, 'a', 0o644);
  try {
    for await (const chunk of chunks) {
      if (signal?.aborted) throw new CanceledError({ what: 'Writing the file' });
      // appendFile writes all of it, where write may stop halfway.
      await file.appendFile(chunk);
      hash.update(chunk);
      onBytes(chunk.length);
    }
    await file.sync();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    const failure = await diskFull(target);
    await makeRoom(file);
    throw failure;
  } finally {
    await file.close();
  }
}

/** Gives the end of what was written back: without a byte left on the disk, nobody could even note that the task failed. */
async function makeRoom(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.truncate(Math.max(0, size - roomForRecordsBytes));
}

/** The disk that holds a file is full. */
export async function diskFull(target: string): Promise<InsufficientDiskError> {
  const { bavail, bsize } = await statfs(dirname(target));
  return new InsufficientDiskError({ needBytes: bavail * bsize + 1, freeBytes: bavail * bsize });
}

/** Feeds a file's bytes to a hash. Throws CANCELED. */
export async function hashFile(path: string, hash: Hash, signal?: AbortSignal): Promise<Hash> {
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 ** 2 })) {
    if (signal?.aborted) throw new CanceledError({ what: 'Checking the file' });
    hash.update(chunk as Buffer);
  }
  return hash;
}

/** The id that git gives to a file's content: sha1 of `blob <size>\0` and the bytes. */
export async function gitBlobSha1(path: string, sizeBytes: number, signal?: AbortSignal): Promise<string> {
  return (await hashFile(path, createHash('sha1').update(`blob ${sizeBytes}\0`), signal)).digest('hex');
}
