/** How values of one storage type lie in a file: blocks of `blockValues` values, `blockBytes` bytes each. */
export interface GgmlType {
  readonly id: number;
  readonly name: string;
  readonly blockValues: number;
  readonly blockBytes: number;
}

/**
 * Every storage type that ggml can hold today; the ids that are missing were given up.
 * Reference: ggml, `enum ggml_type` and `type_traits`.
 */
const table: readonly (readonly [id: number, name: string, blockValues: number, blockBytes: number])[] = [
  [0, 'F32', 1, 4],
  [1, 'F16', 1, 2],
  [2, 'Q4_0', 32, 18],
  [3, 'Q4_1', 32, 20],
  [6, 'Q5_0', 32, 22],
  [7, 'Q5_1', 32, 24],
  [8, 'Q8_0', 32, 34],
  [9, 'Q8_1', 32, 36],
  [10, 'Q2_K', 256, 84],
  [11, 'Q3_K', 256, 110],
  [12, 'Q4_K', 256, 144],
  [13, 'Q5_K', 256, 176],
  [14, 'Q6_K', 256, 210],
  [15, 'Q8_K', 256, 292],
  [16, 'IQ2_XXS', 256, 66],
  [17, 'IQ2_XS', 256, 74],
  [18, 'IQ3_XXS', 256, 98],
  [19, 'IQ1_S', 256, 50],
  [20, 'IQ4_NL', 32, 18],
  [21, 'IQ3_S', 256, 110],
  [22, 'IQ2_S', 256, 82],
  [23, 'IQ4_XS', 256, 136],
  [24, 'I8', 1, 1],
  [25, 'I16', 1, 2],
  [26, 'I32', 1, 4],
  [27, 'I64', 1, 8],
  [28, 'F64', 1, 8],
  [29, 'IQ1_M', 256, 56],
  [30, 'BF16', 1, 2],
  [34, 'TQ1_0', 256, 54],
  [35, 'TQ2_0', 256, 66],
  [39, 'MXFP4', 32, 17],
  [40, 'NVFP4', 64, 36],
  [41, 'Q1_0', 128, 18],
  [42, 'Q2_0', 64, 18],
];

const types: readonly GgmlType[] = table.map(([id, name, blockValues, blockBytes]) => ({ id, name, blockValues, blockBytes }));
const byId = new Map(types.map((type) => [type.id, type]));

/** The type of that number; undefined where ggml has none. */
export function ggmlTypeOf(id: number): GgmlType | undefined {
  return byId.get(id);
}

/** The types that can be written here. */
export const writableTypes = ['F32', 'F16', 'BF16', 'Q8_0'] as const;
export type WritableType = (typeof writableTypes)[number];

const writable = Object.fromEntries(types.map((type) => [type.name, type])) as Readonly<Record<WritableType, GgmlType>>;

/** The layout of a type that can be written. */
export function writableType(name: WritableType): GgmlType {
  return writable[name];
}

/** Bytes of a tensor whose rows have `rowValues` values: a multiple of the type's block. */
export function bytesOfRows(type: GgmlType, { rows, rowValues }: { rows: number; rowValues: number }): number {
  return rows * (rowValues / type.blockValues) * type.blockBytes;
}
