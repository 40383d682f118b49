import type { FileHandle } from 'node:fs/promises';
import { InvalidModelFileError } from '../../errors.ts';

/** A file read from front to back through one buffer, little endian: memory does not grow with the file. */
export interface GgufBytes {
  /** Where the next read begins. */
  readonly position: number;
  u8(): Promise<number>;
  u32(): Promise<number>;
  /** As a number; beyond 2⁵³ it is near enough, and too large for any file. */
  u64(): Promise<number>;
  /** The next bytes. They are valid until the next read. */
  take(length: number): Promise<Buffer>;
  skip(length: number): Promise<void>;
  /** Throws `INVALID_MODEL_FILE` unless so many bytes more are in the header. */
  require(length: number, what: string): void;
}

const chunkBytes = 256 * 1024;
/** Published headers have some 30 MB at most, nearly all of it vocabulary. */
const maxHeaderBytes = 256 * 1024 * 1024;

export function createGgufBytes(handle: FileHandle, { file, fileSize }: { file: string; fileSize: number }): GgufBytes {
  const limit = Math.min(fileSize, maxHeaderBytes);
  let buffer = Buffer.alloc(0);
  let at = 0;
  let bufferStart = 0;

  function require(length: number, what: string): void {
    if (bufferStart + at + length <= limit) return;
    const message = limit < fileSize ? `Its header has more than the ${limit} bytes that are read.` : `It ends inside ${what}.`;
    throw new InvalidModelFileError({ file, message });
  }

  async function fill(length: number): Promise<void> {
    require(length, 'its header');
    const start = bufferStart + at;
    const wanted = Math.min(Math.max(length, chunkBytes), fileSize - start);
    const next = Buffer.allocUnsafe(wanted);
    let done = 0;
    while (done < wanted) {
      const { bytesRead } = await handle.read(next, done, wanted - done, start + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    if (done < length) throw new InvalidModelFileError({ file, message: 'It ends inside its header.' });
    buffer = next.subarray(0, done);
    bufferStart = start;
    at = 0;
  }

  async function take(length: number): Promise<Buffer> {
    if (at + length > buffer.length) await fill(length);
    at += length;
    return buffer.subarray(at - length, at);
  }

  return {
    get position() {
      return bufferStart + at;
    },
    u8: async () => (await take(1)).readUInt8(0),
    u32: async () => (await take(4)).readUInt32LE(0),
    u64: async () => {
      const bytes = await take(8);
      return bytes.readUInt32LE(0) + bytes.readUInt32LE(4) * 2 ** 32;
    },
    take,
    async skip(length) {
      require(length, 'its header');
      if (at + length <= buffer.length) {
        at += length;
        return;
      }
      bufferStart += at + length;
      buffer = Buffer.alloc(0);
      at = 0;
    },
    require,
  };
}
