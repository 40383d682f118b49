import { InvalidModelFileError, quote } from '../../errors.ts';
import type { JsonObject } from '../json-file.ts';
import { openClipConfigFile as file } from './config.ts';

/** A size in pixels. */
export interface PixelSize {
  readonly height: number;
  readonly width: number;
}

/** A tower's input size in pixels. */
export function imageSizeOf(vision: JsonObject): PixelSize {
  return sizePair(vision, 'image_size', { default: 224, max: 16_384 });
}

/** A setting that is one number for both edges, or height and width. Throws `INVALID_MODEL_FILE`. */
export function sizePair(object: JsonObject, name: string, options: { default: number; max: number }): PixelSize {
  const value = object[name] ?? options.default;
  const [height, width] = Array.isArray(value) ? (value as unknown[]) : [value, value];
  if (isSize(height, options.max) && isSize(width, options.max) && (!Array.isArray(value) || value.length === 2)) return { height, width };
  const came = quote(JSON.stringify(value) ?? '');
  throw new InvalidModelFileError({ file, message: `${name} must be a whole number of 1 to ${options.max}, or two of them; got ${came}.` });
}

function isSize(value: unknown, max: number): value is number {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= max;
}
