import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { readSafetensors } from '../../src/formats/safetensors.ts';
import { isFloating } from '../../src/formats/safetensors-types.ts';
import { type TensorData, writeSafetensors } from '../../src/formats/safetensors-writer.ts';
import { stored } from './checkpoint-maker.ts';

const file = 'model.safetensors';

/**
 * A copy of a checkpoint whose F32 weights are stored in fewer bits, and a second one with the same numbers in F32: what the first
 * must compute.
 */
export async function roundedWeights(
  source: string,
  { half, whole, dtype }: { half: string; whole: string; dtype: 'F16' | 'BF16' },
): Promise<void> {
  const bytes = await readFile(join(source, file));
  const tensors = await readSafetensors(source, file);
  const written = tensors.map((tensor): { rounded: TensorData; widened: TensorData } => {
    const data = new Uint8Array(bytes.subarray(tensor.offset, tensor.offset + tensor.length));
    if (!isFloating(tensor.dtype)) return { rounded: { ...tensor, data }, widened: { ...tensor, data } };
    const made = { name: tensor.name, shape: [...tensor.shape], values: new Float32Array(data.buffer) };
    const rounded = stored(made, dtype);
    return { rounded, widened: stored({ ...made, values: widen(rounded.data, dtype) }, 'F32') };
  });
  for (const folder of [half, whole]) await cp(source, folder, { recursive: true });
  await writeFile(join(half, file), Buffer.concat([...writeSafetensors(written.map(({ rounded }) => rounded))]));
  await writeFile(join(whole, file), Buffer.concat([...writeSafetensors(written.map(({ widened }) => widened))]));
}

function widen(bytes: Uint8Array, dtype: 'F16' | 'BF16'): Float32Array {
  const copy = new Uint8Array(bytes).buffer;
  if (dtype === 'F16') return Float32Array.from(new Float16Array(copy));
  const bits = Uint32Array.from(new Uint16Array(copy), (bit) => bit << 16);
  return new Float32Array(bits.buffer);
}
