import type { ImagePreprocessing } from '../../formats/preprocessing/image-preprocessing.ts';
import { type RasterImage, toRgb } from './raster-image.ts';

/** The model's numbers of an image that has the preprocessing's size: `3 × height × width` values, all of R, then G, then B. */
export function normalize(image: RasterImage, { rescale, mean, std }: ImagePreprocessing): Float32Array {
  const { data, width, height } = toRgb(image);
  const plane = width * height;
  const pixels = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel += 1) {
    const values = Float32Array.from({ length: 256 }, (_, value) => (value * rescale - (mean[channel] ?? 0)) / (std[channel] ?? 1));
    const target = pixels.subarray(channel * plane, (channel + 1) * plane);
    for (let index = 0, from = channel; index < plane; index += 1, from += 3) target[index] = values[data[from] ?? 0] ?? 0;
  }
  return pixels;
}
