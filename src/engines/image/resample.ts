import type { Interpolation } from '../../formats/preprocessing/image-preprocessing.ts';
import { filterImage } from './filter-image.ts';
import type { Size } from './geometry.ts';
import { axisWeights, nearestPixels, type Span } from './pillow-weights.ts';
import { type RasterImage, scaleBy255 } from './raster-image.ts';

/** How an image is resized, and the part of the result that is wanted. */
export interface Resize {
  readonly size: Size;
  readonly columns: Span;
  readonly rows: Span;
  readonly interpolation: Interpolation;
}

/**
 * Resizes as Pillow's `Image.resize` does, to the bit: antialiased, first along the rows, then along the columns, each rounded to 8
 * bits. Only the wanted part is computed.
 *
 * Reference: Pillow, `Image.py` (`resize`) and `libImaging/Resample.c` (`ImagingResampleInner`).
 */
export function resample(image: RasterImage, resize: Resize): RasterImage {
  const { size, columns, rows, interpolation } = resize;
  const isSameSize = image.width === size.width && image.height === size.height;
  if (isSameSize || interpolation === 'NEAREST' || image.mode === 'PALETTE') return pickNearest(image, resize);
  const hasAlpha = image.mode === 'RGBA';
  const source = hasAlpha ? { ...image, data: multiplyAlpha(image.data) } : image;
  const across = axisWeights(image.width, size.width, columns, interpolation);
  const down = axisWeights(image.height, size.height, rows, interpolation);
  const data = filterImage(source, across, down);
  if (hasAlpha) divideByAlpha(data);
  return { ...image, width: columns.count, height: rows.count, data };
}

function pickNearest(image: RasterImage, { size, columns, rows }: Resize): RasterImage {
  const { data: source, channels } = image;
  const xs = nearestPixels(image.width, size.width, columns);
  const ys = nearestPixels(image.height, size.height, rows);
  const data = new Uint8Array(xs.length * ys.length * channels);
  let target = 0;
  for (const y of ys) {
    for (const x of xs) {
      const from = (y * image.width + x) * channels;
      for (let channel = 0; channel < channels; channel += 1) data[target++] = source[from + channel] ?? 0;
    }
  }
  return { ...image, width: xs.length, height: ys.length, data };
}

/** Reference: Pillow, `libImaging/Convert.c` (`rgbA2rgba`). */
function multiplyAlpha(source: Uint8Array): Uint8Array {
  const data = new Uint8Array(source.length);
  for (let index = 0; index < data.length; index += 4) {
    const alpha = source[index + 3] ?? 0;
    for (let channel = 0; channel < 3; channel += 1) data[index + channel] = scaleBy255(source[index + channel] ?? 0, alpha);
    data[index + 3] = alpha;
  }
  return data;
}

/** Reference: Pillow, `libImaging/Convert.c` (`rgba2rgbA`). */
function divideByAlpha(data: Uint8Array): void {
  for (let index = 0; index < data.length; index += 4) {
    const alpha = data[index + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let channel = 0; channel < 3; channel += 1) {
      data[index + channel] = Math.min(Math.trunc((255 * (data[index + channel] ?? 0)) / alpha), 255);
    }
  }
}
