import sharp, { type Sharp, type SharpOptions } from 'sharp';
import type { Interpolation } from '../../formats/preprocessing/image-preprocessing.ts';
import { openGif } from './gif.ts';
import { type ImageFormat, imageFormat } from './image-format.ts';
import type { ImageLimits } from './image-preprocessor.ts';
import { brokenImage, checkSize, type OpenedImage, UndecodableImage } from './opened-image.ts';
import { readPngHeader } from './png-header.ts';
import type { RasterImage } from './raster-image.ts';
import type { Resize } from './resample.ts';
import { isIndexedTiff } from './tiff-header.ts';

/** For what is small enough and still takes minutes, e.g. a progressive JPEG of a hundred passes. */
const decodeTimeoutSeconds = 30;

const kernels = {
  NEAREST: 'nearest',
  BOX: 'linear',
  BILINEAR: 'linear',
  HAMMING: 'linear',
  BICUBIC: 'cubic',
  LANCZOS: 'lanczos3',
} as const satisfies Record<Interpolation, string>;

// Nobody sends the same bytes twice, and a thread of the pool takes a core as it is.
sharp.cache(false);
sharp.concurrency(1);
// All that the decoder could open otherwise is closed to it, e.g. SVG.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: [
    'VipsForeignLoadJpegBuffer',
    'VipsForeignLoadPngBuffer',
    'VipsForeignLoadWebpBuffer',
    'VipsForeignLoadTiffBuffer',
    'VipsForeignLoadHeifBuffer',
  ],
});

/** Reads an image's header. Throws `UndecodableImage` for what is no image, too large, or of a format that is not taken. */
export async function openImage(bytes: Uint8Array, limits: ImageLimits): Promise<OpenedImage> {
  if (bytes.length > limits.maxBytes) throw new UndecodableImage(`it has ${bytes.length} bytes; at most ${limits.maxBytes} are taken.`);
  const verdict = imageFormat(bytes);
  if ('reason' in verdict) throw new UndecodableImage(verdict.reason);
  if (verdict.format === 'GIF') return openGif(bytes, limits);
  const options: SharpOptions = { failOn: 'error', ignoreIcc: true, limitInputPixels: limits.maxPixels };
  const { width, height, space, channels } = await refuse(verdict.format, sharp(bytes, { ...options, limitInputPixels: false }).metadata());
  checkSize(width, height, limits);
  const ownMode = modeOf(bytes, verdict.format, { space, channels });
  const pipeline = () => sharp(bytes, options).timeout({ seconds: decodeTimeoutSeconds });
  const pixelsOf = (work: Sharp) => refuse(verdict.format, work.raw().toBuffer({ resolveWithObject: true }));

  async function decodeResized({ size, columns, rows, interpolation }: Resize): Promise<RasterImage> {
    const work = pipeline()
      .resize(size.width, size.height, { fit: 'fill', kernel: kernels[interpolation] })
      .extract({ left: columns.start, top: rows.start, width: columns.count, height: rows.count });
    const { data, info } = await pixelsOf(inMode(work, 'RGB'));
    return { mode: 'RGB', width: info.width, height: info.height, channels: 3, data };
  }

  return {
    width,
    height,
    decodeResized: ownMode === 'CMYK' ? null : decodeResized,
    async decode({ toRgb }) {
      const mode = toRgb && ownMode === 'RGBA' ? 'RGB' : ownMode;
      const { data, info } = await pixelsOf(inMode(pipeline(), mode));
      const palette = verdict.format === 'PNG' && mode === 'PALETTE' ? readPngHeader(bytes)?.palette : undefined;
      const channels = mode === 'RGBA' || mode === 'CMYK' ? 4 : 3;
      if (info.channels !== channels) throw new Error(`The decoder gave ${info.channels} channels of ${mode}.`);
      return { mode, width: info.width, height: info.height, channels, data, ...(palette ? { palette } : {}) };
    },
  };
}

/** The mode in which Pillow opens it. */
function modeOf(bytes: Uint8Array, format: ImageFormat, { space, channels }: { space?: string; channels?: number }): RasterImage['mode'] {
  if (space === 'cmyk') return 'CMYK';
  if (format === 'TIFF' && isIndexedTiff(bytes)) return 'PALETTE';
  const png = format === 'PNG' ? readPngHeader(bytes) : null;
  if (png?.colorType === 3 || (png?.colorType === 0 && png.bitDepth === 1)) return 'PALETTE';
  // A transparent colour beside the pixels is no alpha channel.
  if (png?.colorType === 0 || png?.colorType === 2) return 'RGB';
  return channels === 2 || channels === 4 ? 'RGBA' : 'RGB';
}

function inMode(pipeline: Sharp, mode: RasterImage['mode']): Sharp {
  if (mode === 'CMYK') return pipeline.pipelineColourspace('cmyk').toColourspace('cmyk');
  return (mode === 'RGBA' ? pipeline.ensureAlpha() : pipeline.removeAlpha()).toColourspace('srgb');
}

/** The decoder's own words are of no use to whoever sent the image. */
async function refuse<T>(format: ImageFormat, pending: Promise<T>): Promise<T> {
  try {
    return await pending;
  } catch (cause) {
    const timedOut = cause instanceof Error && /timeout/i.test(cause.message);
    if (timedOut) throw new UndecodableImage(`decoding it takes over ${decodeTimeoutSeconds} seconds.`, { cause });
    throw brokenImage(format, cause);
  }
}
