import { InvalidModelFileError, quote } from '../../errors.ts';
import { bytesOfRows, type GgmlType, ggmlTypeOf } from './ggml-types.ts';
import type { GgufBytes } from './gguf-bytes.ts';

/** One tensor of a header. */
export interface GgufTensor {
  readonly name: string;
  readonly type: GgmlType;
  /** Sizes of the dimensions, innermost first, as ggml counts. */
  readonly dimensions: readonly number[];
  /** Counted from where the data begins. */
  readonly offset: number;
  readonly sizeBytes: number;
}

/** Published models have a few thousand. llama.cpp compares each with each. */
const maxTensors = 65_536;
/** ggml keeps a name in 64 bytes, the last of them 0. */
const maxNameBytes = 63;
const maxDimensions = 4;

/** Reads `count` tensor entries. Throws `INVALID_MODEL_FILE` naming the tensor. */
export async function readTensors(bytes: GgufBytes, count: number, file: string): Promise<GgufTensor[]> {
  if (count > maxTensors) throw new InvalidModelFileError({ file, message: `It claims ${count} tensors; at most ${maxTensors} are read.` });
  const tensors = new Map<string, GgufTensor>();
  for (let index = 0; index < count; index += 1) {
    const tensor = await readTensor(bytes, index, file);
    if (tensors.has(tensor.name)) throw new InvalidModelFileError({ file, message: `It has the tensor ${quote(tensor.name)} twice.` });
    tensors.set(tensor.name, tensor);
  }
  return [...tensors.values()];
}

async function readTensor(bytes: GgufBytes, index: number, file: string): Promise<GgufTensor> {
  const length = await bytes.u64();
  if (length === 0 || length > maxNameBytes) {
    throw new InvalidModelFileError({
      file,
      message: `The name of tensor ${index} claims ${length} bytes; it must have 1 to ${maxNameBytes}.`,
    });
  }
  const name = (await bytes.take(length)).toString('utf8');
  const fail = (message: string) => new InvalidModelFileError({ file, message: `Tensor ${quote(name)}: ${message}` });
  const count = await bytes.u32();
  if (count === 0 || count > maxDimensions) throw fail(`it claims ${count} dimensions; 1 to ${maxDimensions} are possible.`);
  const dimensions: number[] = [];
  for (let axis = 0; axis < count; axis += 1) dimensions.push(await bytes.u64());
  if (dimensions.some((size) => size === 0)) throw fail(`a dimension of [${dimensions.join(', ')}] is 0.`);
  const id = await bytes.u32();
  const type = ggmlTypeOf(id);
  if (!type) throw fail(`unknown storage type ${id}.`);
  const [rowValues = 1, ...outer] = dimensions;
  if (rowValues % type.blockValues !== 0) {
    throw fail(`its rows have ${rowValues} values; ${type.name} keeps them in blocks of ${type.blockValues}.`);
  }
  // One multiplication at a time: a product beyond 2⁵³ would be compared as a rounded number.
  const rows = outer.reduce((product, size) => (Number.isSafeInteger(product) ? product * size : product), 1);
  const sizeBytes = bytesOfRows(type, { rows, rowValues });
  if (![rowValues, rows, rows * rowValues, sizeBytes].every(Number.isSafeInteger))
    throw fail(`[${dimensions.join(', ')}] is larger than any file.`);
  return { name, type, dimensions, sizeBytes, offset: await bytes.u64() };
}

/**
 * Checks that the tensors' bytes follow each other from the start of the data, each on the alignment, and that all of them are
 * in the file: what llama.cpp demands.
 */
export function checkPlaces(
  tensors: readonly GgufTensor[],
  { file, fileSize, dataStart, alignment }: { file: string; fileSize: number; dataStart: number; alignment: number },
): void {
  let expected = 0;
  for (const { name, offset, sizeBytes } of tensors) {
    if (offset !== expected) {
      throw new InvalidModelFileError({ file, message: `Tensor ${quote(name)}: its data begins at ${offset} in place of ${expected}.` });
    }
    if (dataStart + offset + sizeBytes > fileSize) {
      const message = `Tensor ${quote(name)}: its ${sizeBytes} bytes end at ${dataStart + offset + sizeBytes}, but the file has ${fileSize}: it is cut short.`;
      throw new InvalidModelFileError({ file, message });
    }
    expected = Math.ceil((offset + sizeBytes) / alignment) * alignment;
  }
}
