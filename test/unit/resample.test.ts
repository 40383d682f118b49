import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { filterImage } from '../../src/engines/image/filter-image.ts';
import { axisWeights, type Span } from '../../src/engines/image/pillow-weights.ts';
import type { RasterImage } from '../../src/engines/image/raster-image.ts';
import { resample } from '../../src/engines/image/resample.ts';
import type { Interpolation } from '../../src/formats/preprocessing/image-preprocessing.ts';
import { scalarFilter } from '../support/scalar-resample.ts';

const filters = ['BOX', 'BILINEAR', 'HAMMING', 'BICUBIC', 'LANCZOS'] as const;

/** Pixels that look like noise, the same each time. */
function noise(count: number, seed = 1): Uint8Array {
  let state = seed;
  return Uint8Array.from({ length: count }, () => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return state >>> 24;
  });
}

function image(width: number, height: number, mode: 'RGB' | 'RGBA' | 'CMYK' | 'PALETTE' = 'RGB'): RasterImage {
  const channels = mode === 'RGB' || mode === 'PALETTE' ? 3 : 4;
  return { mode, width, height, channels, data: noise(width * height * channels, width + height) };
}

const all = (count: number): Span => ({ start: 0, count });

function resized(source: RasterImage, width: number, height: number, interpolation: Interpolation): RasterImage {
  return resample(source, { size: { width, height }, columns: all(width), rows: all(height), interpolation });
}

describe('the resampler', () => {
  test('gives to the bit what the definition gives, at any size, filter and number of channels', () => {
    const edge = fc.integer({ min: 1, max: 90 });
    fc.assert(
      fc.property(fc.constantFrom(...filters), fc.constantFrom(3, 4), edge, edge, edge, edge, (filter, channels, ...edges) => {
        const [width, height, newWidth, newHeight] = edges;
        const pixels = { data: noise(width * height * channels, width * 91 + height), width, channels } as const;
        const across = axisWeights(width, newWidth, all(newWidth), filter);
        const down = axisWeights(height, newHeight, all(newHeight), filter);
        expect(filterImage(pixels, across, down)).toEqual(scalarFilter(pixels, across, down));
      }),
      { numRuns: 150 },
    );
  });

  test.each([
    [65_535, 1, 224, 3],
    [1, 65_535, 3, 224],
    [3000, 2, 7, 1],
    [2, 3000, 1, 7],
    [1, 1, 64, 64],
    [1025, 700, 1, 1],
  ])('%i × %i pixels become %i × %i as the definition says', (width, height, newWidth, newHeight) => {
    const pixels = { data: noise(width * height * 3), width, channels: 3 } as const;
    const across = axisWeights(width, newWidth, all(newWidth), 'LANCZOS');
    const down = axisWeights(height, newHeight, all(newHeight), 'LANCZOS');
    expect(filterImage(pixels, across, down)).toEqual(scalarFilter(pixels, across, down));
  });

  test.each([...filters, 'NEAREST' as const])('%s computes a part as it computes the whole', (interpolation) => {
    const source = image(83, 61);
    const whole = resized(source, 40, 150, interpolation);
    const [columns, rows] = [
      { start: 7, count: 20 },
      { start: 66, count: 31 },
    ] as const;
    const part = resample(source, { size: { width: 40, height: 150 }, columns, rows, interpolation });
    const expected = Array.from({ length: rows.count }, (_, row) => {
      const from = ((rows.start + row) * 40 + columns.start) * 3;
      return [...whole.data.subarray(from, from + columns.count * 3)];
    });
    expect([part.width, part.height]).toEqual([20, 31]);
    expect([...part.data]).toEqual(expected.flat());
  });

  test('one colour stays that colour', () => {
    for (const interpolation of filters) {
      const source: RasterImage = { mode: 'RGB', width: 37, height: 53, channels: 3, data: new Uint8Array(37 * 53 * 3).fill(201) };
      expect(new Set(resized(source, 16, 90, interpolation).data), interpolation).toEqual(new Set([201]));
    }
  });

  test('an image of the wanted size stays as it is, transparent pixels too', () => {
    const source = image(20, 10, 'RGBA');
    expect(resized(source, 20, 10, 'BICUBIC').data).toEqual(source.data);
  });

  test('colours under full transparency do not bleed into their neighbours', () => {
    const data = Uint8Array.from(
      { length: 8 * 8 * 4 },
      (_, index) => ((index >> 2) % 2 === 0 ? [255, 0, 0, 255] : [0, 255, 0, 0])[index % 4] ?? 0,
    );
    const { data: small } = resized({ mode: 'RGBA', width: 8, height: 8, channels: 4, data }, 2, 2, 'BILINEAR');
    for (let pixel = 0; pixel < 4; pixel += 1) expect([...small.subarray(pixel * 4, pixel * 4 + 2)]).toEqual([255, 0]);
  });

  test('colours of a palette are never mixed', () => {
    const source = image(31, 17, 'PALETTE');
    const colors = new Set(Array.from({ length: 31 * 17 }, (_, pixel) => source.data.subarray(pixel * 3, pixel * 3 + 3).join()));
    const { data } = resized(source, 64, 64, 'BICUBIC');
    for (let pixel = 0; pixel < 64 * 64; pixel += 1) expect(colors).toContain(data.subarray(pixel * 3, pixel * 3 + 3).join());
  });
});
