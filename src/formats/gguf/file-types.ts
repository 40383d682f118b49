import type { GgufFields } from './gguf-fields.ts';
import type { GgufTensor } from './gguf-tensors.ts';

/** Names of `general.file_type`, as people know them. Reference: llama.cpp, `enum llama_ftype`. */
const names: Readonly<Record<number, string>> = {
  0: 'F32',
  1: 'F16',
  2: 'Q4_0',
  3: 'Q4_1',
  7: 'Q8_0',
  8: 'Q5_0',
  9: 'Q5_1',
  10: 'Q2_K',
  11: 'Q3_K_S',
  12: 'Q3_K_M',
  13: 'Q3_K_L',
  14: 'Q4_K_S',
  15: 'Q4_K_M',
  16: 'Q5_K_S',
  17: 'Q5_K_M',
  18: 'Q6_K',
  19: 'IQ2_XXS',
  20: 'IQ2_XS',
  21: 'Q2_K_S',
  22: 'IQ3_XS',
  23: 'IQ3_XXS',
  24: 'IQ1_S',
  25: 'IQ4_NL',
  26: 'IQ3_S',
  27: 'IQ3_M',
  28: 'IQ2_S',
  29: 'IQ2_M',
  30: 'IQ4_XS',
  31: 'IQ1_M',
  32: 'BF16',
  36: 'TQ1_0',
  37: 'TQ2_0',
  38: 'MXFP4',
  39: 'NVFP4',
  40: 'Q1_0',
  41: 'Q2_0',
};

/** `general.file_type` of what can be written here. */
export const fileTypeIds = { F32: 0, F16: 1, Q8_0: 7, BF16: 32 } as const;

/** How most of the weights are stored: by the file's own word, else the type that most bytes have. */
export function quantizationOf(fields: GgufFields, tensors: readonly GgufTensor[]): string | null {
  const key = 'general.file_type';
  const named = fields.has(key) ? names[fields.integer(key)] : undefined;
  if (named) return named;
  const bytes = new Map<string, number>();
  for (const { type, sizeBytes } of tensors) bytes.set(type.name, (bytes.get(type.name) ?? 0) + sizeBytes);
  return [...bytes].sort((left, right) => right[1] - left[1])[0]?.[0] ?? null;
}
