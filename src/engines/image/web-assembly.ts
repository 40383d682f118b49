/** Just enough of WebAssembly's binary format to write vector code that V8 compiles: JavaScript has none of its own. */

/** Bytes of one or more instructions. */
export type Code = readonly number[];

/** A function without a result. */
export interface WasmFunction {
  readonly name: string;
  /** How many 32-bit numbers it takes: locals 0 and on. */
  readonly parameterCount: number;
  /** How many more 32-bit locals it has, and after those how many vectors of 128 bits. */
  readonly numberCount: number;
  readonly vectorCount: number;
  readonly body: Code;
}

const [i32, v128] = [0x7f, 0x7b];

/** A module that exports the functions and its `memory`, of one page at first. */
export function wasmModule(functions: readonly WasmFunction[]): Uint8Array<ArrayBuffer> {
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00],
    ...section(1, list(functions.map(({ parameterCount }) => [0x60, ...list(Array.from({ length: parameterCount }, () => [i32])), 0]))),
    ...section(3, list(functions.map((_, index) => unsigned(index)))),
    ...section(5, list([[0x00, ...unsigned(1)]])),
    ...section(7, list([[...text('memory'), 0x02, 0], ...functions.map(({ name }, index) => [...text(name), 0x00, ...unsigned(index)])])),
    ...section(10, list(functions.map(functionBody))),
  ]);
}

function functionBody({ numberCount, vectorCount, body }: WasmFunction): Code {
  const locals = list([
    [...unsigned(numberCount), i32],
    [...unsigned(vectorCount), v128],
  ]);
  return sized([...locals, ...body, 0x0b]);
}

function section(id: number, content: Code): Code {
  return [id, ...sized(content)];
}

function sized(content: Code): Code {
  return [...unsigned(content.length), ...content];
}

function list(items: readonly Code[]): Code {
  return [...unsigned(items.length), ...items.flat()];
}

function text(value: string): Code {
  return sized([...Buffer.from(value)]);
}

/** LEB128. */
function unsigned(value: number): Code {
  return value < 0x80 ? [value] : [(value & 0x7f) | 0x80, ...unsigned(value >>> 7)];
}

function signed(value: number): Code {
  return value >= -0x40 && value < 0x40 ? [value & 0x7f] : [(value & 0x7f) | 0x80, ...signed(value >> 7)];
}

const vector = (opcode: number, ...immediate: number[]): Code => [0xfd, ...unsigned(opcode), ...immediate];
const at = (offset: number): Code => [0, ...unsigned(offset)];

/** Instructions by their names in the specification; what they work on is put on the stack before them. */
export const wasm = {
  get: (local: number): Code => [0x20, ...unsigned(local)],
  set: (local: number): Code => [0x21, ...unsigned(local)],
  constant: (value: number): Code => [0x41, ...signed(value)],
  add: [0x6a],
  /** Runs the body, and again as long as local `counter` is below local `end` after `step` was added to it. */
  loop: (counter: number, { end, step, body }: { end: number; step: Code; body: Code }): Code => {
    const again = [...wasm.get(counter), ...step, ...wasm.add, ...wasm.set(counter), ...wasm.get(counter), ...wasm.get(end), 0x49];
    return [0x03, 0x40, ...body, ...again, 0x0d, 0, 0x0b];
  },
  load: (offset = 0): Code => [0x28, ...at(offset)],
  'v128.load': (offset = 0): Code => vector(0x00, ...at(offset)),
  'v128.load32_splat': (offset = 0): Code => vector(0x09, ...at(offset)),
  'v128.load64_zero': (offset = 0): Code => vector(0x5d, ...at(offset)),
  'v128.store32_lane': (lane: number): Code => vector(0x5a, ...at(0), lane),
  'v128.store64_lane': (lane: number): Code => vector(0x5b, ...at(0), lane),
  'v128.const': (bytes: readonly number[]): Code => vector(0x0c, ...bytes),
  'i8x16.shuffle': (lanes: readonly number[]): Code => vector(0x0d, ...lanes),
  'i8x16.swizzle': vector(0x0e),
  'i8x16.narrow_i16x8_u': vector(0x66),
  'i16x8.narrow_i32x4_s': vector(0x85),
  'i16x8.extend_low_i8x16_u': vector(0x89),
  'i16x8.extend_high_i8x16_u': vector(0x8a),
  'i32x4.splat': vector(0x11),
  'i32x4.shl': vector(0xab),
  'i32x4.shr_s': vector(0xac),
  'i32x4.add': vector(0xae),
  'i32x4.dot_i16x8_s': vector(0xba),
} as const;
