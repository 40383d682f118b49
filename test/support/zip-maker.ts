import { crc32, deflateRawSync } from 'node:zlib';

/** One entry of a zip that is written by hand, so that it can lie. */
export interface ZipEntryInput {
  name: string | Buffer;
  content?: Uint8Array | string;
  deflated?: boolean;
  /** Unix mode in the directory, e.g. 0o120777 for a link. */
  mode?: number;
  encrypted?: boolean;
  /** Bytes of the local header are those of this entry: they overlap. */
  sharesBytesOf?: number;
  crc?: number;
  /** The size that the directory claims. */
  claimedBytes?: number;
  method?: number;
  /** Sizes and checksum follow the content, and the local header has zeros. */
  hasDescriptor?: boolean;
  /** Sizes and offset stand in an extra field, in 64 bits. */
  zip64?: boolean;
}

const encryptionHeaderBytes = 12;

/** The bytes of a zip. */
export function makeZip(entries: readonly ZipEntryInput[]): Buffer {
  const parts: Buffer[] = [];
  const directory: Buffer[] = [];
  const offsets: number[] = [];
  let offset = 0;
  for (const entry of entries) {
    const { content = '', deflated = false, encrypted = false, sharesBytesOf, hasDescriptor = false } = entry;
    const bytes = Buffer.from(content);
    const packed = deflated ? deflateRawSync(bytes) : bytes;
    const stored = encrypted ? Buffer.concat([Buffer.alloc(encryptionHeaderBytes), packed]) : packed;
    const facts = { crc: entry.crc ?? crc32(bytes), storedBytes: stored.length, bytes: entry.claimedBytes ?? bytes.length };
    const nothing = { crc: 0, storedBytes: 0, bytes: 0 };
    if (sharesBytesOf === undefined) {
      offsets.push(offset);
      const header = [signature('\x03\x04'), commonFields(entry, hasDescriptor ? nothing : facts, 0), Buffer.from(entry.name)];
      const local = Buffer.concat([...header, stored, ...(hasDescriptor ? [descriptor(facts)] : [])]);
      parts.push(local);
      offset += local.length;
    } else offsets.push(offsets[sharesBytesOf] ?? 0);
    directory.push(directoryEntry(entry, facts, offsets.at(-1) ?? 0));
  }
  const central = Buffer.concat(directory);
  const end = Buffer.alloc(18);
  end.writeUInt16LE(entries.length, 4);
  end.writeUInt16LE(entries.length, 6);
  end.writeUInt32LE(central.length, 8);
  end.writeUInt32LE(offset, 12);
  return Buffer.concat([...parts, central, signature('\x05\x06'), end]);
}

interface EntryFacts {
  crc: number;
  storedBytes: number;
  bytes: number;
}

function signature(kind: string): Buffer {
  return Buffer.from(`PK${kind}`, 'latin1');
}

/** What the local header and the directory have in common. */
function commonFields(entry: ZipEntryInput, { crc, storedBytes, bytes }: EntryFacts, extraBytes: number): Buffer {
  const fields = Buffer.alloc(26);
  const flags = 0x800 | (entry.encrypted ? 1 : 0) | (entry.hasDescriptor ? 8 : 0);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(flags, 2);
  fields.writeUInt16LE(entry.method ?? (entry.deflated ? 8 : 0), 4);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(storedBytes, 14);
  fields.writeUInt32LE(bytes, 18);
  fields.writeUInt16LE(Buffer.from(entry.name).length, 22);
  fields.writeUInt16LE(extraBytes, 24);
  return fields;
}

function descriptor({ crc, storedBytes, bytes }: EntryFacts): Buffer {
  const fields = Buffer.alloc(12);
  fields.writeUInt32LE(crc, 0);
  fields.writeUInt32LE(storedBytes, 4);
  fields.writeUInt32LE(bytes, 8);
  return Buffer.concat([signature('\x07\x08'), fields]);
}

function directoryEntry(entry: ZipEntryInput, facts: EntryFacts, offset: number): Buffer {
  const { mode = 0o100644, zip64 = false } = entry;
  const elsewhere = 0xffffffff;
  const extra = zip64 ? zip64Field(facts, offset) : Buffer.alloc(0);
  const shown = zip64 ? { ...facts, storedBytes: elsewhere, bytes: elsewhere } : facts;
  const tail = Buffer.alloc(14);
  tail.writeUInt32LE((mode << 16) >>> 0, 6);
  tail.writeUInt32LE(zip64 ? elsewhere : offset, 10);
  const madeByUnix = Buffer.from([20, 3]);
  return Buffer.concat([signature('\x01\x02'), madeByUnix, commonFields(entry, shown, extra.length), tail, Buffer.from(entry.name), extra]);
}

function zip64Field({ bytes, storedBytes }: EntryFacts, offset: number): Buffer {
  const field = Buffer.alloc(28);
  field.writeUInt16LE(1, 0);
  field.writeUInt16LE(24, 2);
  field.writeBigUInt64LE(BigInt(bytes), 4);
  field.writeBigUInt64LE(BigInt(storedBytes), 12);
  field.writeBigUInt64LE(BigInt(offset), 20);
  return field;
}
