import type { Interpolation } from '../../formats/preprocessing/image-preprocessing.ts';
import type { Size } from './geometry.ts';
import { type AxisWeights, axisWeights, fractionBits, nearestPixels, type Span } from './pillow-weights.ts';
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
  const isSameSize = image.width === resize.size.width && image.height === resize.size.height;
  const { mode } = image;
  if (isSameSize || resize.interpolation === 'NEAREST' || mode === 'PALETTE' || mode === 'BILEVEL') return pickNearest(image, resize);
  const filter = { ...resize, interpolation: resize.interpolation };
  if (mode !== 'RGBA') return filterBothWays(image, filter);
  return unmultiplyAlpha(filterBothWays(multiplyAlpha(image), filter));
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

function filterBothWays(image: RasterImage, resize: Resize & { interpolation: Exclude<Interpolation, 'NEAREST'> }): RasterImage {
  const { size, interpolation } = resize;
  const across = axisWeights(image.width, size.width, resize.columns, interpolation);
  const down = axisWeights(image.height, size.height, resize.rows, interpolation);
  const rows = neededSpan(down);
  const narrow = filterRows(image, rows, across);
  const data = filterColumns(narrow, { rowLength: resize.columns.count * image.channels, firstRow: rows.start }, down);
  return { ...image, width: resize.columns.count, height: resize.rows.count, data };
}

/** The input pixels that any output pixel needs. */
function neededSpan({ starts, counts }: AxisWeights): Span {
  const start = starts[0] ?? 0;
  const end = (starts.at(-1) ?? 0) + (counts.at(-1) ?? 0);
  return { start, count: end - start };
}

const half = 1 << (fractionBits - 1);

function clip(sum: number): number {
  const value = sum >> fractionBits;
  return value < 0 ? 0 : value > 255 ? 255 : value;
}

function filterRows({ data, width, channels }: RasterImage, rows: Span, { taps, starts, counts, weights }: AxisWeights): Uint8Array {
  const result = new Uint8Array(starts.length * rows.count * channels);
  let target = 0;
  for (let row = 0; row < rows.count; row += 1) {
    const rowStart = (rows.start + row) * width;
    for (let column = 0; column < starts.length; column += 1) {
      const from = (rowStart + (starts[column] ?? 0)) * channels;
      const count = counts[column] ?? 0;
      for (let channel = 0; channel < channels; channel += 1) {
        let sum = half;
        for (let tap = 0; tap < count; tap += 1) {
          sum = (sum + Math.imul(data[from + tap * channels + channel] ?? 0, weights[column * taps + tap] ?? 0)) | 0;
        }
        result[target++] = clip(sum);
      }
    }
  }
  return result;
}

function filterColumns(
  data: Uint8Array,
  { rowLength, firstRow }: { rowLength: number; firstRow: number },
  { taps, starts, counts, weights }: AxisWeights,
): Uint8Array {
  const result = new Uint8Array(starts.length * rowLength);
  const sums = new Int32Array(rowLength);
  for (let row = 0; row < starts.length; row += 1) {
    sums.fill(half);
    for (let tap = 0; tap < (counts[row] ?? 0); tap += 1) {
      const weight = weights[row * taps + tap] ?? 0;
      const from = ((starts[row] ?? 0) - firstRow + tap) * rowLength;
      for (let index = 0; index < rowLength; index += 1) {
        sums[index] = ((sums[index] ?? 0) + Math.imul(data[from + index] ?? 0, weight)) | 0;
      }
    }
    for (let index = 0; index < rowLength; index += 1) result[row * rowLength + index] = clip(sums[index] ?? 0);
  }
  return result;
}

/** Reference: Pillow, `libImaging/Convert.c` (`rgbA2rgba`). */
function multiplyAlpha(image: RasterImage): RasterImage {
  const data = new Uint8Array(image.data.length);
  for (let index = 0; index < data.length; index += 4) {
    const alpha = image.data[index + 3] ?? 0;
    for (let channel = 0; channel < 3; channel += 1) data[index + channel] = scaleBy255(image.data[index + channel] ?? 0, alpha);
    data[index + 3] = alpha;
  }
  return { ...image, data };
}

/** Reference: Pillow, `libImaging/Convert.c` (`rgba2rgbA`). */
function unmultiplyAlpha(image: RasterImage): RasterImage {
  const { data } = image;
  for (let index = 0; index < data.length; index += 4) {
    const alpha = data[index + 3] ?? 0;
    if (alpha === 0 || alpha === 255) continue;
    for (let channel = 0; channel < 3; channel += 1) {
      data[index + channel] = Math.min(Math.trunc((255 * (data[index + channel] ?? 0)) / alpha), 255);
    }
  }
  return image;
}
