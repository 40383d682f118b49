/**
 * GIF, whose indices count: Pillow resizes by them, and a transparent pixel has a colour all the same, which sharp does not tell. The
 * first frame alone is read.
 *
 * Reference: the GIF89a specification; Pillow, `GifImagePlugin.py`.
 */
import { decodeLzw } from './gif-lzw.ts';
import type { ImageLimits } from './image-preprocessor.ts';
import { brokenImage, checkSize, type OpenedImage } from './opened-image.ts';
import type { RasterImage } from './raster-image.ts';

/** The first frame of a GIF, compressed as it is. */
interface GifFrame {
  /** Of the canvas, which a frame may enlarge. */
  readonly width: number;
  readonly height: number;
  readonly left: number;
  readonly top: number;
  readonly frameWidth: number;
  readonly frameHeight: number;
  readonly isInterlaced: boolean;
  /** Colours R, G, B of each index; null where there is none. */
  readonly palette: Uint8Array | null;
  /** What is around the frame. */
  readonly backgroundIndex: number;
  readonly lowestBits: number;
  readonly data: Uint8Array;
}

/** Reads a GIF up to its first frame. Throws `UndecodableImage`. */
export function openGif(bytes: Uint8Array, limits: ImageLimits): OpenedImage {
  const frame = readFrame(bytes);
  checkSize(frame.width, frame.height, limits);
  return { width: frame.width, height: frame.height, decode: async () => toRaster(frame), decodeResized: null };
}

function readFrame(bytes: Uint8Array): GifFrame {
  let position = 6;
  const byte = (): number => bytes[position++] ?? fail();
  const word = (): number => byte() | (byte() << 8);
  const take = (length: number): Uint8Array => {
    const taken = bytes.subarray(position, position + length);
    if (taken.length < length) fail();
    position += length;
    return taken;
  };
  const takePalette = (flags: number): Uint8Array | null => (flags & 0x80 ? take(3 << ((flags & 7) + 1)) : null);
  const takeBlocks = (): Uint8Array => {
    const blocks: Uint8Array[] = [];
    for (let length = byte(); length > 0; length = byte()) blocks.push(take(length));
    return Buffer.concat(blocks);
  };

  const [screenWidth, screenHeight, flags] = [word(), word(), byte()];
  position += 2;
  const shared = takePalette(flags);
  let backgroundIndex = 0;
  for (;;) {
    const introducer = byte();
    if (introducer === 0x3b) fail();
    if (introducer === 0x21) {
      const label = byte();
      const control = takeBlocks();
      if (label === 0xf9 && (control[0] ?? 0) & 1) backgroundIndex = control[3] ?? 0;
    }
    if (introducer !== 0x2c) continue;
    const [left, top, frameWidth, frameHeight, frameFlags] = [word(), word(), word(), word(), byte()];
    const [width, height] = [Math.max(screenWidth, left + frameWidth), Math.max(screenHeight, top + frameHeight)];
    if (frameWidth === 0 || frameHeight === 0) fail();
    const palette = takePalette(frameFlags) ?? shared;
    const place = { width, height, left, top, frameWidth, frameHeight, isInterlaced: (frameFlags & 0x40) !== 0 };
    return { ...place, palette, backgroundIndex, lowestBits: byte(), data: takeBlocks() };
  }
}

function toRaster(frame: GifFrame): RasterImage {
  const { width, height, left, top, frameWidth, frameHeight, backgroundIndex } = frame;
  const indices = new Uint8Array(width * height).fill(backgroundIndex);
  const pixels = decodeLzw(frame.data, { lowestBits: frame.lowestBits, length: frameWidth * frameHeight, fill: backgroundIndex });
  if (!pixels) fail();
  const rows = frame.isInterlaced ? interlacedRows(frameHeight) : Array.from({ length: frameHeight }, (_, row) => row);
  for (const [order, row] of rows.entries()) {
    indices.set(pixels.subarray(order * frameWidth, (order + 1) * frameWidth), (top + row) * width + left);
  }
  const colors = Uint8Array.from({ length: 768 }, (_, place) => frame.palette?.[place] ?? Math.trunc(place / 3));
  const data = new Uint8Array(indices.length * 3);
  for (let pixel = 0, to = 0; pixel < indices.length; pixel += 1, to += 3) {
    const color = (indices[pixel] ?? 0) * 3;
    for (let channel = 0; channel < 3; channel += 1) data[to + channel] = colors[color + channel] ?? 0;
  }
  // A palette of greys in order is none to Pillow.
  const isGrey = frame.palette?.every((value, place) => value === Math.trunc(place / 3)) ?? true;
  return { mode: isGrey ? 'RGB' : 'PALETTE', width, height, channels: 3, data, ...(isGrey ? {} : { palette: colors }) };
}

/** Rows in the order in which an interlaced frame has them. */
function interlacedRows(height: number): number[] {
  const passes = [
    [0, 8],
    [4, 8],
    [2, 4],
    [1, 2],
  ] as const;
  return passes.flatMap(([first, step]) =>
    Array.from({ length: Math.ceil(Math.max(height - first, 0) / step) }, (_, row) => first + row * step),
  );
}

function fail(): never {
  throw brokenImage('GIF');
}
