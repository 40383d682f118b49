import type { Interpolation } from '../../formats/preprocessing/image-preprocessing.ts';

/** Part of one axis of a resized image: output pixels `start` to `start + count`. */
export interface Span {
  readonly start: number;
  readonly count: number;
}

/** What each output pixel of one axis is made of, in Pillow's fixed point. */
export interface AxisWeights {
  /** Places in `weights` that each output pixel has; what it does not need of them is 0. */
  readonly taps: number;
  /** The first input pixel of each output pixel. */
  readonly starts: Int32Array;
  /** How many input pixels each output pixel needs. */
  readonly counts: Int32Array;
  /** `taps` per output pixel, in units of 2⁻²². */
  readonly weights: Int32Array;
}

/** Bits behind the point: what 8-bit pixels leave of 32 with two to spare, for filters overshoot. */
export const fractionBits = 22;

interface Filter {
  /** Where it becomes 0, in pixels. */
  readonly support: number;
  at(x: number): number;
}

const sinc = (x: number): number => (x === 0 ? 1 : Math.sin(x * Math.PI) / (x * Math.PI));

const filters: Readonly<Record<Exclude<Interpolation, 'NEAREST'>, Filter>> = {
  BOX: { support: 0.5, at: (x) => (x > -0.5 && x <= 0.5 ? 1 : 0) },
  BILINEAR: { support: 1, at: (x) => Math.max(0, 1 - Math.abs(x)) },
  HAMMING: { support: 1, at: (x) => (Math.abs(x) >= 1 ? 0 : sinc(x) * (0.54 + 0.46 * Math.cos(x * Math.PI))) },
  BICUBIC: { support: 2, at: bicubic },
  LANCZOS: { support: 3, at: (x) => (x >= -3 && x < 3 ? sinc(x) * sinc(x / 3) : 0) },
};

function bicubic(signed: number): number {
  const a = -0.5;
  const x = Math.abs(signed);
  if (x < 1) return ((a + 2) * x - (a + 3)) * x * x + 1;
  return x < 2 ? (((x - 5) * x + 8) * x - 4) * a : 0;
}

/**
 * Weights that resize an axis of `inputSize` pixels to `outputSize`, for the span of it alone. A filter is as wide as an output
 * pixel where that is wider than an input pixel: that is what Pillow calls antialiasing.
 *
 * Reference: Pillow, `libImaging/Resample.c` (`precompute_coeffs`, `normalize_coeffs_8bpc`).
 */
export function axisWeights(
  inputSize: number,
  outputSize: number,
  { start, count }: Span,
  interpolation: keyof typeof filters,
): AxisWeights {
  const filter = filters[interpolation];
  const scale = inputSize / outputSize;
  const filterScale = Math.max(scale, 1);
  const support = filter.support * filterScale;
  const taps = Math.min(Math.ceil(support) * 2 + 1, inputSize);
  const [starts, counts] = [new Int32Array(count), new Int32Array(count)];
  const weights = new Int32Array(count * taps);
  const exact = new Float64Array(taps);
  for (let index = 0; index < count; index += 1) {
    const center = (start + index + 0.5) * scale;
    const first = Math.max(Math.trunc(center - support + 0.5), 0);
    const needed = Math.min(Math.trunc(center + support + 0.5), inputSize) - first;
    let sum = 0;
    for (let tap = 0; tap < needed; tap += 1) {
      const weight = filter.at((tap + first - center + 0.5) * (1 / filterScale));
      exact[tap] = weight;
      sum += weight;
    }
    for (let tap = 0; tap < needed; tap += 1) {
      const weight = (exact[tap] ?? 0) / (sum || 1);
      weights[index * taps + tap] = Math.trunc((weight < 0 ? -0.5 : 0.5) + weight * 2 ** fractionBits);
    }
    starts[index] = first;
    counts[index] = needed;
  }
  return { taps, starts, counts, weights };
}

/**
 * The input pixel of each output pixel by the nearest neighbour, summed up step by step as Pillow does it.
 *
 * Reference: Pillow, `libImaging/Geometry.c` (`ImagingScaleAffine`).
 */
export function nearestPixels(inputSize: number, outputSize: number, { start, count }: Span): Int32Array {
  const scale = inputSize / outputSize;
  const pixels = new Int32Array(count);
  let position = scale * 0.5;
  for (let index = 0; index < start + count; index += 1) {
    if (index >= start) pixels[index - start] = Math.min(Math.trunc(position), inputSize - 1);
    position += scale;
  }
  return pixels;
}
