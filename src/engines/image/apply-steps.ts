import type { CenterCrop, Interpolation, PixelStep } from '../../formats/preprocessing/image-preprocessing.ts';
import { cropWindow, placeOnFill } from './crop.ts';
import { resizedSize, type Size } from './geometry.ts';
import { type RasterImage, toRgb } from './raster-image.ts';
import { resample } from './resample.ts';

/** A preprocessing's steps, one after the other, on a decoded image. */
export function applySteps(image: RasterImage, steps: readonly PixelStep[]): RasterImage {
  const [step, next] = steps;
  switch (step?.type) {
    case undefined:
      return image;
    case 'toRgb':
      return applySteps(toRgb(image), steps.slice(1));
    case 'resize': {
      const crop = next?.type === 'centerCrop' ? next : null;
      const size = resizedSize(image, step.size);
      return applySteps(resizeAndCrop(image, { size, crop, interpolation: step.interpolation }), steps.slice(crop ? 2 : 1));
    }
    case 'centerCrop':
      return applySteps(resizeAndCrop(image, { size: image, crop: step, interpolation: 'NEAREST' }), steps.slice(1));
    default:
      return step satisfies never;
  }
}

/** What the crop throws away is not computed in the first place. */
function resizeAndCrop(
  image: RasterImage,
  { size, crop, interpolation }: { size: Size; crop: CenterCrop | null; interpolation: Interpolation },
): RasterImage {
  const window = cropWindow(size, crop);
  return placeOnFill(resample(image, { size, ...window, interpolation }), window, crop);
}
