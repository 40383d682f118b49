import { type AxisWeights, fractionBits } from '../../src/engines/image/pillow-weights.ts';

/** One pass of Pillow's resize, written down as its definition says: along one axis of lines of pixels. */
function filterAxis(read: (position: number) => number, { taps, starts, counts, weights }: AxisWeights): number[] {
  return Array.from(starts, (start, output) => {
    let sum = 2 ** (fractionBits - 1);
    for (let tap = 0; tap < (counts[output] ?? 0); tap += 1) sum += read(start + tap) * (weights[output * taps + tap] ?? 0);
    return Math.min(Math.max(Math.floor(sum / 2 ** fractionBits), 0), 255);
  });
}

/** What `filterImage` must give, to the bit. */
export function scalarFilter(
  { data, width, channels }: { data: Uint8Array; width: number; channels: number },
  across: AxisWeights,
  down: AxisWeights,
): Uint8Array {
  const height = data.length / width / channels;
  const [columns, rows] = [across.starts.length, down.starts.length];
  const narrow = new Uint8Array(columns * height * channels);
  const result = new Uint8Array(columns * rows * channels);
  for (let channel = 0; channel < channels; channel += 1) {
    for (let row = 0; row < height; row += 1) {
      const line = filterAxis((x) => data[(row * width + x) * channels + channel] ?? Number.NaN, across);
      for (const [column, value] of line.entries()) narrow[(row * columns + column) * channels + channel] = value;
    }
    for (let column = 0; column < columns; column += 1) {
      const line = filterAxis((y) => narrow[(y * columns + column) * channels + channel] ?? Number.NaN, down);
      for (const [row, value] of line.entries()) result[(row * columns + column) * channels + channel] = value;
    }
  }
  return result;
}
