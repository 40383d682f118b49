/** A decoded image as Pillow would hold it, for that decides how it is resized. */
export interface RasterImage {
  /**
   * L: grey. BILEVEL: grey of 0 and 255 alone, resized by the nearest neighbour. RGB. PALETTE: RGB that was looked up in a palette, resized by the nearest
   * neighbour. RGBA: resized with the colours multiplied by alpha. CMYK: 255 is full ink.
   */
  readonly mode: 'L' | 'BILEVEL' | 'RGB' | 'PALETTE' | 'RGBA' | 'CMYK';
  readonly width: number;
  readonly height: number;
  readonly channels: 1 | 3 | 4;
  /** `height × width × channels` values. */
  readonly data: Uint8Array;
  /** Of a PALETTE: colours R, G, B of each index, where the file tells them. */
  readonly palette?: Uint8Array;
}

/**
 * What Pillow's `convert('RGB')` gives: alpha is dropped, not blended; CMYK becomes RGB by its simple formula. Grey stays grey, whose
 * channels would all be the same.
 */
export function toRgb(image: RasterImage): RasterImage {
  switch (image.mode) {
    case 'L':
    case 'RGB':
      return image;
    case 'BILEVEL':
      return { ...image, mode: 'L' };
    case 'PALETTE':
      return { ...image, mode: 'RGB' };
    case 'RGBA':
      return mapPixels(image, (source, target) => {
        for (let from = 0, to = 0; from < source.length; from += 4, to += 3) {
          target[to] = source[from] ?? 0;
          target[to + 1] = source[from + 1] ?? 0;
          target[to + 2] = source[from + 2] ?? 0;
        }
      });
    case 'CMYK':
      return mapPixels(image, (source, target) => {
        for (let from = 0, to = 0; from < source.length; from += 4, to += 3) {
          const light = 255 - (source[from + 3] ?? 0);
          for (let ink = 0; ink < 3; ink += 1) target[to + ink] = light - scaleBy255(source[from + ink] ?? 0, light);
        }
      });
    default:
      return image.mode satisfies never;
  }
}

/** Grey with its channel three times over. */
export function greyToRgb(image: RasterImage): RasterImage {
  const data = new Uint8Array(image.data.length * 3);
  for (const [index, value] of image.data.entries()) data.fill(value, index * 3, index * 3 + 3);
  return { ...image, mode: 'RGB', channels: 3, data };
}

/** `a × b / 255`, rounded, as Pillow's MULDIV255 has it without dividing. */
export function scaleBy255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

function mapPixels(image: RasterImage, write: (source: Uint8Array, target: Uint8Array) => void): RasterImage {
  const data = new Uint8Array(image.width * image.height * 3);
  write(image.data, data);
  return { mode: 'RGB', width: image.width, height: image.height, channels: 3, data };
}
