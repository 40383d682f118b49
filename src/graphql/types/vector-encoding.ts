/** How a vector is written down in an answer. */
export const vectorEncodings = ['FLOAT', 'BASE64', 'INT8', 'BINARY'] as const;
export type VectorEncoding = (typeof vectorEncodings)[number];

/**
 * A vector as the `Vector` scalar carries it.
 * FLOAT: a list of numbers. BASE64: little-endian float32. INT8: one signed byte a value, scaled so that the largest magnitude is
 * 127, which keeps cosines and not lengths. BINARY: one bit a value, set where it is above 0, the first value in the highest bit
 * of the first byte (numpy's packbits, sentence-transformers' `ubinary`). The last three as base64.
 */
export function encodeVector(vector: Float32Array, encoding: VectorEncoding): number[] | string {
  switch (encoding) {
    case 'FLOAT':
      return Array.from(vector);
    case 'BASE64':
      return littleEndianBytes(vector).toString('base64');
    case 'INT8':
      return Buffer.from(toInt8(vector).buffer).toString('base64');
    case 'BINARY':
      return toBits(vector).toString('base64');
    default:
      return encoding satisfies never;
  }
}

/** Typed arrays have the machine's byte order, and every machine that this runs on is little-endian. */
function littleEndianBytes(vector: Float32Array): Buffer {
  return Buffer.from(vector.buffer, vector.byteOffset, vector.byteLength);
}

function toInt8(vector: Float32Array): Int8Array<ArrayBuffer> {
  const largest = vector.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const scale = largest === 0 ? 0 : 127 / largest;
  return Int8Array.from(vector, (value) => Math.round(value * scale));
}

function toBits(vector: Float32Array): Buffer {
  const bytes = Buffer.alloc(Math.ceil(vector.length / 8));
  for (const [index, value] of vector.entries()) {
    if (value > 0) bytes[index >> 3] = (bytes[index >> 3] ?? 0) | (0x80 >> (index & 7));
  }
  return bytes;
}
