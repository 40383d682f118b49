import { InvalidModelFileError, quote } from '../errors.ts';
import { findDuplicateKey } from './duplicate-key.ts';
import { isJsonObject } from './json-file.ts';
import { bitsOfDtype, type Dtype, type TensorEntry } from './safetensors-types.ts';

/** The reference implementation's limit. */
const maxHeaderBytes = 100_000_000;
const lengthBytes = 8;

/**
 * Length of the JSON header from the file's first 8 bytes. Throws `INVALID_MODEL_FILE` unless it is within the limit and the file.
 *
 * Reference: the safetensors crate, `SafeTensors::read_metadata`.
 */
export function readHeaderLength(prefix: Uint8Array, { file, fileSize }: { file: string; fileSize: number }): number {
  if (prefix.length < lengthBytes || fileSize < lengthBytes) {
    throw new InvalidModelFileError({ file, message: 'It is shorter than a safetensors header.' });
  }
  const length = new DataView(prefix.buffer, prefix.byteOffset, lengthBytes).getBigUint64(0, true);
  if (length > BigInt(maxHeaderBytes)) {
    throw new InvalidModelFileError({ file, message: `Its header claims ${length} bytes; the format allows ${maxHeaderBytes}.` });
  }
  if (length > BigInt(fileSize - lengthBytes)) {
    throw new InvalidModelFileError({ file, message: `Its header claims ${length} bytes, more than the file has.` });
  }
  return Number(length);
}

/**
 * The tensors of a header in the order of their bytes. Throws `INVALID_MODEL_FILE`, naming the tensor, unless the header says
 * exactly where every byte of the file belongs: nothing overlaps, nothing is left over.
 */
export function parseHeader(header: Uint8Array, { file, fileSize }: { file: string; fileSize: number }): TensorEntry[] {
  const dataStart = lengthBytes + header.length;
  const entries = Object.entries(parseObject(header, file))
    .filter(([name, value]) => !(name === '__metadata__' && checkMetadata(value, file)))
    .map(([name, value]) => parseTensor({ name, value, file, dataStart, dataLength: fileSize - dataStart }))
    .sort((left, right) => left.offset - right.offset || left.length - right.length);
  checkCoverage(entries, { file, dataStart, fileSize });
  return entries;
}

function parseObject(header: Uint8Array, file: string): Record<string, unknown> {
  let value: unknown;
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(header);
    value = JSON.parse(text);
  } catch (cause) {
    throw new InvalidModelFileError({ file, message: 'Its header is not valid JSON.', cause });
  }
  if (!isJsonObject(value) || !text.startsWith('{')) throw new InvalidModelFileError({ file, message: 'Its header is not a JSON object.' });
  const duplicate = findDuplicateKey(text);
  if (duplicate !== null) throw new InvalidModelFileError({ file, message: `Its header has the key ${quote(duplicate)} twice.` });
  return value;
}

function checkMetadata(value: unknown, file: string): true {
  if (isJsonObject(value) && Object.values(value).every((entry) => typeof entry === 'string')) return true;
  throw new InvalidModelFileError({ file, message: 'Its __metadata__ must map strings to strings.' });
}

interface TensorContext {
  name: string;
  value: unknown;
  file: string;
  dataStart: number;
  dataLength: number;
}

function parseTensor({ name, value, file, dataStart, dataLength }: TensorContext): TensorEntry {
  const fail = (message: string): never => {
    throw new InvalidModelFileError({ file, message: `Tensor ${quote(name)}: ${message}` });
  };
  if (!isJsonObject(value)) return fail('its entry is not an object.');
  const { dtype, shape, data_offsets: offsets } = value;
  if (!isDtype(dtype)) return fail(`unknown dtype ${quote(String(JSON.stringify(dtype)))}.`);
  if (!isSizes(shape)) return fail('shape must be a list of whole numbers of 0 or more.');
  if (!isSizes(offsets) || offsets.length !== 2) return fail('data_offsets must be two whole numbers of 0 or more.');
  const [start = 0, end = 0] = offsets;
  if (start > end) return fail(`data_offsets end (${end}) before they start (${start}).`);
  if (end > dataLength) return fail(`data_offsets end at ${end}, but the file has ${dataLength} bytes of data.`);
  // One multiplication at a time: a product beyond 2^53 would compare as a rounded number.
  const bits = shape.reduce((product, size) => (Number.isSafeInteger(product) ? product * size : product), bitsOfDtype[dtype] as number);
  if (!Number.isSafeInteger(bits) || bits !== (end - start) * 8) {
    return fail(`shape [${shape.slice(0, 8).join(', ')}] of ${dtype} does not fill its ${end - start} bytes.`);
  }
  return { name, dtype, shape, offset: dataStart + start, length: end - start };
}

function checkCoverage(
  entries: readonly TensorEntry[],
  { file, dataStart, fileSize }: { file: string; dataStart: number; fileSize: number },
) {
  let end = dataStart;
  for (const { name, offset, length } of entries) {
    if (offset !== end) {
      const what = offset < end ? 'overlaps the one before it' : 'leaves a hole before it';
      throw new InvalidModelFileError({ file, message: `Tensor ${quote(name)}: ${what}.` });
    }
    end += length;
  }
  if (end !== fileSize) {
    throw new InvalidModelFileError({ file, message: `Its tensors end at byte ${end}, the file at ${fileSize}.` });
  }
}

function isDtype(value: unknown): value is Dtype {
  return typeof value === 'string' && Object.hasOwn(bitsOfDtype, value);
}

function isSizes(value: unknown): value is number[] {
  return Array.isArray(value) && value.every((size) => Number.isSafeInteger(size) && size >= 0);
}
