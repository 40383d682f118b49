import sharp, { type Sharp, type SharpOptions } from 'sharp';
import type { Interpolation } from '../../formats/preprocessing/image-preprocessing.ts';
import { type ImageFormat, imageFormat } from './image-format.ts';
import type { ImageLimits } from './image-preprocessor.ts';
import { readPngHeader } from './png-header.ts';
import type { RasterImage } from './raster-image.ts';
import type { Resize } from './resample.ts';

/** Why bytes are no image that can be used: the end of a sentence for whoever sent them. */
export class UndecodableImage extends Error {}

/** An image whose header was read. */
export interface OpenedImage {
  readonly width: number;
  readonly height: number;
  readonly mode: RasterImage['mode'];
  /** Decodes the pixels. Throws `UndecodableImage` where they are broken. With `toRgb`, alpha is not even decoded. */
  decode(options: { toRgb: boolean }): Promise<RasterImage>;
  /** Decodes to RGB and resizes with the decoder's own filters, which differ from Pillow's. */
  decodeResized(resize: Resize): Promise<RasterImage>;
}

/** JPEG, WebP and TIFF cannot have a longer edge that is of use; a filter over it would be as long. */
const mostEdgePixels = 65_535;
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
    'VipsForeignLoadNsgifBuffer',
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
  const options: SharpOptions = { failOn: 'error', ignoreIcc: true, limitInputPixels: limits.maxPixels };
  const { width, height, space, channels } = await refuse(verdict.format, sharp(bytes, { ...options, limitInputPixels: false }).metadata());
  if (width * height > limits.maxPixels) {
    throw new UndecodableImage(`it has ${width} × ${height} pixels; at most ${limits.maxPixels} are taken.`);
  }
  if (Math.max(width, height) > mostEdgePixels) throw new UndecodableImage(`its longer edge is over ${mostEdgePixels} pixels.`);
  const ownMode = modeOf(bytes, verdict.format, { space, channels });
  return {
    width,
    height,
    mode: ownMode,
    async decodeResized({ size, columns, rows, interpolation }) {
      const pipeline = sharp(bytes, options)
        .timeout({ seconds: decodeTimeoutSeconds })
        .resize(size.width, size.height, { fit: 'fill', kernel: kernels[interpolation] })
        .extract({ left: columns.start, top: rows.start, width: columns.count, height: rows.count })
        .removeAlpha()
        .toColourspace('srgb');
      const { data, info } = await refuse(verdict.format, pipeline.raw().toBuffer({ resolveWithObject: true }));
      return { mode: 'RGB', width: info.width, height: info.height, channels: 3, data };
    },
    async decode({ toRgb }) {
      const pipeline = sharp(bytes, options).timeout({ seconds: decodeTimeoutSeconds });
      const mode = toRgb && ownMode === 'RGBA' ? 'RGB' : ownMode;
      const { data, info } = await refuse(verdict.format, inMode(pipeline, mode).raw().toBuffer({ resolveWithObject: true }));
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
  if (format === 'GIF') return 'PALETTE';
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
    const reason = timedOut ? `decoding it takes over ${decodeTimeoutSeconds} seconds.` : `its ${format} data is broken or ends too early.`;
    throw new UndecodableImage(reason, { cause });
  }
}
