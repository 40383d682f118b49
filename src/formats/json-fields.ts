import { InvalidModelFileError, quote } from '../errors.ts';
import { isJsonObject, type JsonObject } from './json-file.ts';

/** Typed reading of a configuration's fields: each getter throws `INVALID_MODEL_FILE` naming the file and the field. */
export interface JsonFields {
  /** A whole number of `min` to `max`; the default where the field is missing or null. */
  integer(name: string, options?: { min?: number; max?: number; default?: number }): number;
  /** A finite number; the default where the field is missing or null. */
  number(name: string, options?: { default?: number }): number;
  /** A string; the default where the field is missing or null. */
  string(name: string, options?: { default?: string }): string;
  /** True or false; the default where the field is missing or null. */
  boolean(name: string, options?: { default?: boolean }): boolean;
  /** An object whose values are all strings; empty where the field is missing or null. */
  strings(name: string): Record<string, string>;
  /** Whether the field is there and not null. */
  has(name: string): boolean;
}

/** Reads fields of `object`, which came from `file`. */
export function jsonFields(object: JsonObject, file: string): JsonFields {
  const fieldOf = (name: string): unknown => (Object.hasOwn(object, name) ? (object[name] ?? undefined) : undefined);

  function fail(name: string, expected: string): never {
    const value = fieldOf(name);
    const came = value === undefined ? 'it is missing' : `got ${quote(JSON.stringify(value) ?? String(value))}`;
    throw new InvalidModelFileError({ file, message: `${name} must be ${expected}; ${came}.` });
  }

  function read<T>(name: string, isRight: (value: unknown) => value is T, expected: string, fallback: T | undefined): T {
    const value = fieldOf(name);
    if (value === undefined && fallback !== undefined) return fallback;
    return isRight(value) ? value : fail(name, expected);
  }

  return {
    integer: (name, { min = 0, max = 2 ** 31 - 1, default: fallback } = {}) => {
      const isRight = (value: unknown): value is number =>
        Number.isSafeInteger(value) && (value as number) >= min && (value as number) <= max;
      return read(name, isRight, `a whole number of ${min} to ${max}`, fallback);
    },
    number: (name, { default: fallback } = {}) => {
      return read(name, (value): value is number => Number.isFinite(value), 'a number', fallback);
    },
    string: (name, { default: fallback } = {}) => {
      return read(name, (value): value is string => typeof value === 'string', 'a string', fallback);
    },
    boolean: (name, { default: fallback } = {}) => {
      return read(name, (value): value is boolean => typeof value === 'boolean', 'true or false', fallback);
    },
    strings: (name) => {
      const isRight = (value: unknown): value is Record<string, string> =>
        isJsonObject(value) && Object.values(value).every((entry) => typeof entry === 'string');
      return { ...read(name, isRight, 'an object of strings', {}) };
    },
    has: (name) => fieldOf(name) !== undefined,
  };
}
