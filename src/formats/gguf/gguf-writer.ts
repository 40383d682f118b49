import { createByteWriter } from './byte-writer.ts';
import { bytesOfRows, type WritableType, writableType } from './ggml-types.ts';
import { type GgufMetadata, valueTypeIds } from './metadata-values.ts';

/** A tensor to write: its bytes are asked for when it is its turn, so that one tensor at most need be in memory. */
export interface GgufTensorSource {
  readonly name: string;
  readonly type: WritableType;
  /** Sizes of the dimensions, outermost first; the innermost is a multiple of the type's block. */
  readonly shape: readonly number[];
  /** The tensor in `type`, whole, in pieces of any length. */
  data(): Iterable<Uint8Array> | AsyncIterable<Uint8Array>;
}

/** Keys and values of another file, as they stand there. */
export interface StoredPairs {
  readonly count: number;
  readonly bytes: Uint8Array;
}

export interface GgufToWrite {
  readonly metadata: GgufMetadata;
  /** Goes in front of the metadata. */
  readonly storedPairs?: StoredPairs;
  readonly tensors: readonly GgufTensorSource[];
  /** Where the metadata says so, another than the format's own 32. */
  readonly alignmentBytes?: number;
}

const defaultAlignmentBytes = 32;

/** What the file will have in all, in bytes. */
export function ggufSizeBytes(gguf: GgufToWrite): number {
  const { header, regions, aligned } = layOut(gguf);
  return regions.reduce((size, { sizeBytes }) => size + aligned(sizeBytes), header.length);
}

/**
 * A GGUF file, version 3, little endian, in pieces: the header, then each tensor's bytes in the given order. Equal input
 * gives equal bytes. Reference: ggml, docs/gguf.md.
 */
export async function* writeGguf(gguf: GgufToWrite): AsyncGenerator<Uint8Array> {
  const { header, regions, aligned } = layOut(gguf);
  yield header;
  for (const { tensor, sizeBytes } of regions) {
    let written = 0;
    for await (const piece of tensor.data()) {
      written += piece.length;
      yield piece;
    }
    if (written !== sizeBytes) throw new Error(`tensor ${tensor.name} gave ${written} bytes in place of ${sizeBytes}`);
    if (aligned(written) > written) yield new Uint8Array(aligned(written) - written);
  }
}

interface Region {
  tensor: GgufTensorSource;
  sizeBytes: number;
}

function layOut({ metadata, storedPairs, tensors, alignmentBytes = defaultAlignmentBytes }: GgufToWrite) {
  const aligned = (bytes: number) => Math.ceil(bytes / alignmentBytes) * alignmentBytes;
  const pairs = [...metadata];
  const writer = createByteWriter();
  writer.u32(0x46554747);
  writer.u32(3);
  writer.u64(tensors.length);
  writer.u64(pairs.length + (storedPairs?.count ?? 0));
  if (storedPairs) writer.raw(storedPairs.bytes);
  for (const [key, value] of pairs) {
    writer.string(key);
    writer.u32(valueTypeIds[value.type]);
    writer.value(value);
  }
  let offset = 0;
  const regions = tensors.map((tensor): Region => {
    const sizeBytes = tensorBytes(tensor);
    writer.string(tensor.name);
    writer.u32(tensor.shape.length);
    // ggml counts dimensions from the innermost.
    for (const size of tensor.shape.toReversed()) writer.u64(size);
    writer.u32(writableType(tensor.type).id);
    writer.u64(offset);
    offset += aligned(sizeBytes);
    return { tensor, sizeBytes };
  });
  writer.padTo(alignmentBytes);
  return { header: writer.bytes(), regions, aligned };
}

function tensorBytes({ name, type, shape }: GgufTensorSource): number {
  const layout = writableType(type);
  const rowValues = shape.at(-1) ?? 1;
  if (rowValues % layout.blockValues !== 0) throw new Error(`tensor ${name}: rows of ${rowValues} values cannot be ${type}`);
  return bytesOfRows(layout, { rows: shape.slice(0, -1).reduce((product, size) => product * size, 1), rowValues });
}
