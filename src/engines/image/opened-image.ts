import type { ImageLimits } from './image-preprocessor.ts';
import type { RasterImage } from './raster-image.ts';
import type { Resize } from './resample.ts';

/** Why bytes are no image that can be used: the end of a sentence for whoever sent them. */
export class UndecodableImage extends Error {}

/** An image whose header was read. */
export interface OpenedImage {
  readonly width: number;
  readonly height: number;
  /** Decodes the pixels. Throws `UndecodableImage` where they are broken. With `toRgb`, alpha is not even decoded. */
  decode(options: { toRgb: boolean }): Promise<RasterImage>;
  /** Decodes to RGB and resizes with the decoder's own filters, which differ from Pillow's; null where it has none for this image. */
  readonly decodeResized: ((resize: Resize) => Promise<RasterImage>) | null;
}

/** A filter over a longer edge would be as long; JPEG cannot have one either. */
const mostEdgePixels = 65_535;

/** Throws `UndecodableImage` for an image that is larger than images may be. */
export function checkSize(width: number, height: number, { maxPixels }: ImageLimits): void {
  if (width * height > maxPixels) throw new UndecodableImage(`it has ${width} × ${height} pixels; at most ${maxPixels} are taken.`);
  if (Math.max(width, height) > mostEdgePixels) throw new UndecodableImage(`its longer edge is over ${mostEdgePixels} pixels.`);
}

/** Says that the bytes of a format that is decoded are no image all the same. */
export function brokenImage(format: string, cause?: unknown): UndecodableImage {
  return new UndecodableImage(`its ${format} data is broken or ends too early.`, { cause });
}
