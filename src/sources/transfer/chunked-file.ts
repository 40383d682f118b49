import { chmod, type FileHandle, mkdir, open, rm, stat } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { diskFull } from '../write-file.ts';
import { type ChunkJournal, type ChunkRecord, createChunkJournal, type FileIdentity, type JournalContent } from './chunk-journal.ts';
import { type ChunkMap, chunkBytes, createChunkMap, type Span } from './chunk-map.ts';
import type { FileHasher } from './file-hasher.ts';
import type { FileDigests } from './hash-protocol.ts';

/** An unfinished file: what is there, what is certain, and its digest as far as it goes. Disposing of it makes certain what is there. */
export interface ChunkedFile extends AsyncDisposable {
  readonly map: ChunkMap;
  /**
   * Writes what came of a span, and moves the span. What is there already is left as it is.
   * Answers how many bytes are new. Throws INSUFFICIENT_DISK.
   */
  write(span: Span, pieces: readonly Uint8Array[]): Promise<number>;
  /** Bytes that would survive a power cut. */
  durableBytes(): number;
  /** Notes what the source says of the file now. */
  identify(identity: FileIdentity): Promise<void>;
  readonly identity: FileIdentity;
  /** Makes certain what is there. */
  commit(): Promise<void>;
  /** Digests of the whole file; only once all of it is there. */
  digests(signal?: AbortSignal): Promise<FileDigests>;
  /** Notes that the file is whole and checked. */
  approve(sha256: string): Promise<void>;
}

export interface ChunkedFileOptions {
  target: string;
  journalPath: string;
  sizeBytes: number;
  /** What was found of an earlier try, and is good. */
  content: JournalContent;
  hasher: FileHasher;
  withGitSha1: boolean;
  /** Told after each commit. */
  onDurable: (durableBytes: number) => void;
}

/** What is there is made certain this often, or less often where little comes. A power cut loses as much. */
const commitAfterMs = 200;
const commitLittleAfterMs = 500;
const littleBytes = 1024 ** 2;
/** What is written is noted in steps of so much, before it is on the disk for good. */
const mentionStepBytes = 512 * 1024;
/** The thread that hashes is told of so much at a time. */
const followStepBytes = 4 * 1024 ** 2;
/** Given back where the disk is full: without a byte left, nobody could even note that the task failed. */
const roomForRecordsBytes = 4 * 1024 ** 2;

/** Opens the file for going on. Throws INSUFFICIENT_DISK. */
export async function openChunkedFile(options: ChunkedFileOptions): Promise<ChunkedFile> {
  const { target, journalPath, sizeBytes, content, hasher, withGitSha1, onDurable } = options;
  await mkdir(dirname(target), { recursive: true });
  const file = await openPartial(target, content);
  let journal: ChunkJournal;
  try {
    journal = await createChunkJournal(journalPath, content);
  } catch (error) {
    await file.close();
    throw await asDiskFull(error, target);
  }
  const present = new Map([...content.chunks.values()].map(({ chunk, bytes }) => [chunk, bytes]));
  const map = createChunkMap({ sizeBytes, present });
  const crcs = new Map([...content.chunks.values()].map(({ chunk, crc }) => [chunk, crc]));
  const followed = hasher.follow(target, { gitSizeBytes: withGitSha1 ? sizeBytes : null });
  let followedBytes = map.frontByte();
  followed.advance(followedBytes);
  const changed = new Set<number>();
  let identity = content.identity;
  let durable = [...present.values()].reduce((sum, bytes) => sum + bytes, 0);
  const committed = new Map(present);
  let changedBytes = 0;
  let mentionedBytes = 0;
  let mentioning: Promise<void> | null = null;
  let timer: NodeJS.Timeout | undefined;
  let committing: Promise<void> | null = null;
  let failure: unknown = null;
  let isClosed = false;

  async function commitOnce(): Promise<void> {
    const records = changedRecords();
    changed.clear();
    changedBytes = 0;
    mentionedBytes = 0;
    if (records.length === 0) return;
    await file.datasync();
    await journal.append({ chunks: records });
    for (const { chunk, bytes } of records) {
      durable += bytes - (committed.get(chunk) ?? 0);
      committed.set(chunk, bytes);
    }
    onDurable(durable);
  }

  function commit(): Promise<void> {
    clearTimeout(timer);
    timer = undefined;
    const before = committing ?? Promise.resolve();
    const run = before.then(commitOnce).catch(async (error: unknown) => {
      failure ??= await asDiskFull(error, target);
      throw failure;
    });
    committing = run.finally(() => {
      if (committing === next) committing = null;
    });
    const next = committing;
    // Whoever waits hears of it; the timer's commit is told by the next write.
    next.catch(() => {});
    return next;
  }

  function commitSoon(): void {
    if (timer !== undefined || committing !== null) return;
    const isLittle = changedBytes < littleBytes;
    timer = setTimeout(
      () => {
        timer = undefined;
        if (isClosed) return;
        void commit().then(
          () => changed.size > 0 && !isClosed && commitSoon(),
          () => {},
        );
      },
      isLittle ? commitLittleAfterMs : commitAfterMs,
    );
  }

  /** A kill between two commits then costs nothing but what was on its way. */
  function mentionSoon(): void {
    if (mentioning !== null || changedBytes - mentionedBytes < mentionStepBytes) return;
    mentionedBytes = changedBytes;
    mentioning = journal.mention(changedRecords()).then(
      () => {
        mentioning = null;
      },
      // A disk that refuses this refuses the next commit, which tells.
      () => {},
    );
  }

  function changedRecords(): ChunkRecord[] {
    return [...changed].map((chunk) => ({ chunk, bytes: map.bytesOf(chunk), crc: crcs.get(chunk) ?? 0 }));
  }

  /** Told now and then: a message for each write would cost more than the hashing. */
  function followFront(): void {
    const front = map.frontByte();
    if (front < followedBytes + followStepBytes && front < sizeBytes) return;
    followedBytes = front;
    followed.advance(front);
  }

  /** Cuts what came into parts that lie in one chunk each and are not there yet. */
  function missingParts(span: Span, pieces: readonly Uint8Array[]): { position: number; bytes: Uint8Array }[] {
    const parts: { position: number; bytes: Uint8Array }[] = [];
    let position = span.position;
    for (const piece of pieces) {
      for (let offset = 0; offset < piece.length; ) {
        const chunk = Math.floor(position / chunkBytes);
        const count = Math.min(piece.length - offset, (chunk + 1) * chunkBytes - position);
        const bytes = piece.subarray(offset, offset + count);
        const skip = Math.min(count, Math.max(0, chunk * chunkBytes + map.bytesOf(chunk) - position));
        if (skip < count) parts.push({ position: position + skip, bytes: bytes.subarray(skip) });
        offset += count;
        position += count;
      }
    }
    return parts;
  }

  return {
    map,
    get identity() {
      return identity;
    },
    durableBytes: () => durable,
    async write(span, pieces) {
      if (failure) throw failure;
      const parts = missingParts(span, pieces);
      const first = parts[0];
      try {
        // One span's bytes follow each other, and what is there already is only ever at its start or between whole chunks.
        if (first && isRun(parts))
          await writeAll(
            file,
            parts.map(({ bytes }) => bytes),
            first.position,
          );
        else for (const { bytes, position } of parts) await writeAll(file, [bytes], position);
      } catch (error) {
        failure ??= await asDiskFull(error, target);
        throw failure;
      }
      for (const { bytes, position } of parts) {
        const chunk = Math.floor(position / chunkBytes);
        crcs.set(chunk, crc32(bytes, crcs.get(chunk) ?? 0));
        map.set(chunk, position + bytes.length - chunk * chunkBytes);
        changed.add(chunk);
        changedBytes += bytes.length;
      }
      span.position += pieces.reduce((sum, { length }) => sum + length, 0);
      if (parts.length === 0) return 0;
      followFront();
      mentionSoon();
      commitSoon();
      return parts.reduce((sum, { bytes }) => sum + bytes.length, 0);
    },
    async identify(newer) {
      identity = newer;
      await journal.append({ identity: newer });
    },
    commit,
    digests: (signal) => followed.finish(sizeBytes, signal),
    approve: (sha256) => journal.append({ sha256 }),
    async [Symbol.asyncDispose]() {
      isClosed = true;
      followed[Symbol.dispose]();
      try {
        if (failure === null) await commit();
        else if (isDiskFullError(failure)) await makeRoom(file);
      } catch {
        // Whoever wrote last has heard of it, or stops anyway: what was certain before stays so.
      } finally {
        clearTimeout(timer);
        await mentioning;
        await journal[Symbol.asyncDispose]();
        await file.close();
      }
    },
  };
}

/** Goes on in a file of our own; never writes into one that another folder shares. */
async function openPartial(target: string, { chunks }: JournalContent): Promise<FileHandle> {
  const found = chunks.size === 0 ? null : await stat(target).catch(() => null);
  if (found?.isFile() && found.nlink === 1) {
    // An install that did not come to its end made it read-only.
    await chmod(target, 0o644);
    return await open(target, 'r+');
  }
  await rm(target, { recursive: true, force: true });
  return await open(target, 'wx', 0o644);
}

function isRun(parts: readonly { position: number; bytes: Uint8Array }[]): boolean {
  return parts.every(({ position }, index) => {
    const before = parts[index - 1];
    return before === undefined || before.position + before.bytes.length === position;
  });
}

async function writeAll(file: FileHandle, pieces: readonly Uint8Array[], position: number): Promise<void> {
  const size = pieces.reduce((sum, { length }) => sum + length, 0);
  const { bytesWritten } = await file.writev([...pieces], position);
  if (bytesWritten === size) return;
  // A short write: the rest by itself, which then says why.
  let rest = Buffer.concat(pieces).subarray(bytesWritten);
  for (let at = position + bytesWritten; rest.length > 0; ) {
    const { bytesWritten: count } = await file.write(rest, 0, rest.length, at);
    at += count;
    rest = rest.subarray(count);
  }
}

async function makeRoom(file: FileHandle): Promise<void> {
  const { size } = await file.stat();
  await file.truncate(Math.max(0, size - roomForRecordsBytes));
}

function isDiskFullError(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'INSUFFICIENT_DISK';
}

async function asDiskFull(error: unknown, target: string): Promise<unknown> {
  return (error as NodeJS.ErrnoException).code === 'ENOSPC' ? await diskFull(target) : error;
}
