import type { CenterCrop, ImagePreprocessing, Interpolation, PixelStep } from '../../formats/preprocessing/image-preprocessing.ts';
import { cropSpan, resizedSize, type Size } from './geometry.ts';
import type { Span } from './pillow-weights.ts';
import { greyToRgb, type RasterImage, toRgb } from './raster-image.ts';
import { resample } from './resample.ts';

/** A preprocessing's steps on a decoded image, and then the model's numbers: `3 × height × width`. */
export function applyPreprocessing(image: RasterImage, preprocessing: ImagePreprocessing): Float32Array {
  return normalize(applySteps(image, preprocessing.steps), preprocessing);
}

function applySteps(image: RasterImage, steps: readonly PixelStep[]): RasterImage {
  const [step, next, ...others] = steps;
  switch (step?.type) {
    case undefined:
      return image;
    case 'toRgb':
      return applySteps(toRgb(image), steps.slice(1));
    case 'resize': {
      const resize = { size: resizedSize(image, step.size), interpolation: step.interpolation };
      if (next?.type === 'centerCrop') return applySteps(resizeAndCrop(image, { ...resize, crop: next }), others);
      return applySteps(resizeAndCrop(image, { ...resize, crop: null }), steps.slice(1));
    }
    case 'centerCrop':
      return applySteps(resizeAndCrop(image, { size: image, interpolation: 'NEAREST', crop: step }), steps.slice(1));
    default:
      return step satisfies never;
  }
}

/** What the crop throws away is not computed in the first place. */
function resizeAndCrop(
  image: RasterImage,
  { size, interpolation, crop }: { size: Size; interpolation: Interpolation; crop: CenterCrop | null },
): RasterImage {
  if (!crop) {
    const [columns, rows] = [size.width, size.height].map((count) => ({ start: 0, count })) as [Span, Span];
    return resample(image, { size, columns, rows, interpolation });
  }
  const columns = cropSpan(size.width, crop.width, crop.placement);
  const rows = cropSpan(size.height, crop.height, crop.placement);
  const inside = resample(image, { size, columns, rows, interpolation });
  if (columns.count === crop.width && rows.count === crop.height) return inside;
  return placeOnFill(inside, { left: columns.before, top: rows.before, crop });
}

function placeOnFill(image: RasterImage, { left, top, crop }: { left: number; top: number; crop: CenterCrop }): RasterImage {
  const { fill, width, height } = crop;
  if (typeof fill !== 'number' && image.channels === 1) return placeOnFill(greyToRgb(image), { left, top, crop });
  const { channels } = image;
  const color = fillColor(image, fill);
  const data = new Uint8Array(width * height * channels);
  for (let index = 0; index < data.length; index += 1) data[index] = color[index % channels] ?? 0;
  const rowLength = image.width * channels;
  for (let row = 0; row < image.height; row += 1) {
    data.set(image.data.subarray(row * rowLength, (row + 1) * rowLength), ((top + row) * width + left) * channels);
  }
  return { ...image, width, height, data };
}

function fillColor(image: RasterImage, fill: CenterCrop['fill']): readonly number[] {
  if (typeof fill !== 'number') return fill;
  // Pillow's palettes go on with grey where the file's ends.
  const named = image.mode === 'PALETTE' ? image.palette?.subarray(fill * 3, fill * 3 + 3) : undefined;
  return named?.length === 3 ? [...named] : [fill, fill, fill, fill];
}

function normalize(image: RasterImage, { width, height, rescale, mean, std }: ImagePreprocessing): Float32Array {
  const { data, channels } = toRgb(image);
  const plane = width * height;
  const pixels = new Float32Array(3 * plane);
  for (let channel = 0; channel < 3; channel += 1) {
    const values = Float32Array.from({ length: 256 }, (_, value) => (value * rescale - (mean[channel] ?? 0)) / (std[channel] ?? 1));
    const target = pixels.subarray(channel * plane, (channel + 1) * plane);
    let from = channels === 1 ? 0 : channel;
    for (let index = 0; index < plane; index += 1, from += channels) target[index] = values[data[from] ?? 0] ?? 0;
  }
  return pixels;
}
