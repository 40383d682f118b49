import { type FilterProgram, fourWeightsBytes, lowBits, startFilterProgram } from './filter-program.ts';
import type { AxisWeights, Span } from './pillow-weights.ts';

/** Pixels of three or four channels, row after row. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly channels: 3 | 4;
}

/** How much of the image is copied to where the program reads it, at a time: what fits into a processor's cache. */
const bandBytes = 256 * 1024;
/** A program that needed more for one image is not kept for the next. */
const mostKeptBytes = 64 * 1024 * 1024;
const pageBytes = 65_536;

let kept: FilterProgram | null = null;

/** Filters along the rows and then along the columns. Answers `across.starts.length × down.starts.length` pixels. */
export function filterImage(image: Pixels, across: AxisWeights, down: AxisWeights): Uint8Array {
  const program = kept ?? startFilterProgram();
  kept = null;
  const { channels } = image;
  const rows = neededSpan(down);
  const sourceRowBytes = image.width * channels;
  const rowBytes = across.starts.length * channels;
  const bandRows = Math.max(1, Math.floor(bandBytes / sourceRowBytes));

  const layout = createLayout();
  const acrossPlaces = layout.take(placesBytes(across));
  const downPlaces = layout.take(placesBytes(down));
  // Weights of 0 reach beyond the last pixel, and the last row.
  const source = layout.take(Math.min(bandRows, rows.count) * sourceRowBytes + (across.taps + 4) * channels + 16);
  const narrow = layout.take((rows.count + down.taps + 4) * rowBytes + 16);
  const target = layout.take(down.starts.length * rowBytes + 16);
  const { memory } = program;
  memory.grow(Math.max(0, Math.ceil(layout.size() / pageBytes) - memory.buffer.byteLength / pageBytes));
  const bytes = new Uint8Array(memory.buffer);

  const columnFilter = writeFilter(memory, acrossPlaces, across, { first: 0, stride: channels });
  const filterRows = channels === 3 ? program.filterRgbRows : program.filterRgbaRows;
  for (let row = 0; row < rows.count; row += bandRows) {
    const count = Math.min(bandRows, rows.count - row);
    const from = (rows.start + row) * sourceRowBytes;
    bytes.set(image.data.subarray(from, from + count * sourceRowBytes), source);
    filterRows(source, source + count * sourceRowBytes, sourceRowBytes, ...columnFilter, narrow + row * rowBytes);
  }
  const rowFilter = writeFilter(memory, downPlaces, down, { first: rows.start, stride: rowBytes });
  program.filterColumns(narrow, rowBytes, ...rowFilter, target);
  if (memory.buffer.byteLength <= mostKeptBytes) kept = program;
  return bytes.slice(target, target + down.starts.length * rowBytes);
}

/** The input pixels that any output pixel needs. */
function neededSpan({ starts, counts }: AxisWeights): Span {
  const start = starts[0] ?? 0;
  return { start, count: (starts.at(-1) ?? 0) + (counts.at(-1) ?? 0) - start };
}

function createLayout() {
  let size = 0;
  return {
    /** The address of so many bytes, aligned for vectors. */
    take(bytes: number): number {
      const address = size;
      size += Math.ceil(bytes / 16) * 16;
      return address;
    },
    size: () => size,
  };
}

/** Weights are read four at a time. */
function weightBytes({ taps }: AxisWeights): number {
  return Math.ceil(taps / 4) * fourWeightsBytes;
}

function placesBytes(weights: AxisWeights): number {
  return weights.starts.length * (weightBytes(weights) + 4);
}

/** Writes what the program reads: the outputs' weights, then their offsets. Answers their addresses, in the order of its parameters. */
function writeFilter(
  memory: WebAssembly.Memory,
  address: number,
  axis: AxisWeights,
  { first, stride }: { first: number; stride: number },
): [starts: number, startsEnd: number, weights: number, weightBytes: number] {
  const outputs = axis.starts.length;
  const perOutput = weightBytes(axis);
  const halves = new Int16Array(memory.buffer, address, (outputs * perOutput) / 2).fill(0);
  for (let output = 0; output < outputs; output += 1) {
    for (let tap = 0; tap < axis.taps; tap += 1) {
      const weight = axis.weights[output * axis.taps + tap] ?? 0;
      const place = (output * perOutput) / 2 + (tap >> 1) * 4 + (tap & 1);
      halves[place] = weight >> lowBits;
      halves[place + 2] = weight & (2 ** lowBits - 1);
    }
  }
  const starts = address + outputs * perOutput;
  new Int32Array(memory.buffer, starts, outputs).set(axis.starts.map((start) => (start - first) * stride));
  return [starts, starts + outputs * 4, address, perOutput];
}
