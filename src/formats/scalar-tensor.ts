import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidModelFileError, quote } from '../errors.ts';
import { type StoredTensor, type StoredTensors, sizeOf } from './safetensors-types.ts';

/** Reads a tensor of one value; null where the checkpoint has none of that name. Throws `INVALID_MODEL_FILE` for any other tensor. */
export async function readScalar(folder: string, tensors: StoredTensors, name: string): Promise<number | null> {
  const tensor = tensors.get(name);
  if (!tensor) return null;
  const refuse = (message: string): InvalidModelFileError =>
    new InvalidModelFileError({ file: tensor.file, message: `Tensor ${quote(name)} ${message}` });
  if (sizeOf(tensor.shape) !== 1 || tensor.shape.length > 4) throw refuse('must hold a single value.');
  const value = decode(tensor, await readBytes(folder, tensor));
  if (value === null) throw refuse(`is stored as ${tensor.dtype}; F32, F16 or BF16 is expected.`);
  if (!Number.isFinite(value)) throw refuse('holds no finite number.');
  return value;
}

async function readBytes(folder: string, { file, offset, length }: StoredTensor): Promise<DataView> {
  const handle = await open(join(folder, file));
  try {
    const bytes = new Uint8Array(length);
    const { bytesRead } = await handle.read(bytes, 0, length, offset);
    if (bytesRead < length) throw new InvalidModelFileError({ file, message: 'It ends inside a tensor.' });
    return new DataView(bytes.buffer);
  } finally {
    await handle.close();
  }
}

function decode({ dtype }: StoredTensor, bytes: DataView): number | null {
  switch (dtype) {
    case 'F64':
      return bytes.getFloat64(0, true);
    case 'F32':
      return bytes.getFloat32(0, true);
    case 'F16':
      return bytes.getFloat16(0, true);
    case 'BF16': {
      const wide = new DataView(new ArrayBuffer(4));
      wide.setUint16(2, bytes.getUint16(0, true), true);
      return wide.getFloat32(0, true);
    }
    default:
      return null;
  }
}
