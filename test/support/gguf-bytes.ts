import { type GgufToWrite, writeGguf } from '../../src/formats/gguf/gguf-writer.ts';
import type { GgufValue } from '../../src/formats/gguf/metadata-values.ts';

/** A made model's file as bytes. */
export async function ggufBytes(model: GgufToWrite): Promise<Buffer> {
  return Buffer.concat(await Array.fromAsync(writeGguf(model)));
}

/** The same model with other metadata: `null` takes a key out. */
export function withMetadata(model: GgufToWrite, changes: Record<string, GgufValue | null>): GgufToWrite {
  const kept = [...model.metadata].filter(([key]) => !(key in changes));
  const added = Object.entries(changes).flatMap(([key, value]) => (value === null ? [] : [[key, value] as const]));
  return { ...model, metadata: [...kept, ...added] };
}

/** The same model without some of its tensors. */
export function withoutTensors(model: GgufToWrite, pattern: RegExp): GgufToWrite {
  return { ...model, tensors: model.tensors.filter(({ name }) => !pattern.test(name)) };
}

/** Bytes with a whole number of 4 or 8 bytes put over them. */
export function patched(bytes: Buffer, offset: number, value: number | bigint): Buffer {
  const copy = Buffer.from(bytes);
  if (typeof value === 'bigint') copy.writeBigUInt64LE(value, offset);
  else copy.writeUInt32LE(value, offset);
  return copy;
}

/** Where the text begins that follows its length; the length lies 8 bytes before. */
export function placeOf(bytes: Buffer, text: string): number {
  const length = Buffer.alloc(8);
  length.writeBigUInt64LE(BigInt(Buffer.byteLength(text)));
  const at = bytes.indexOf(Buffer.concat([length, Buffer.from(text)]));
  if (at < 0) throw new Error(`no text ${text} in the file`);
  return at + 8;
}
