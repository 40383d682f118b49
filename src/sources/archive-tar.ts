import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar-stream';
import { InvalidArchiveError } from '../errors.ts';
import { type ArchiveLimits, createArchiveNames, showEntry } from './archive-limits.ts';
import type { ArchiveFile } from './archive-zip.ts';

/** What a tar holds besides files and folders: its packer's notes. */
const silent = new Set(['pax-header', 'pax-global-header', 'gnu-long-path', 'gnu-long-link-path']);

/**
 * The files of a tar, gzipped or not, one after the other: there is no directory to look into before. The source is read once;
 * a file that is not opened is skipped. Throws INVALID_ARCHIVE.
 */
export async function* readTar(
  file: string,
  { isGzipped, limits, signal }: { isGzipped: boolean; limits: ArchiveLimits; signal?: AbortSignal | undefined },
): AsyncGenerator<ArchiveFile, void, undefined> {
  const names = createArchiveNames(limits);
  const source = createReadStream(file, { highWaterMark: 1024 ** 2 });
  const entries = extract();
  const reading = isGzipped ? pipeline(source, createGunzip(), entries, { signal }) : pipeline(source, entries, { signal });
  // Told below, by the iteration over the entries.
  reading.catch(() => {});
  try {
    for await (const entry of entries) {
      const { name, type, size = 0 } = entry.header;
      const refuse = (message: string) => new InvalidArchiveError({ entry: showEntry(name), message });
      if (type === 'directory') names.take(name.replace(/\/+$/, ''));
      const isFile = type === 'file' || type === 'contiguous-file';
      if (!isFile && type !== 'directory' && !silent.has(String(type))) throw refuse('it is a link or a device; only files are taken.');
      const path = isFile ? names.take(name) : null;
      if (path !== null) {
        if (size > limits.fileBytes) throw refuse(`it unpacks to more than ${limits.fileBytes} bytes.`);
        const readBefore = source.bytesRead;
        yield {
          path,
          sizeBytes: size,
          readBytes: () => source.bytesRead - readBefore + entryHeadroom,
          open: async () => readEntry(entry as unknown as AsyncIterable<Uint8Array>, name),
        };
      }
      entry.resume();
    }
    await reading;
  } catch (error) {
    if (error instanceof InvalidArchiveError || signal?.aborted) throw error;
    throw new InvalidArchiveError({ message: `${(error as Error).message.slice(0, 300)}.`, cause: error });
  } finally {
    entries.destroy();
    source.destroy();
  }
}

/** An entry's bytes; that the archive ends before they do, or is damaged, is its own failure. */
async function* readEntry(entry: AsyncIterable<Uint8Array>, name: string): AsyncGenerator<Uint8Array, void, undefined> {
  try {
    yield* entry;
  } catch (cause) {
    throw new InvalidArchiveError({ entry: showEntry(name), message: 'the archive is damaged, or ends early.', cause });
  }
}

/** Streams read ahead: what belongs to an entry may have been read before it was its turn. */
const entryHeadroom = 4 * 1024 ** 2;
