/** Bits of one value of each dtype that the format knows; the small ones are packed. */
export const bitsOfDtype = {
  BOOL: 8,
  U8: 8,
  I8: 8,
  I16: 16,
  U16: 16,
  I32: 32,
  U32: 32,
  I64: 64,
  U64: 64,
  F4: 4,
  F6_E2M3: 6,
  F6_E3M2: 6,
  F8_E4M3: 8,
  F8_E5M2: 8,
  F8_E8M0: 8,
  F8_E4M3FNUZ: 8,
  F8_E5M2FNUZ: 8,
  F16: 16,
  BF16: 16,
  F32: 32,
  F64: 64,
  C64: 64,
} as const;

/** Storage type of a tensor's values. */
export type Dtype = keyof typeof bitsOfDtype;

/** One tensor of a header: where its bytes lie in the file. */
export interface TensorEntry {
  readonly name: string;
  readonly dtype: Dtype;
  /** Sizes of the dimensions, outermost first; empty for a single value. */
  readonly shape: readonly number[];
  /** First byte, counted from the start of the file. */
  readonly offset: number;
  /** Number of bytes. */
  readonly length: number;
}

/** One tensor of a checkpoint, with the file that holds it. */
export interface StoredTensor extends TensorEntry {
  /** The file's path inside the model's folder. */
  readonly file: string;
}

/** All tensors of a checkpoint by name, over all its files. */
export type StoredTensors = ReadonlyMap<string, StoredTensor>;

/** Whether a dtype holds weights; integer tensors in a checkpoint are buffers such as `position_ids`. */
export function isFloating(dtype: Dtype): boolean {
  return dtype.startsWith('F') || dtype === 'BF16';
}

/** Number of values of a shape. */
export function sizeOf(shape: readonly number[]): number {
  return shape.reduce((product, size) => product * size, 1);
}
