import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { InvalidInputError } from '../errors.ts';
import { requireFreeSpace } from './free-space.ts';
import { appendToFile } from './write-file.ts';

/** A file that a client sent, whole. */
export interface FinishedUpload {
  id: string;
  /** As the client named it; never part of a path. */
  fileName: string | null;
  sizeBytes: number;
  /** Of what came in one go; null for one that came in pieces, whose bytes are hashed when they are used. */
  sha256: string | null;
}

/**
 * Files on their way in: `<id>` with a record `<id>.json` beside it, which is how the tus protocol's file store keeps them too,
 * so that what came resumably and what came at once are the same thing. What nobody claims is swept away.
 */
export interface UploadStore {
  /** Absolute path of the folder. */
  readonly folder: string;
  /**
   * Writes a stream to disk, never through memory. What is incomplete leaves nothing. Throws INVALID_INPUT for one that is too large
   * or empty, INSUFFICIENT_DISK, CANCELED.
   */
  receive(
    bytes: AsyncIterable<Uint8Array>,
    options: {
      fileName: string | null;
      /** What was announced, where it was. */
      expectedBytes?: number;
      signal?: AbortSignal | undefined;
    },
  ): Promise<FinishedUpload>;
  /** Throws INVALID_INPUT for more than may be uploaded, INSUFFICIENT_DISK for more than there is room for. */
  requireSpace(needBytes: number): Promise<void>;
  /** Throws INVALID_INPUT for an id that is unknown, or whose file is not whole yet. */
  find(id: string): Promise<FinishedUpload>;
  /** Takes an upload out of reach of others and of the sweep, for one task. Throws as `find`. */
  claim(id: string): Promise<FinishedUpload>;
  /** Ids of all uploads that tasks have claimed. */
  claimed(): Promise<string[]>;
  /** Where a claimed upload's bytes are. */
  claimedFile(id: string): string;
  /** Removes an upload that nobody claimed. No error where there is none. */
  drop(id: string): Promise<void>;
  /** Removes a claimed upload. No error where it is gone. */
  release(id: string): Promise<void>;
  /** Removes what was left more than `expiryMs` ago, and pieces of what cannot be resumed. Answers how many files went. */
  sweep(): Promise<number>;
}

/** How long an upload waits for its next piece, or for somebody to use it. */
const uploadExpiryMs = 24 * 3_600_000;

const record = z.looseObject({
  size: z.number().nullish(),
  metadata: z.record(z.string(), z.string().nullable()).nullish(),
  sha256: z.string().nullish(),
});
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const claimedSuffix = '.claimed';

export async function createUploadStore({
  folder,
  maxBytes,
  clock,
}: {
  folder: string;
  maxBytes: number;
  clock: Clock;
}): Promise<UploadStore> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const receiving = new Set<string>();
  const fileOf = (id: string) => join(folder, requireId(id));
  const recordOf = (id: string) => `${fileOf(id)}.json`;

  async function find(id: string): Promise<FinishedUpload> {
    const unknown = () =>
      new InvalidInputError({ field: 'input.uploadId', message: `there is no upload ${JSON.stringify(id.slice(0, 100))}.` });
    if (!uuid.test(id)) throw unknown();
    const told = record.safeParse(JSON.parse(await readFile(recordOf(id), 'utf8').catch(() => 'null')));
    const file = await stat(fileOf(id)).catch(() => null);
    if (!told.success || !file) throw unknown();
    const { size, metadata, sha256 } = told.data;
    if (size !== file.size) {
      const message = `the upload is not whole yet: ${file.size} of ${size ?? 'an unknown number of'} bytes are here. Send the rest first.`;
      throw new InvalidInputError({ field: 'input.uploadId', message });
    }
    return { id, fileName: metadata?.filename ?? metadata?.name ?? null, sizeBytes: file.size, sha256: sha256 ?? null };
  }

  async function requireSpace(needBytes: number): Promise<void> {
    if (needBytes > maxBytes) throw tooLarge(maxBytes);
    await requireFreeSpace(folder, needBytes);
  }

  return {
    folder,
    find,
    requireSpace,
    async receive(bytes, { fileName, expectedBytes = 0, signal }) {
      const id = randomUUID();
      receiving.add(id);
      try {
        await requireSpace(expectedBytes);
        const hash = createHash('sha256');
        let sizeBytes = 0;
        await appendToFile(fileOf(id), bytes, {
          hash,
          signal,
          onBytes(count) {
            sizeBytes += count;
            if (sizeBytes > maxBytes) throw tooLarge(maxBytes);
          },
        });
        const sha256 = hash.digest('hex');
        const metadata = fileName === null ? {} : { filename: fileName };
        await writeFile(
          recordOf(id),
          JSON.stringify({ id, size: sizeBytes, offset: sizeBytes, metadata, sha256, creation_date: clock.now() }),
        );
        return { id, fileName, sizeBytes, sha256 };
      } catch (error) {
        await rm(fileOf(id), { force: true });
        throw error;
      } finally {
        receiving.delete(id);
      }
    },
    async claim(id) {
      const upload = await find(id);
      await rename(fileOf(id), fileOf(id) + claimedSuffix);
      await rm(recordOf(id), { force: true });
      return upload;
    },
    async claimed() {
      const names = await readdir(folder);
      return names
        .filter((name) => name.endsWith(claimedSuffix))
        .map((name) => name.slice(0, -claimedSuffix.length))
        .filter((id) => uuid.test(id));
    },
    claimedFile: (id) => fileOf(id) + claimedSuffix,
    async drop(id) {
      await rm(fileOf(id), { force: true });
      await rm(recordOf(id), { force: true });
    },
    async release(id) {
      await rm(fileOf(id) + claimedSuffix, { force: true });
    },
    async sweep() {
      const names = new Set(await readdir(folder));
      const before = clock.now().getTime() - uploadExpiryMs;
      let removed = 0;
      for (const name of names) {
        const id = name.replace(/\.json$/, '');
        if (name.endsWith(claimedSuffix) || receiving.has(id)) continue;
        const file = await stat(join(folder, name)).catch(() => null);
        // Of one that came at once and never ended, nobody has the rest; a record alone is left by a crash in a claim.
        const isOrphan = !names.has(name === id ? `${name}.json` : id);
        if (!file || (!isOrphan && (await latest(folder, id, file.mtimeMs)) > before)) continue;
        await rm(join(folder, name), { force: true, recursive: true });
        removed += 1;
      }
      return removed;
    },
  };
}

/** When a piece of an upload last came: its record is written once, its file with every piece. */
async function latest(folder: string, id: string, otherwise: number): Promise<number> {
  return (await stat(join(folder, id)).catch(() => null))?.mtimeMs ?? otherwise;
}

function tooLarge(maxBytes: number): InvalidInputError {
  return new InvalidInputError({ field: 'file', message: `expected at most ${maxBytes} bytes (MODELKEEP_MAX_UPLOAD_BYTES), more came.` });
}

/** An id is a name of a file here: nothing else may become one. */
function requireId(id: string): string {
  if (uuid.test(id)) return id;
  throw new InvalidInputError({ field: 'input.uploadId', message: 'expected the id of an upload.' });
}
