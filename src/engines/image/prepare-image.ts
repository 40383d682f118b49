import type { ImagePreprocessing } from '../../formats/preprocessing/image-preprocessing.ts';
import { applySteps } from './apply-steps.ts';
import { cropWindow, placeOnFill } from './crop.ts';
import { openImage } from './decode.ts';
import { resizedSize } from './geometry.ts';
import type { ImageLimits, PreparedPixels } from './image-preprocessor.ts';
import type { LargeImageLock } from './large-image-lock.ts';
import { normalize } from './normalize.ts';
import type { OpenedImage } from './opened-image.ts';
import type { RasterImage } from './raster-image.ts';

export interface PrepareOptions {
  readonly preprocessing: ImagePreprocessing;
  readonly fast: boolean;
  readonly limits: ImageLimits;
  readonly lock: LargeImageLock;
}

/** Above it an image is decoded while no other such image is: what one takes at its most is several times its pixels. */
const largePixels = 8_000_000;
/** Makes an encoded image ready for the model. Throws `UndecodableImage`. */
export async function prepareImage(bytes: Uint8Array, options: PrepareOptions): Promise<PreparedPixels> {
  const { preprocessing, limits, lock } = options;
  const image = await openImage(bytes, limits);
  using _held = image.width * image.height > largePixels ? lock.acquire() : null;
  const raster = (options.fast ? await decodeFast(image, preprocessing) : null) ?? (await decodeExact(image, preprocessing));
  return { pixels: normalize(raster, preprocessing), width: raster.width, height: raster.height };
}

async function decodeExact(image: OpenedImage, { steps }: ImagePreprocessing): Promise<RasterImage> {
  return applySteps(await image.decode({ toRgb: steps[0]?.type === 'toRgb' }), steps);
}

/** The same geometry with the decoder's filters, which may also skip pixels while they decode; null where that is not for it. */
async function decodeFast(image: OpenedImage, { steps }: ImagePreprocessing): Promise<RasterImage | null> {
  const [resize, crop = null, ...others] = steps.filter(({ type }) => type !== 'toRgb');
  if (!image.decodeResized || resize?.type !== 'resize' || (crop !== null && crop.type !== 'centerCrop') || others.length > 0) return null;
  const size = resizedSize(image, resize.size);
  // Where pixels become more there is nothing to gain, and the decoder's filters differ more.
  if (size.width > image.width || size.height > image.height) return null;
  const window = cropWindow(size, crop);
  return placeOnFill(await image.decodeResized({ size, ...window, interpolation: resize.interpolation }), window, crop);
}
