import { InvalidModelFileError } from '../../errors.ts';
import type { GgufHeader } from './gguf-header.ts';

/** Typed reading of a header's metadata: each getter throws `INVALID_MODEL_FILE` naming the file and the key. */
export interface GgufFields {
  /** A whole number of `min` to `max`; the default where the key is missing. */
  integer(key: string, options?: { min?: number; max?: number; default?: number }): number;
  /** One number for all layers, or one for each. */
  layerIntegers(key: string, options: { layers: number; max?: number; default?: number }): number[];
  /** A finite number above 0; the default where the key is missing. */
  positive(key: string, options?: { default?: number }): number;
  /** A text; null where the key is missing. */
  text(key: string): string | null;
  boolean(key: string, fallback: boolean): boolean;
  /** The length of a list; null where the key is missing. */
  length(key: string): number | null;
  has(key: string): boolean;
}

const integerTypes: readonly string[] = ['u8', 'i8', 'u16', 'i16', 'u32', 'i32', 'u64', 'i64'];

export function ggufFields({ metadata, file }: Pick<GgufHeader, 'metadata' | 'file'>): GgufFields {
  function fail(key: string, expected: string): never {
    const found = metadata.get(key);
    const what = found?.type === 'array' ? `a list of ${found.length}` : JSON.stringify(found?.value);
    throw new InvalidModelFileError({
      file,
      message: `${key} must be ${expected}; ${found ? `got ${what?.slice(0, 60)}` : 'it is missing'}.`,
    });
  }

  function numberAt(key: string) {
    const found = metadata.get(key);
    return found && found.type !== 'array' && found.type !== 'string' && found.type !== 'bool' ? found : null;
  }

  function integer(
    key: string,
    { min = 0, max = 2 ** 31 - 1, default: fallback }: { min?: number; max?: number; default?: number } = {},
  ): number {
    const found = numberAt(key);
    if (!found && fallback !== undefined && !metadata.has(key)) return fallback;
    const isRight = found && integerTypes.includes(found.type) && found.value >= min && found.value <= max;
    return isRight ? found.value : fail(key, `a whole number of ${min} to ${max}`);
  }

  return {
    integer,
    layerIntegers(key, { layers, max = 2 ** 31 - 1, ...options }) {
      const found = metadata.get(key);
      if (found?.type !== 'array') return new Array<number>(layers).fill(integer(key, { max, ...options }));
      const { values, length } = found;
      const isRight =
        integerTypes.includes(found.of) && length === layers && values?.every((value) => Number(value) >= 0 && Number(value) <= max);
      return isRight && values ? values.map(Number) : fail(key, `a whole number of 0 to ${max}, or one for each of ${layers} layers`);
    },
    positive(key, { default: fallback } = {}) {
      const found = metadata.get(key);
      if (!found && fallback !== undefined) return fallback;
      const isRight = (found?.type === 'f32' || found?.type === 'f64') && Number.isFinite(found.value) && found.value > 0;
      return isRight ? found.value : fail(key, 'a number above 0');
    },
    text(key) {
      const found = metadata.get(key);
      if (!found) return null;
      return found.type === 'string' ? found.value : fail(key, 'a text');
    },
    boolean(key, fallback) {
      const found = metadata.get(key);
      if (!found) return fallback;
      return found.type === 'bool' ? found.value : fail(key, 'true or false');
    },
    length(key) {
      const found = metadata.get(key);
      if (!found) return null;
      return found.type === 'array' ? found.length : fail(key, 'a list');
    },
    has: (key) => metadata.has(key),
  };
}
