import type { Readable } from 'node:stream';
import { crc32 } from 'node:zlib';
import { type Entry, openPromise, type ZipFile } from 'yauzl';
import { InvalidArchiveError } from '../errors.ts';
import { type ArchiveLimits, createArchiveNames, showEntry } from './archive-limits.ts';

/** One file of an archive, to be read in the order of the archive. */
export interface ArchiveFile {
  /** Where it goes, below the target folder. */
  path: string;
  /** As the archive says; null where only reading tells. */
  sizeBytes: number | null;
  /** Bytes that the archive spends on it; rises while it is read where they are not known before. */
  readBytes(): number;
  open(): Promise<AsyncIterable<Uint8Array>>;
}

/** The files of a zip. Its directory is checked whole before anything is extracted. Throws INVALID_ARCHIVE. */
export async function openZip(file: string, limits: ArchiveLimits): Promise<{ files: ArchiveFile[] } & AsyncDisposable> {
  // Names come as bytes: the library would refuse the hostile ones without saying which.
  const zip = await openPromise(file, { autoClose: false, decodeStrings: true, strictFileNames: false }).catch((cause: unknown) => {
    throw new InvalidArchiveError({ message: reasonOf(cause), cause });
  });
  try {
    const files = await readDirectory(zip, limits);
    return { files, [Symbol.asyncDispose]: async () => zip.close() };
  } catch (error) {
    zip.close();
    throw error instanceof InvalidArchiveError
      ? error
      : new InvalidArchiveError({ ...entryOf(error), message: reasonOf(error), cause: error });
  }
}

async function readDirectory(zip: ZipFile, limits: ArchiveLimits): Promise<ArchiveFile[]> {
  const names = createArchiveNames(limits);
  const files: ArchiveFile[] = [];
  const places: { name: string; start: number; end: number }[] = [];
  for await (const entry of zip.eachEntry()) {
    const name = entry.fileName;
    const refuse = (message: string) => new InvalidArchiveError({ entry: showEntry(name), message });
    const type = (entry.externalFileAttributes >>> 16) & fileType;
    if (type !== 0 && type !== regularFile && type !== folder) throw refuse('it is a link or a device; only files are taken.');
    if (entry.isEncrypted()) throw refuse('it is encrypted. Pack it without a password.');
    if (name.endsWith('/') || type === folder) {
      names.take(name.replace(/\/+$/, ''));
      continue;
    }
    const path = names.take(name);
    if (!entry.canDecodeFileData()) throw refuse(`its compression (method ${entry.compressionMethod}) is not known. Store or deflate it.`);
    if (entry.uncompressedSize > limits.fileBytes) throw refuse(`it unpacks to more than ${limits.fileBytes} bytes.`);
    places.push({
      name,
      start: entry.relativeOffsetOfLocalHeader,
      end: entry.relativeOffsetOfLocalHeader + localHeaderBytes + entry.compressedSize,
    });
    if (path !== null) files.push(zipFile(zip, entry, path));
  }
  refuseOverlaps(places);
  return files;
}

const fileType = 0xf000;
const regularFile = 0x8000;
const folder = 0x4000;
/** Without the name, which follows. */
const localHeaderBytes = 30;

/** Entries that share bytes are how a small archive unpacks to a huge one. */
function refuseOverlaps(places: { name: string; start: number; end: number }[]): void {
  let end = 0;
  for (const place of places.toSorted((one, other) => one.start - other.start)) {
    if (place.start < end) throw new InvalidArchiveError({ entry: showEntry(place.name), message: 'it shares bytes with another entry.' });
    end = place.end;
  }
}

function zipFile(zip: ZipFile, entry: Entry, path: string): ArchiveFile {
  return {
    path,
    sizeBytes: entry.uncompressedSize,
    readBytes: () => entry.compressedSize,
    async open() {
      const stream = await zip.openReadStreamPromise(entry);
      // It reads ahead, and may fail before anybody reads it: who does is told then.
      stream.on('error', () => {});
      return readEntry(stream, entry);
    },
  };
}

/** An entry's bytes. The library checks sizes, and leaves the checksum to others. */
async function* readEntry(stream: Readable, { fileName, crc32: expected }: Entry): AsyncGenerator<Uint8Array, void, undefined> {
  const refuse = (message: string, cause?: unknown) => new InvalidArchiveError({ entry: showEntry(fileName), message, cause });
  let sum = 0;
  try {
    for await (const chunk of stream) {
      sum = crc32(chunk, sum);
      yield chunk;
    }
  } catch (cause) {
    throw refuse(reasonOf(cause), cause);
  }
  if (sum !== expected) throw refuse('its checksum is wrong: the archive is damaged.');
}

function reasonOf(error: unknown): string {
  return `${(error instanceof Error ? error.message : String(error)).slice(0, 300)}.`;
}

/** The library ends its message about a name with the name. */
function entryOf(error: unknown): { entry?: string } {
  const [, entry] = /^(?:invalid relative path|absolute path|invalid characters in fileName): (.*)$/s.exec((error as Error).message) ?? [];
  return entry === undefined ? {} : { entry: showEntry(entry) };
}
