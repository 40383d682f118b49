import { type GgufNumberType, type GgufValue, sizeOfValueType, valueTypeIds } from './metadata-values.ts';

/** Bytes that grow as values are put behind each other, little endian. */
export interface ByteWriter {
  u32(value: number): void;
  u64(value: number): void;
  /** Bytes as they are. */
  raw(bytes: Uint8Array): void;
  /** Length and UTF-8. */
  string(value: string): void;
  /** The value alone, without its type. */
  value(value: GgufValue): void;
  /** Zeros up to the next multiple of `bytes`. */
  padTo(bytes: number): void;
  /** What was written so far. */
  bytes(): Uint8Array;
}

export function createByteWriter(): ByteWriter {
  const encoder = new TextEncoder();
  let buffer = new Uint8Array(64 * 1024);
  let view = new DataView(buffer.buffer);
  let length = 0;

  function reserve(bytes: number): number {
    if (length + bytes > buffer.length) {
      const grown = new Uint8Array(Math.max(buffer.length * 2, length + bytes));
      grown.set(buffer.subarray(0, length));
      buffer = grown;
      view = new DataView(buffer.buffer);
    }
    const at = length;
    length += bytes;
    return at;
  }

  function number(type: GgufNumberType, value: number): void {
    const at = reserve(sizeOfValueType[type]);
    if (type === 'u8') view.setUint8(at, value);
    else if (type === 'i8') view.setInt8(at, value);
    else if (type === 'u16') view.setUint16(at, value, true);
    else if (type === 'i16') view.setInt16(at, value, true);
    else if (type === 'u32') view.setUint32(at, value, true);
    else if (type === 'i32') view.setInt32(at, value, true);
    else if (type === 'f32') view.setFloat32(at, value, true);
    else if (type === 'f64') view.setFloat64(at, value, true);
    else if (type === 'u64') view.setBigUint64(at, BigInt(value), true);
    else view.setBigInt64(at, BigInt(value), true);
  }

  function string(value: string): void {
    const bytes = encoder.encode(value);
    number('u64', bytes.length);
    const at = reserve(bytes.length);
    buffer.set(bytes, at);
  }

  return {
    u32: (value) => number('u32', value),
    u64: (value) => number('u64', value),
    raw(bytes) {
      // First: the buffer may be another one afterwards.
      const at = reserve(bytes.length);
      buffer.set(bytes, at);
    },
    string,
    value(value) {
      if (value.type === 'string') return string(value.value);
      if (value.type === 'bool') return number('u8', value.value ? 1 : 0);
      if (value.type !== 'array') return number(value.type, value.value);
      number('u32', valueTypeIds[value.of]);
      number('u64', value.values.length);
      if (value.of === 'string') for (const entry of value.values) string(entry);
      else for (let index = 0; index < value.values.length; index += 1) number(value.of, value.values[index] ?? 0);
    },
    padTo(bytes) {
      const padding = (bytes - (length % bytes)) % bytes;
      const at = reserve(padding);
      buffer.fill(0, at, length);
    },
    bytes: () => buffer.subarray(0, length),
  };
}
