import { InvalidModelFileError } from '../../errors.ts';

/** One field of a protobuf message, in the form that its wire type has; the others are null. */
export interface ProtobufField {
  readonly field: number;
  readonly number: number | null;
  readonly bytes: Uint8Array | null;
  /** Four or eight bytes. */
  readonly fixed: DataView | null;
}

/** Walks a message's fields. Throws `INVALID_MODEL_FILE` where it ends inside one. Reference: https://protobuf.dev/programming-guides/encoding/ */
export function* readFields(message: Uint8Array, file: string): Generator<ProtobufField> {
  let at = 0;
  while (at < message.length) {
    const key = varint();
    const field = Math.floor(key / 8);
    const kind = key % 8;
    if (kind === 0) yield { field, number: varint(), bytes: null, fixed: null };
    else if (kind === 2) yield { field, number: null, bytes: take(varint()), fixed: null };
    else if (kind === 1 || kind === 5) yield { field, number: null, bytes: null, fixed: viewOf(take(kind === 1 ? 8 : 4)) };
    else throw new InvalidModelFileError({ file, message: 'It is no protobuf message.' });
  }

  function take(length: number): Uint8Array {
    if (at + length > message.length) throw new InvalidModelFileError({ file, message: 'It ends inside a field.' });
    at += length;
    return message.subarray(at - length, at);
  }

  function varint(): number {
    let value = 0;
    for (let shift = 0; shift < 10; shift += 1) {
      const [byte = 0] = take(1);
      value += (byte & 127) * 2 ** (7 * shift);
      if (byte < 128) return value;
    }
    throw new InvalidModelFileError({ file, message: 'It has a number of more than 64 bits.' });
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
