/** A file is journalled, and fetched again where it is damaged, in pieces of this size. */
export const chunkBytes = 16 * 1024 ** 2;

/** Bytes that one connection has taken on: from `position`, which moves as they come in, to `endByte` (not included). */
export interface Span {
  readonly startByte: number;
  readonly endByte: number;
  position: number;
}

/** Which bytes of a file are there and which are on their way. A chunk is there up to some byte, never with a gap. */
export interface ChunkMap {
  /** The next missing bytes that nobody fetches, at most so many; null when there are none. */
  claim(mostBytes: number): Span | null;
  /** The whole file, for a server that gives nothing else. Only while nothing is claimed. */
  claimAll(): Span;
  /** Gives back what of a span did not come. */
  release(span: Span): void;
  /** How much of a chunk is there, in bytes from its start. */
  bytesOf(chunk: number): number;
  /** Says that a chunk is there up to so many bytes. */
  set(chunk: number, bytes: number): void;
  sizeOf(chunk: number): number;
  /** So many bytes are there from the file's start on without a gap. */
  frontByte(): number;
  /** Bytes that are neither there nor on their way. */
  unclaimedBytes(): number;
  readonly chunkCount: number;
}

/** A map of a file of so many bytes, of which some chunks are there up to some byte. */
export function createChunkMap({ sizeBytes, present }: { sizeBytes: number; present: ReadonlyMap<number, number> }): ChunkMap {
  const chunkCount = Math.ceil(sizeBytes / chunkBytes);
  const there = new Map(present);
  const claimed = new Set<number>();
  let frontChunk = 0;
  let unclaimedFrom = 0;

  const bytesOf = (chunk: number) => there.get(chunk) ?? 0;
  const sizeOf = (chunk: number) => Math.min(chunkBytes, sizeBytes - chunk * chunkBytes);
  const isOpen = (chunk: number) => !claimed.has(chunk) && bytesOf(chunk) < sizeOf(chunk);

  return {
    chunkCount,
    bytesOf,
    sizeOf,
    set(chunk, bytes) {
      there.set(chunk, bytes);
      if (bytes < sizeOf(chunk)) frontChunk = Math.min(frontChunk, chunk);
    },
    claim(mostBytes) {
      while (unclaimedFrom < chunkCount && !isOpen(unclaimedFrom)) unclaimedFrom += 1;
      if (unclaimedFrom >= chunkCount) return null;
      const first = unclaimedFrom;
      let end = first + 1;
      const fits = (chunk: number) => (chunk + 1 - first) * chunkBytes <= mostBytes;
      while (end < chunkCount && isOpen(end) && bytesOf(end) === 0 && fits(end)) end += 1;
      for (let chunk = first; chunk < end; chunk += 1) claimed.add(chunk);
      const startByte = first * chunkBytes + bytesOf(first);
      return { startByte, endByte: Math.min(end * chunkBytes, sizeBytes), position: startByte };
    },
    claimAll() {
      for (let chunk = 0; chunk < chunkCount; chunk += 1) claimed.add(chunk);
      return { startByte: 0, endByte: sizeBytes, position: 0 };
    },
    release({ startByte, endByte }) {
      for (let chunk = Math.floor(startByte / chunkBytes); chunk * chunkBytes < endByte; chunk += 1) claimed.delete(chunk);
      unclaimedFrom = Math.min(unclaimedFrom, Math.floor(startByte / chunkBytes));
    },
    frontByte() {
      while (frontChunk < chunkCount && bytesOf(frontChunk) === sizeOf(frontChunk)) frontChunk += 1;
      return frontChunk >= chunkCount ? sizeBytes : frontChunk * chunkBytes + bytesOf(frontChunk);
    },
    unclaimedBytes() {
      let sum = 0;
      for (let chunk = unclaimedFrom; chunk < chunkCount; chunk += 1) if (isOpen(chunk)) sum += sizeOf(chunk) - bytesOf(chunk);
      return sum;
    },
  };
}
