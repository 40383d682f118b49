import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidModelFileError } from '../../errors.ts';
import { encodeValues } from '../gguf/encode-values.ts';
import type { WritableType } from '../gguf/ggml-types.ts';
import type { StoredTensor } from '../safetensors-types.ts';

export interface TensorStreamOptions {
  folder: string;
  type: WritableType;
  /** See `PlannedTensor`. */
  interleavedHeads: number;
  signal: AbortSignal;
  /** Told how many bytes of the stored tensor were read since the last time. */
  onRead(bytes: number): void;
}

/** Small enough that a thread which does other things too is not held up for long. */
const pieceBytes = 1024 * 1024;

/** A stored tensor in another type, piece by piece. Throws `INVALID_MODEL_FILE` where its file ends early. */
export async function* convertTensor(tensor: StoredTensor, options: TensorStreamOptions): AsyncGenerator<Uint8Array> {
  const { folder, type, interleavedHeads, signal, onRead } = options;
  const rows = tensor.shape[0] ?? 1;
  const rowBytes = tensor.length / rows;
  // Rows change places inside a head, so that a piece must not cut one; a vector is one value a row.
  const rowsOfUnit = interleavedHeads > 0 ? rows / interleavedHeads : tensor.shape.length > 1 ? 1 : rows;
  const unitsOfPiece = Math.max(1, Math.floor(pieceBytes / (rowBytes * rowsOfUnit)));
  const rowsOfPiece = unitsOfPiece * rowsOfUnit;
  const handle = await open(join(folder, tensor.file), 'r');
  try {
    for (let row = 0; row < rows; row += rowsOfPiece) {
      signal.throwIfAborted();
      const count = Math.min(rowsOfPiece, rows - row);
      const stored = await readExactly(count * rowBytes, tensor.offset + row * rowBytes);
      const values = widen(stored, tensor.dtype);
      yield encodeValues(type, interleavedHeads > 0 ? interleave(values, { rowsOfHead: rowsOfUnit, rows: count }) : values);
      onRead(stored.length);
    }
  } finally {
    await handle.close();
  }

  async function readExactly(length: number, position: number): Promise<Uint8Array> {
    const bytes = new Uint8Array(length);
    let done = 0;
    while (done < length) {
      const { bytesRead } = await handle.read(bytes, done, length - done, position + done);
      if (bytesRead === 0) throw new InvalidModelFileError({ file: tensor.file, message: `It ends inside the tensor ${tensor.name}.` });
      done += bytesRead;
    }
    return bytes;
  }
}

/** Stored values as float32, which holds each of them exactly. */
function widen(bytes: Uint8Array, dtype: string): Float32Array {
  if (dtype === 'F32') return new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
  if (dtype === 'F16') return Float32Array.from(new Float16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2));
  const halves = new Uint16Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 2);
  const words = new Uint32Array(halves.length);
  for (let index = 0; index < halves.length; index += 1) words[index] = (halves[index] ?? 0) << 16;
  return new Float32Array(words.buffer);
}

/** Puts row `half · n + i` of each head of 2n rows at `2i + half`. Reference: llama.cpp, `LlamaModel.permute`. */
export function interleave(values: Float32Array, { rowsOfHead, rows }: { rowsOfHead: number; rows: number }): Float32Array {
  const width = values.length / rows;
  const half = rowsOfHead / 2;
  const turned = new Float32Array(values.length);
  for (let row = 0; row < rows; row += 1) {
    const inHead = row % rowsOfHead;
    const target = row - inHead + (inHead % half) * 2 + Math.floor(inHead / half);
    turned.set(values.subarray(row * width, (row + 1) * width), target * width);
  }
  return turned;
}
