/** Writes one protobuf message. Fields come out in the order of the calls. */
export interface MessageWriter {
  /** A whole number (int32, int64, enum): `null` is left out. */
  integer(field: number, value: number | bigint | null): MessageWriter;
  /** A 32-bit float. */
  float(field: number, value: number): MessageWriter;
  string(field: number, value: string): MessageWriter;
  bytes(field: number, value: Uint8Array): MessageWriter;
  message(field: number, value: MessageWriter): MessageWriter;
  /** The message's bytes. */
  finish(): Uint8Array;
}

const varint = 0;
const lengthDelimited = 2;
const fixed32 = 5;

/**
 * Starts a message. Only what ONNX needs of the wire format.
 *
 * Reference: https://protobuf.dev/programming-guides/encoding/
 */
export function message(): MessageWriter {
  const parts: Uint8Array[] = [];
  const writer: MessageWriter = {
    integer(field, value) {
      if (value !== null) parts.push(key(field, varint), encodeVarint(BigInt.asUintN(64, BigInt(value))));
      return writer;
    },
    float(field, value) {
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setFloat32(0, value, true);
      parts.push(key(field, fixed32), bytes);
      return writer;
    },
    string: (field, value) => writer.bytes(field, new TextEncoder().encode(value)),
    bytes(field, value) {
      parts.push(key(field, lengthDelimited), encodeVarint(BigInt(value.length)), value);
      return writer;
    },
    message: (field, value) => writer.bytes(field, value.finish()),
    finish: () => concatenate(parts),
  };
  return writer;
}

function key(field: number, wireType: number): Uint8Array {
  return encodeVarint(BigInt((field << 3) | wireType));
}

function encodeVarint(value: bigint): Uint8Array {
  const bytes: number[] = [];
  let rest = value;
  while (rest > 127n) {
    bytes.push(Number(rest & 127n) | 128);
    rest >>= 7n;
  }
  bytes.push(Number(rest));
  return Uint8Array.from(bytes);
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let position = 0;
  for (const part of parts) {
    whole.set(part, position);
    position += part.length;
  }
  return whole;
}
