import { type WritableType, writableType } from './ggml-types.ts';

/** Whether rows of that many values can be stored in the type; else it is stored as F16. */
export function fitsRows(type: WritableType, rowValues: number): boolean {
  return rowValues % writableType(type).blockValues === 0;
}

/** Whole rows as the type stores them, little endian. */
export function encodeValues(type: WritableType, values: Float32Array): Uint8Array {
  switch (type) {
    case 'F32':
      return new Uint8Array(values.buffer, values.byteOffset, values.byteLength);
    case 'F16':
      return new Uint8Array(Float16Array.from(values).buffer);
    case 'BF16':
      return encodeBf16(values);
    case 'Q8_0':
      return encodeQ8(values);
  }
}

/** The upper halves of the values, rounded to the nearest, ties to even. Reference: ggml, `ggml_compute_fp32_to_bf16`. */
function encodeBf16(values: Float32Array): Uint8Array {
  const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
  const halves = new Uint16Array(values.length);
  for (let index = 0; index < values.length; index += 1) {
    const word = bits[index] ?? 0;
    const isNotANumber = (word & 0x7fffffff) > 0x7f800000;
    // A NaN keeps a bit of its own, for rounding could make it infinite.
    halves[index] = isNotANumber ? (word >>> 16) | 64 : (word + 0x7fff + ((word >>> 16) & 1)) >>> 16;
  }
  return new Uint8Array(halves.buffer);
}

const blockValues = 32;
const blockBytes = 34;

/** Blocks of one F16 scale and 32 signed bytes. Reference: ggml, `quantize_row_q8_0_ref`. */
function encodeQ8(values: Float32Array): Uint8Array {
  const blocks = values.length / blockValues;
  const bytes = new Uint8Array(blocks * blockBytes);
  const view = new DataView(bytes.buffer);
  for (let block = 0; block < blocks; block += 1) {
    const start = block * blockValues;
    let largest = 0;
    for (let index = start; index < start + blockValues; index += 1) largest = Math.max(largest, Math.abs(values[index] ?? 0));
    const scale = Math.fround(largest / 127);
    const inverse = scale === 0 ? 0 : Math.fround(1 / scale);
    const at = block * blockBytes;
    view.setFloat16(at, scale, true);
    for (let index = 0; index < blockValues; index += 1) {
      const scaled = Math.fround((values[start + index] ?? 0) * inverse);
      // Halves go away from zero, as C's roundf has it.
      view.setInt8(at + 2 + index, scaled < 0 ? -Math.floor(0.5 - scaled) : Math.floor(scaled + 0.5));
    }
  }
  return bytes;
}
