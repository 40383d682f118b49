import type { CenterCrop } from '../../formats/preprocessing/image-preprocessing.ts';
import { type CropSpan, cropSpan, type Size } from './geometry.ts';
import type { RasterImage } from './raster-image.ts';

/** What a crop takes of an image. */
export interface CropWindow {
  readonly columns: CropSpan;
  readonly rows: CropSpan;
}

/** What a centered crop takes of an image of `size`; all of it without one. */
export function cropWindow({ width, height }: Size, crop: CenterCrop | null): CropWindow {
  if (!crop) return { columns: { start: 0, count: width, before: 0 }, rows: { start: 0, count: height, before: 0 } };
  return { columns: cropSpan(width, crop.width, crop.placement), rows: cropSpan(height, crop.height, crop.placement) };
}

/** Puts what a crop took of an image onto its fill, where that is larger. */
export function placeOnFill(image: RasterImage, { columns, rows }: CropWindow, crop: CenterCrop | null): RasterImage {
  if (!crop || (image.width === crop.width && image.height === crop.height)) return image;
  const { fill, width, height } = crop;
  const { channels } = image;
  const color = fillColor(image, fill);
  const data = new Uint8Array(width * height * channels);
  for (let index = 0; index < data.length; index += 1) data[index] = color[index % channels] ?? 0;
  const rowLength = image.width * channels;
  for (let row = 0; row < image.height; row += 1) {
    data.set(image.data.subarray(row * rowLength, (row + 1) * rowLength), ((rows.before + row) * width + columns.before) * channels);
  }
  return { ...image, width, height, data };
}

function fillColor(image: RasterImage, fill: CenterCrop['fill']): readonly number[] {
  if (typeof fill !== 'number') return fill;
  // Pillow's palettes go on with grey where the file's ends.
  const named = image.mode === 'PALETTE' ? image.palette?.subarray(fill * 3, fill * 3 + 3) : undefined;
  return named?.length === 3 ? [...named] : [fill, fill, fill, fill];
}
