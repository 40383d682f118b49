import { encodeValues, fitsRows } from '../../src/formats/gguf/encode-values.ts';
import type { WritableType } from '../../src/formats/gguf/ggml-types.ts';
import type { GgufTensorSource } from '../../src/formats/gguf/gguf-writer.ts';

const pieceValues = 256 * 1024;

/** A tensor of uniform numbers between `-scale` and `scale`, drawn by name and seed, made piece by piece. */
export function randomTensor(
  name: string,
  shape: readonly number[],
  { type = 'F32', scale, seed = 0 }: { type?: WritableType; scale: number; seed?: number },
): GgufTensorSource {
  const rowValues = shape.at(-1) ?? 1;
  const rows = shape.slice(0, -1).reduce((product, size) => product * size, 1);
  const stored = fitsRows(type, rowValues) ? type : 'F16';
  return {
    name,
    shape,
    type: stored,
    *data() {
      const fill = uniform(`${seed} ${name}`, scale);
      const rowsOfPiece = Math.max(1, Math.floor(pieceValues / rowValues));
      for (let row = 0; row < rows; row += rowsOfPiece) yield encodeValues(stored, fill(Math.min(rowsOfPiece, rows - row) * rowValues));
    },
  };
}

/** A tensor that is the same number throughout. */
export function evenTensor(name: string, shape: readonly number[], value: number): GgufTensorSource {
  const size = shape.reduce((product, next) => product * next, 1);
  return { name, shape, type: 'F32', data: () => [encodeValues('F32', new Float32Array(size).fill(value))] };
}

/** Whole numbers below `limit`, drawn by key: for vocabularies. */
export function createPicker(key: string): (limit: number) => number {
  const next = xorshift(key);
  return (limit) => Math.floor((next() / 2 ** 32) * limit);
}

function uniform(key: string, scale: number): (count: number) => Float32Array {
  const next = xorshift(key);
  return (count) => {
    const values = new Float32Array(count);
    for (let index = 0; index < count; index += 1) values[index] = (next() / 2 ** 31 - 1) * scale;
    return values;
  };
}

/** Marsaglia's xorshift, 32 bits: quick, and good enough for weights. */
function xorshift(key: string): () => number {
  let state = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(key)) state = Math.imul(state ^ byte, 0x01000193);
  state ||= 1;
  const next = () => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return state >>> 0;
  };
  // Keys that differ little begin alike.
  for (let round = 0; round < 8; round += 1) next();
  return next;
}
