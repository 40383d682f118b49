import { type FileHandle, mkdir, open, readFile, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import type { PlannedFile } from '../source.ts';

/** What says that the bytes on the disk are of the very file that is fetched now. */
export interface FileIdentity {
  /** Commit that the source was pinned to; null where it has none. */
  revision: string | null;
  sizeBytes: number | null;
  digest: PlannedFile['digest'];
  /** The ETag that each origin gave. */
  tags: Readonly<Record<string, string>>;
}

/** How far a chunk is on the disk for good: so many bytes from its start, with this CRC-32. */
export interface ChunkRecord {
  chunk: number;
  bytes: number;
  crc: number;
}

/** What a journal says. */
export interface JournalContent {
  identity: FileIdentity;
  chunks: ReadonlyMap<number, ChunkRecord>;
  /** What had come after that, and was not on the disk for good: true after a kill, perhaps not after a power cut. */
  written?: ReadonlyMap<number, ChunkRecord>;
  /** sha256 of the whole file, once it was checked against what the source says. */
  sha256: string | null;
}

/**
 * A small file beside an unfinished one, which only grows: a line for each thing that is certain, written after the bytes it
 * speaks of are on the disk. Each line has its own CRC-32, so what a power cut left of the last one counts for nothing.
 */
export interface ChunkJournal extends AsyncDisposable {
  /** On the disk when it resolves. */
  append(entries: Pick<JournalEntry, 'identity' | 'chunks' | 'sha256'>): Promise<void>;
  /** Notes what is written and not yet on the disk for good. Nothing waits for the disk here either. */
  mention(written: readonly ChunkRecord[]): Promise<void>;
}

interface JournalEntry {
  identity?: FileIdentity;
  chunks?: readonly ChunkRecord[];
  written?: readonly ChunkRecord[];
  sha256?: string;
}

/** A journal longer than this is no work of ours. */
const longestJournalBytes = 256 * 1024 ** 2;

/** What a journal says; null when there is none, or none that can be read. */
export async function readChunkJournal(path: string): Promise<JournalContent | null> {
  const text = await readFile(path, 'utf8').catch(() => null);
  if (text === null || text.length > longestJournalBytes) return null;
  let identity: FileIdentity | null = null;
  let sha256: string | null = null;
  const chunks = new Map<number, ChunkRecord>();
  const written = new Map<number, ChunkRecord>();
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry === null) break;
    if (entry.identity) identity = entry.identity;
    if (entry.sha256) sha256 = entry.sha256;
    for (const record of entry.chunks ?? []) chunks.set(record.chunk, record);
    for (const record of entry.written ?? []) written.set(record.chunk, record);
  }
  for (const [chunk, { bytes }] of written) if (bytes <= (chunks.get(chunk)?.bytes ?? 0)) written.delete(chunk);
  return identity && { identity, chunks, written, sha256 };
}

/** Bytes that a journal counts as being there, without a look at the file. */
export async function journalledBytes(path: string): Promise<number> {
  const content = await readChunkJournal(path);
  return [...(content?.chunks.values() ?? [])].reduce((sum, { bytes }) => sum + bytes, 0);
}

/** Opens a journal, anew with this content. */
export async function createChunkJournal(path: string, { identity, chunks, sha256 }: JournalContent): Promise<ChunkJournal> {
  await mkdir(dirname(path), { recursive: true });
  await rm(path, { force: true });
  const file = await open(path, 'ax', 0o600);
  const journal = openedJournal(file);
  try {
    await journal.append({ identity, chunks: [...chunks.values()], ...(sha256 === null ? {} : { sha256 }) });
  } catch (error) {
    await file.close();
    throw error;
  }
  return journal;
}

function openedJournal(file: FileHandle): ChunkJournal {
  // One line after the other, so that none is torn by the next.
  let before: Promise<unknown> = Promise.resolve();

  function write(entry: JournalEntry): Promise<void> {
    const text = JSON.stringify(entry);
    const writing = before.then(() => file.appendFile(`${crc32(text).toString(16)} ${text}\n`));
    before = writing.catch(() => {});
    return writing;
  }

  return {
    async append(entries) {
      await write(entries);
      await file.datasync();
    },
    mention: (written) => write({ written }),
    [Symbol.asyncDispose]: () => file.close(),
  };
}

function parseLine(line: string): JournalEntry | null {
  const space = line.indexOf(' ');
  const text = line.slice(space + 1);
  if (space < 0 || crc32(text).toString(16) !== line.slice(0, space)) return null;
  return JSON.parse(text) as JournalEntry;
}
