import type { ImagePreprocessing } from '../../formats/preprocessing/image-preprocessing.ts';
import { type RasterImage, toRgb } from './raster-image.ts';

/** The model's numbers of an image that has the preprocessing's size: `3 × height × width` values, all of R, then G, then B. */
export function normalize(image: RasterImage, { rescale, mean, std }: ImagePreprocessing): Float32Array {
  const { data, width, height } = toRgb(image);
  const plane = width * height;
  const pixels = new Float32Array(3 * plane);
  const [reds, greens, blues] = [0, 1, 2].map((channel) =>
    Float32Array.from({ length: 256 }, (_, value) => (value * rescale - (mean[channel] ?? 0)) / (std[channel] ?? 1)),
  ) as [Float32Array, Float32Array, Float32Array];
  for (let index = 0, from = 0; index < plane; index += 1, from += 3) {
    pixels[index] = reds[data[from] ?? 0] ?? 0;
    pixels[plane + index] = greens[data[from + 1] ?? 0] ?? 0;
    pixels[2 * plane + index] = blues[data[from + 2] ?? 0] ?? 0;
  }
  return pixels;
}
