/** Types of a GGUF metadata value, by their number in the file. Reference: ggml, `enum gguf_type`. */
export const valueTypeIds = {
  u8: 0,
  i8: 1,
  u16: 2,
  i16: 3,
  u32: 4,
  i32: 5,
  f32: 6,
  bool: 7,
  string: 8,
  array: 9,
  u64: 10,
  i64: 11,
  f64: 12,
} as const;

export type GgufValueType = keyof typeof valueTypeIds;

const typesById = new Map<number, GgufValueType>(Object.entries(valueTypeIds).map(([type, id]) => [id, type as GgufValueType]));

/** The type of that number; undefined where the format has none. */
export function valueTypeOf(id: number): GgufValueType | undefined {
  return typesById.get(id);
}

/** Bytes of a value of fixed size. */
export const sizeOfValueType = { u8: 1, i8: 1, u16: 2, i16: 2, u32: 4, i32: 4, f32: 4, bool: 1, u64: 8, i64: 8, f64: 8 } as const;

export type GgufNumberType = 'u8' | 'i8' | 'u16' | 'i16' | 'u32' | 'i32' | 'f32' | 'u64' | 'i64' | 'f64';

/** A value to write, with the type that readers expect of its key. */
export type GgufValue =
  | { readonly type: GgufNumberType; readonly value: number }
  | { readonly type: 'bool'; readonly value: boolean }
  | { readonly type: 'string'; readonly value: string }
  | { readonly type: 'array'; readonly of: GgufNumberType; readonly values: ArrayLike<number> }
  | { readonly type: 'array'; readonly of: 'string'; readonly values: readonly string[] };

/** Keys in the order in which they are written. */
export type GgufMetadata = Iterable<readonly [key: string, value: GgufValue]>;

export const u32 = (value: number): GgufValue => ({ type: 'u32', value });
export const f32 = (value: number): GgufValue => ({ type: 'f32', value });
export const bool = (value: boolean): GgufValue => ({ type: 'bool', value });
export const text = (value: string): GgufValue => ({ type: 'string', value });
export const texts = (values: readonly string[]): GgufValue => ({ type: 'array', of: 'string', values });
export const i32s = (values: ArrayLike<number>): GgufValue => ({ type: 'array', of: 'i32', values });
export const f32s = (values: ArrayLike<number>): GgufValue => ({ type: 'array', of: 'f32', values });
