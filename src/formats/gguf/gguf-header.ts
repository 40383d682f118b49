import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidModelFileError, quote } from '../../errors.ts';
import { createGgufBytes } from './gguf-bytes.ts';
import { readMetadata, type StoredMetadata } from './gguf-metadata.ts';
import { checkPlaces, type GgufTensor, readTensors } from './gguf-tensors.ts';

/** All that a GGUF file says of itself, without its weights and without the words of its vocabulary. */
export interface GgufHeader {
  /** The file's path inside the model's folder. */
  readonly file: string;
  readonly version: number;
  readonly metadata: StoredMetadata;
  /** Where the metadata stands in the file, and where each key's value does, its type first. */
  readonly pairs: { readonly start: number; readonly end: number; readonly places: ReadonlyMap<string, number> };
  readonly tensors: readonly GgufTensor[];
  /** Where the first tensor's bytes begin. */
  readonly dataStart: number;
  readonly alignmentBytes: number;
  readonly sizeBytes: number;
}

const defaultAlignment = 32;
const maxAlignment = 1024 * 1024;

/**
 * Reads the header of a GGUF file and checks it against the file's size. Memory and time are bounded whatever the file claims.
 * Throws `INVALID_MODEL_FILE` with the reason. Reference: ggml, docs/gguf.md and `gguf_init_from_reader`.
 */
export async function readGgufHeader(folder: string, file: string): Promise<GgufHeader> {
  const handle = await open(join(folder, file)).catch((cause: unknown) => {
    throw new InvalidModelFileError({ file, message: 'It is missing or cannot be read.', cause });
  });
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new InvalidModelFileError({ file, message: 'It is not a regular file.' });
    return await readFrom(handle, { file, fileSize: found.size });
  } finally {
    await handle.close();
  }
}

async function readFrom(handle: FileHandle, context: { file: string; fileSize: number }): Promise<GgufHeader> {
  const { file, fileSize } = context;
  const bytes = createGgufBytes(handle, context);
  if (fileSize < 24) throw new InvalidModelFileError({ file, message: `It has ${fileSize} bytes, fewer than a GGUF header.` });
  const magic = (await bytes.take(4)).toString('latin1');
  if (magic !== 'GGUF')
    throw new InvalidModelFileError({ file, message: `It begins with ${quote(magic)}; a GGUF file begins with "GGUF".` });
  const version = checkVersion(await bytes.u32(), file);
  const tensorCount = await bytes.u64();
  const keyCount = await bytes.u64();
  const start = bytes.position;
  const places = new Map<string, number>();
  const metadata = await readMetadata(bytes, keyCount, { file, places });
  const pairs = { start, end: bytes.position, places };
  const alignment = readAlignment(metadata, file);
  const tensors = await readTensors(bytes, tensorCount, file);
  const dataStart = Math.ceil(bytes.position / alignment) * alignment;
  checkPlaces(tensors, { file, fileSize, dataStart, alignment });
  return { file, version, metadata, pairs, tensors, dataStart, alignmentBytes: alignment, sizeBytes: fileSize };
}

function checkVersion(version: number, file: string): number {
  if (version === 2 || version === 3) return version;
  const fail = (message: string) => new InvalidModelFileError({ file, message });
  if (version !== 0 && (version & 0xffff) === 0) throw fail('It is big endian; only little-endian GGUF files can be run.');
  if (version === 1) throw fail('It is GGUF version 1, which is no longer read; convert it again.');
  throw fail(`It is GGUF version ${version}; versions 2 and 3 are read.`);
}

function readAlignment(metadata: StoredMetadata, file: string): number {
  const found = metadata.get('general.alignment');
  if (!found) return defaultAlignment;
  const isRight = found.type === 'u32' && found.value > 0 && found.value <= maxAlignment && Number.isInteger(Math.log2(found.value));
  if (!isRight) throw new InvalidModelFileError({ file, message: 'general.alignment must be a power of 2.' });
  return found.value;
}
