/** A decoded image as Pillow would hold it, for that decides how it is resized. Grey has its value in three channels. */
export interface RasterImage {
  /**
   * PALETTE: RGB that was looked up in a palette, or black and white alone: resized by the nearest neighbour. RGBA: resized with the
   * colours multiplied by alpha. CMYK: 255 is full ink.
   */
  readonly mode: 'RGB' | 'PALETTE' | 'RGBA' | 'CMYK';
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
  /** `height × width × channels` values. */
  readonly data: Uint8Array;
  /** Of a PALETTE: colours R, G, B of each index, where the file tells them. */
  readonly palette?: Uint8Array;
}

/** What Pillow's `convert('RGB')` gives: alpha is dropped, not blended; CMYK becomes RGB by its simple formula. */
export function toRgb(image: RasterImage): RasterImage {
  switch (image.mode) {
    case 'RGB':
      return image;
    case 'PALETTE':
      return { ...image, mode: 'RGB' };
    case 'RGBA':
      return mapPixels(image, (source, from, target, to) => {
        for (let channel = 0; channel < 3; channel += 1) target[to + channel] = source[from + channel] ?? 0;
      });
    case 'CMYK':
      return mapPixels(image, (source, from, target, to) => {
        const light = 255 - (source[from + 3] ?? 0);
        for (let ink = 0; ink < 3; ink += 1) target[to + ink] = light - scaleBy255(source[from + ink] ?? 0, light);
      });
    default:
      return image.mode satisfies never;
  }
}

/** `a × b / 255`, rounded, as Pillow's MULDIV255 has it without dividing. */
export function scaleBy255(a: number, b: number): number {
  const product = a * b + 128;
  return ((product >> 8) + product) >> 8;
}

function mapPixels(image: RasterImage, write: (source: Uint8Array, from: number, target: Uint8Array, to: number) => void): RasterImage {
  const { width, height, data: source } = image;
  const data = new Uint8Array(width * height * 3);
  for (let from = 0, to = 0; to < data.length; from += 4, to += 3) write(source, from, data, to);
  return { mode: 'RGB', width, height, channels: 3, data };
}
