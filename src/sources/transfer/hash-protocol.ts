/** What the thread that hashes is told. `id` names a file throughout. */
export type HashRequest =
  | { type: 'follow'; id: number; path: string; gitSizeBytes: number | null }
  /** The first so many bytes are there and will not change. */
  | { type: 'advance'; id: number; toByte: number }
  | { type: 'finish'; id: number; sizeBytes: number }
  | { type: 'drop'; id: number }
  | { type: 'check'; id: number; path: string; parts: readonly FilePart[] };

/** Bytes of a file with the CRC-32 that they should have. */
export interface FilePart {
  startByte: number;
  bytes: number;
  crc: number;
}

/** What it answers. */
export type HashReply =
  | { type: 'digests'; id: number; digests: FileDigests }
  | { type: 'checked'; id: number; isGood: boolean[] }
  | { type: 'failed'; id: number; message: string };

/** Digests of a whole file, 64 and 40 hex digits. */
export interface FileDigests {
  sha256: string;
  /** git's own id of the content; null unless it was asked for. */
  gitSha1: string | null;
}
