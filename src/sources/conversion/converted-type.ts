import { type WritableType, writableTypes } from '../../formats/gguf/ggml-types.ts';

/** How the weights of a GGUF that is made of safetensors can be stored. */
export type ConvertedType = WritableType;
export const convertedTypes: readonly ConvertedType[] = writableTypes;
export const defaultConvertedType: ConvertedType = 'F16';

/** Whether a word that a client wrote for a quantisation is one of them, in any case. */
export function asConvertedType(word: string | null): ConvertedType | null {
  return convertedTypes.find((type) => type === word?.toUpperCase()) ?? null;
}
