import { InvalidModelFileError, quote } from '../../errors.ts';
import type { GgufBytes } from './gguf-bytes.ts';
import { tokensKey } from './gguf-keys.ts';
import { type GgufValueType, sizeOfValueType, valueTypeOf } from './metadata-values.ts';

/** A value as a header has it. Of a list that nothing here needs, only the length is kept. */
export type StoredValue =
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: Exclude<GgufValueType, 'string' | 'bool' | 'array'>; readonly value: number }
  | {
      readonly type: 'array';
      readonly of: Exclude<GgufValueType, 'array'>;
      readonly length: number;
      readonly values: readonly (string | number)[] | null;
      /** Only of the vocabulary: whether there is a token for each byte. */
      readonly hasBytes?: boolean;
    };

export type StoredMetadata = ReadonlyMap<string, StoredValue>;

/** Published models have some hundred. llama.cpp compares each with each. */
const maxKeys = 4096;
const maxKeyBytes = 256;
/** The longest chat templates have some 50 kB. */
const maxStringBytes = 4 * 1024 * 1024;
const maxKeptBytes = 16 * 1024 * 1024;
/** The largest vocabularies have 262,144 tokens, and twice as many merges. */
const maxStrings = 2 ** 21;
/** Lists by layer, labels: what is kept whole. */
const maxKeptValues = 4096;

/** Reads `count` keys with their values, and writes down where each value begins. Throws `INVALID_MODEL_FILE` for what no reader could make sense of, or would choke on. */
export async function readMetadata(
  bytes: GgufBytes,
  count: number,
  { file, places }: { file: string; places: Map<string, number> },
): Promise<Map<string, StoredValue>> {
  if (count > maxKeys) throw new InvalidModelFileError({ file, message: `It claims ${count} metadata keys; at most ${maxKeys} are read.` });
  const metadata = new Map<string, StoredValue>();
  const kept = { bytes: 0 };
  for (let index = 0; index < count; index += 1) {
    const key = await readKey(bytes, index, file);
    if (metadata.has(key)) throw new InvalidModelFileError({ file, message: `Its metadata has the key ${quote(key)} twice.` });
    places.set(key, bytes.position);
    metadata.set(key, await readValue(bytes, { key, file, kept }));
  }
  return metadata;
}

interface ValueContext {
  key: string;
  file: string;
  kept: { bytes: number };
}

async function readKey(bytes: GgufBytes, index: number, file: string): Promise<string> {
  const length = await bytes.u64();
  if (length === 0 || length > maxKeyBytes) {
    throw new InvalidModelFileError({ file, message: `Metadata key ${index} claims ${length} bytes; it must have 1 to ${maxKeyBytes}.` });
  }
  const key = (await bytes.take(length)).toString('latin1');
  // The native library's reader makes nested objects of the parts.
  const isPlain =
    /^[\w.+-]+$/.test(key) && !key.split('.').some((part) => part === '__proto__' || part === 'constructor' || part === 'prototype');
  if (!isPlain) throw new InvalidModelFileError({ file, message: `Metadata key ${index} is not a plain name: ${quote(key)}.` });
  return key;
}

async function readValue(bytes: GgufBytes, context: ValueContext): Promise<StoredValue> {
  const type = await readType(bytes, context);
  if (type !== 'array') return readScalar(bytes, type, context);
  const of = await readType(bytes, context);
  if (of === 'array') throw fail(context, 'is a list of lists.');
  const length = await bytes.u64();
  if (of === 'string') return { type, of, length, ...(await readStrings(bytes, length, context)) };
  const size = sizeOfValueType[of];
  bytes.require(length * size, `the list ${quote(context.key)}`);
  if (length > maxKeptValues) {
    await bytes.skip(length * size);
    return { type, of, length, values: null };
  }
  const values: number[] = [];
  for (let index = 0; index < length; index += 1) values.push(Number((await readScalar(bytes, of, context)).value));
  return { type, of, length, values };
}

async function readType(bytes: GgufBytes, context: ValueContext): Promise<GgufValueType> {
  const id = await bytes.u32();
  const type = valueTypeOf(id);
  if (!type) throw fail(context, `has the unknown type ${id}.`);
  return type;
}

async function readScalar(
  bytes: GgufBytes,
  type: Exclude<GgufValueType, 'array'>,
  context: ValueContext,
): Promise<Exclude<StoredValue, { type: 'array' }>> {
  if (type === 'string') return { type, value: (await readString(bytes, context)).toString('utf8') };
  const value = await bytes.take(sizeOfValueType[type]);
  switch (type) {
    case 'bool':
      return { type, value: value.readUInt8(0) !== 0 };
    case 'u8':
      return { type, value: value.readUInt8(0) };
    case 'i8':
      return { type, value: value.readInt8(0) };
    case 'u16':
      return { type, value: value.readUInt16LE(0) };
    case 'i16':
      return { type, value: value.readInt16LE(0) };
    case 'u32':
      return { type, value: value.readUInt32LE(0) };
    case 'i32':
      return { type, value: value.readInt32LE(0) };
    case 'f32':
      return { type, value: value.readFloatLE(0) };
    case 'f64':
      return { type, value: value.readDoubleLE(0) };
    case 'u64':
      return { type, value: Number(value.readBigUInt64LE(0)) };
    case 'i64':
      return { type, value: Number(value.readBigInt64LE(0)) };
  }
}

/** A kept string's bytes. */
async function readString(bytes: GgufBytes, context: ValueContext): Promise<Buffer> {
  const length = await bytes.u64();
  bytes.require(length, `the text ${quote(context.key)}`);
  if (length > maxStringBytes) throw fail(context, `has ${length} bytes; at most ${maxStringBytes} are read.`);
  context.kept.bytes += length;
  if (context.kept.bytes > maxKeptBytes) throw fail(context, `makes the metadata's texts longer than ${maxKeptBytes} bytes.`);
  return bytes.take(length);
}

/** Walks a list of strings; a vocabulary is looked at for tokens that are there twice, for llama.cpp aborts on them. */
async function readStrings(
  bytes: GgufBytes,
  length: number,
  context: ValueContext,
): Promise<{ values: string[] | null; hasBytes?: boolean }> {
  if (length > maxStrings) throw fail(context, `claims ${length} texts; at most ${maxStrings} are read.`);
  bytes.require(length * 8, `the list ${quote(context.key)}`);
  const isKept = length <= maxKeptValues;
  const tokens = context.key === tokensKey ? new Set<string>() : null;
  const values: string[] = [];
  for (let index = 0; index < length; index += 1) {
    const size = await bytes.u64();
    bytes.require(size, `the list ${quote(context.key)}`);
    if (size > maxStringBytes) throw fail(context, `has a text of ${size} bytes; at most ${maxStringBytes} are read.`);
    if (!isKept && !tokens) {
      await bytes.skip(size);
      continue;
    }
    const value = await bytes.take(size);
    if (tokens && size > 0) {
      // Byte for byte: two broken texts would look alike in UTF-8.
      const token = value.toString('latin1');
      if (tokens.has(token)) throw fail(context, `has the token ${quote(value.toString('utf8'))} twice.`);
      tokens.add(token);
    }
    if (!isKept) continue;
    context.kept.bytes += size;
    if (context.kept.bytes > maxKeptBytes) throw fail(context, `makes the metadata's texts longer than ${maxKeptBytes} bytes.`);
    values.push(value.toString('utf8'));
  }
  return { values: isKept ? values : null, ...(tokens ? { hasBytes: hasAllBytes(tokens) } : {}) };
}

/** A byte's token is `<0x0A>`, or the byte itself. */
function hasAllBytes(tokens: ReadonlySet<string>): boolean {
  const names = Array.from({ length: 256 }, (_, byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
  return names.every((name, byte) => tokens.has(name) || tokens.has(String.fromCharCode(byte)));
}

function fail({ key, file }: ValueContext, what: string): InvalidModelFileError {
  return new InvalidModelFileError({ file, message: `Metadata key ${quote(key)} ${what}` });
}
