import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { openImage } from '../../src/engines/image/decode.ts';
import { decodeLzw } from '../../src/engines/image/gif-lzw.ts';
import { defaultImageLimits } from '../../src/engines/image/image-preprocessor.ts';
import { UndecodableImage } from '../../src/engines/image/opened-image.ts';
import { toRgb } from '../../src/engines/image/raster-image.ts';

interface GoldenMode {
  file: string;
  /** As Pillow names it. */
  mode: string;
  width: number;
  height: number;
  rgb: string;
}

const folder = new URL('../golden/image-modes/', import.meta.url);
const { items }: { items: GoldenMode[] } = JSON.parse(readFileSync(new URL('expected.json', folder), 'utf8'));
const read = (file: string): Uint8Array => readFileSync(new URL(file, folder));
const modes: Readonly<Record<string, string>> = { L: 'RGB', RGB: 'RGB', P: 'PALETTE', '1': 'PALETTE', RGBA: 'RGBA', CMYK: 'CMYK' };

describe('an image is opened as Pillow opens it', () => {
  test.each(items)('$file is $mode and has the pixels of the reference', async ({ file, mode, width, height, rgb }) => {
    const image = await openImage(read(file), defaultImageLimits);
    expect([image.width, image.height]).toEqual([width, height]);
    const raster = await image.decode({ toRgb: false });
    expect(raster.mode).toBe(modes[mode]);
    expect(Buffer.from(toRgb(raster).data).equals(Buffer.from(rgb, 'base64'))).toBe(true);
    const straight = await image.decode({ toRgb: true });
    expect(Buffer.from(toRgb(straight).data).equals(Buffer.from(rgb, 'base64'))).toBe(true);
  });

  test.each(items.filter(({ file }) => file.endsWith('.gif')))('$file cut off anywhere is refused', async ({ file }) => {
    const bytes = read(file);
    // The last two bytes close the data and the file.
    for (let length = 6; length < bytes.length - 2; length += 1 + Math.floor(bytes.length / 40)) {
      const decoded = Promise.resolve(openImage(bytes.subarray(0, length), defaultImageLimits)).then((image) =>
        image.decode({ toRgb: true }),
      );
      await expect(decoded, `${length} bytes`).rejects.toBeInstanceOf(UndecodableImage);
    }
  });
});

describe('LZW', () => {
  test('codes that stand for nothing are refused', () => {
    for (const lowestBits of [0, 9, 255]) expect(decodeLzw(Uint8Array.of(0x44, 0x01), { lowestBits, length: 1, fill: 0 })).toBeNull();
    // Three bits each: clear (4), then 7, which is not there yet.
    expect(decodeLzw(Uint8Array.of(0b00111100, 0), { lowestBits: 2, length: 4, fill: 0 })).toBeNull();
    expect(decodeLzw(new Uint8Array(0), { lowestBits: 2, length: 4, fill: 0 })).toBeNull();
  });

  test('where the data says that it ends, the rest is filled', () => {
    // Clear (4), 1, end (5).
    expect(decodeLzw(Uint8Array.of(0b01001100, 0b1), { lowestBits: 2, length: 3, fill: 9 })).toEqual(Uint8Array.of(1, 9, 9));
  });

  test('random bytes never take more than they may', () => {
    for (let seed = 1; seed < 500; seed += 1) {
      const data = Uint8Array.from({ length: 200 }, (_, index) => Math.imul(seed * 7919 + index, 2_654_435_761) >>> 24);
      const values = decodeLzw(data, { lowestBits: 1 + (seed % 8), length: 300, fill: 0 });
      expect(values === null || values.length === 300).toBe(true);
    }
  });
});
