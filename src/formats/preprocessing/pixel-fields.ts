import { InvalidModelFileError, quote, UnsupportedModelError } from '../../errors.ts';
import type { JsonObject } from '../json-file.ts';

/** One value per channel R, G, B. */
export type Triple = readonly [number, number, number];

/** Means and deviations that the libraries fall back to, by the names of their constants. */
export const openAiClip = { mean: [0.48145466, 0.4578275, 0.40821073], std: [0.26862954, 0.26130258, 0.27577711] } as const;
export const imageNetDefault = { mean: [0.485, 0.456, 0.406], std: [0.229, 0.224, 0.225] } as const;
export const imageNetStandard = { mean: [0.5, 0.5, 0.5], std: [0.5, 0.5, 0.5] } as const;

/** The longest edge of a model's input; published models stay below 1,300 pixels. */
const mostPixels = 2048;
/** The longest edge before a crop: of it only what the crop keeps is ever computed. */
const mostPixelsBeforeCrop = 65_536;

/** Says that a field has what no image can be made ready with. */
export function invalidField(file: string, name: string, expected: string, value: unknown): InvalidModelFileError {
  const came = value === undefined ? 'it is missing' : `got ${quote(JSON.stringify(value) ?? String(value))}`;
  return new InvalidModelFileError({ file, message: `${name} must be ${expected}; ${came}.` });
}

/** An edge of the model's input in pixels. Throws `INVALID_MODEL_FILE` where it is none. */
export function inputEdge(value: unknown, name: string, file: string): number {
  return edgeUpTo(value, mostPixels, name, file);
}

/** An edge in pixels of what is cropped afterwards. Throws `INVALID_MODEL_FILE` where it is none. */
export function edgeBeforeCrop(value: unknown, name: string, file: string): number {
  return edgeUpTo(value, mostPixelsBeforeCrop, name, file);
}

function edgeUpTo(value: unknown, most: number, name: string, file: string): number {
  if (typeof value === 'number' && Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw invalidField(file, name, `a whole number of 1 to ${most}`, value);
}

/** Means, one number for all channels or one for each; the default where the field is missing or null. */
export function readMean(fields: JsonObject, name: string, fallback: Triple, file: string): Triple {
  return readTriple(fields, name, fallback, file, { isRight: Number.isFinite, expected: 'a number or three' });
}

/** The same for deviations, which are divided by. */
export function readStd(fields: JsonObject, name: string, fallback: Triple, file: string): Triple {
  const isRight = (value: number) => Number.isFinite(value) && value > 0;
  return readTriple(fields, name, fallback, file, { isRight, expected: 'a number above 0 or three' });
}

function readTriple(
  fields: JsonObject,
  name: string,
  fallback: Triple,
  file: string,
  { isRight, expected }: { isRight: (value: number) => boolean; expected: string },
): Triple {
  const value = fields[name] ?? fallback;
  const given: readonly unknown[] = Array.isArray(value) ? value : [value];
  if (given.length !== 1 && given.length !== 3) throw invalidField(file, name, expected, value);
  const [red, green = red, blue = red] = given.map((entry) => {
    if (typeof entry === 'number' && isRight(entry)) return entry;
    throw invalidField(file, name, expected, value);
  });
  return [red ?? 0, green ?? 0, blue ?? 0];
}

/** Says that a model takes images of another kind than three channels of one size. */
export function unsupportedImages(reason: string): UnsupportedModelError {
  return new UnsupportedModelError({ reason, remedy: 'Use a model that takes RGB images of one size.' });
}
