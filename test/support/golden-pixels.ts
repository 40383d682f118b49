import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../src/formats/json-file.ts';

/** One transform of the case image-preprocess, with what a library makes of each image by it. */
export interface GoldenTransform {
  name: string;
  library: string;
  params: JsonObject;
  items: GoldenPixels[];
}

export interface GoldenPixels {
  image: string;
  /** The float32 CHW tensor, or the pixels before normalisation; missing where the library fails. */
  npy?: string;
  npy_content?: 'float32 CHW tensor' | 'uint8 HWC pixels before normalisation';
  /** The same where the image is converted to RGB first. */
  npy_rgb_first?: string;
  error?: string;
}

/** An array as NumPy wrote it. */
export interface NumpyArray {
  shape: number[];
  data: Float32Array | Uint8Array;
}

export const goldenTransforms: GoldenTransform[] = JSON.parse(
  readFileSync(new URL('../golden/image-preprocess/expected.json', import.meta.url), 'utf8'),
).transforms;

/** A file of the case image-preprocess. */
export function goldenArray(file: string): NumpyArray {
  const bytes = readFileSync(new URL(`../golden/image-preprocess/${file}`, import.meta.url));
  const headerLength = bytes.readUInt16LE(8);
  const header = bytes.toString('latin1', 10, 10 + headerLength);
  const shape = (/'shape': \(([^)]*)\)/.exec(header)?.[1] ?? '').split(',').flatMap((part) => (part.trim() ? [Number(part)] : []));
  const data = new Uint8Array(bytes.subarray(10 + headerLength));
  return { shape, data: header.includes("'|u1'") ? data : new Float32Array(data.buffer) };
}
