import type { StoredTensor } from '../../src/formats/safetensors-types.ts';

/**
 * A safetensors file with one F32 tensor changed as a wrong builder would read it: a bias as zeros, a norm as ones, a square
 * matrix turned; of other matrices the rows change places, of a single row the values.
 */
export function changedWeights(file: Buffer, { name, shape, offset, length }: StoredTensor): Buffer {
  const bytes = Buffer.from(file);
  const values = new Float32Array(new Uint8Array(file.subarray(offset, offset + length)).buffer);
  const [rows = 1, columns = 1] = shape;
  const wanted = values.map((_, index) => {
    if (name.endsWith('bias') && shape.length === 1) return 0;
    if (shape.length === 1) return 1;
    if (rows === 1) return values[values.length - 1 - index] ?? 0;
    const [row, column] = [Math.floor(index / columns), index % columns];
    const source = rows === columns ? column * columns + row : ((row + 1) % rows) * columns + column;
    return values[source] ?? 0;
  });
  Buffer.from(wanted.buffer).copy(bytes, offset);
  return bytes;
}
