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
  /** sha256 of the whole file, once it was checked against what the source says. */
  sha256: string | null;
}

/**
 * A small file beside an unfinished one, which only grows: a line for each thing that is certain, written after the bytes it
 * speaks of are on the disk. Each line has its own CRC-32, so what a power cut left of the last one counts for nothing.
 */
export interface ChunkJournal extends AsyncDisposable {
  /** On the disk when it resolves. */
  append(entries: { identity?: FileIdentity; chunks?: readonly ChunkRecord[]; sha256?: string }): Promise<void>;
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
  for (const line of text.split('\n')) {
    const entry = parseLine(line);
    if (entry === null) break;
    if (entry.identity) identity = entry.identity;
    if (entry.sha256) sha256 = entry.sha256;
    for (const record of entry.chunks ?? []) chunks.set(record.chunk, record);
  }
  return identity && { identity, chunks, sha256 };
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
  return {
    async append(entries) {
      const text = JSON.stringify(entries);
      await file.appendFile(`${crc32(text).toString(16)} ${text}\n`);
      await file.datasync();
    },
    [Symbol.asyncDispose]: () => file.close(),
  };
}

function parseLine(line: string): { identity?: FileIdentity; chunks?: ChunkRecord[]; sha256?: string } | null {
  const space = line.indexOf(' ');
  const text = line.slice(space + 1);
  if (space < 0 || crc32(text).toString(16) !== line.slice(0, space)) return null;
  return JSON.parse(text) as { identity?: FileIdentity; chunks?: ChunkRecord[]; sha256?: string };
}
