import type { Dtype } from './safetensors-types.ts';

/** A tensor to write. */
export interface TensorData {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  /** The values, little endian, innermost dimension fastest. */
  readonly data: Uint8Array;
}

const alignmentBytes = 8;

/**
 * A safetensors file in pieces: the length, the header, then each tensor's bytes in the given order. Nothing is copied, so
 * that a file may be larger than memory is free. Equal input gives equal bytes.
 */
export function* writeSafetensors(tensors: readonly TensorData[], metadata?: Readonly<Record<string, string>>): Generator<Uint8Array> {
  const entries: Record<string, unknown> = metadata ? { __metadata__: metadata } : {};
  let offset = 0;
  for (const { name, dtype, shape, data } of tensors) {
    entries[name] = { dtype, shape, data_offsets: [offset, offset + data.length] };
    offset += data.length;
  }
  const text = new TextEncoder().encode(JSON.stringify(entries));
  // Spaces behind the JSON put the data on a boundary that every dtype likes.
  const header = new Uint8Array(Math.ceil(text.length / alignmentBytes) * alignmentBytes).fill(0x20);
  header.set(text);
  const length = new Uint8Array(8);
  new DataView(length.buffer).setBigUint64(0, BigInt(header.length), true);
  yield length;
  yield header;
  for (const { data } of tensors) yield data;
}
