import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';

/** A grid of places. */
export interface Grid {
  readonly rows: number;
  readonly columns: number;
}

/** As torch's `interpolate(mode='bicubic', align_corners=False)`, with `antialias=True` or without. */
export type Resampling = 'BICUBIC' | 'ANTIALIASED_BICUBIC';

/**
 * A learned table over a grid for a grid of another size: F32 [old places, width] to F32 [new places, width]. Computed by two matrix
 * products that the runtime folds when it loads.
 */
export function resampleGrid(
  graph: GraphBuilder,
  table: Value,
  { from, to, width, resampling }: { from: Grid; to: Grid; width: number; resampling: Resampling },
): Value {
  const weights = resampling === 'BICUBIC' ? plainWeights : antialiasedWeights;
  const matrix = (old: number, fresh: number): Value => {
    const rows = Array.from({ length: fresh }, (_, index) => weights(index, old, fresh));
    return graph.reshape(graph.float(rows.flat()), [fresh, old]);
  };
  const byRow = graph.reshape(table, [from.rows, from.columns * width]);
  const tall = graph.reshape(graph.matMul(matrix(from.rows, to.rows), byRow), [to.rows, from.columns, width]);
  return graph.reshape(graph.matMul(matrix(from.columns, to.columns), tall), [to.rows * to.columns, width]);
}

/** Keys' cubic convolution kernel ("Cubic Convolution Interpolation for Digital Image Processing", 1981). */
function cubic(distance: number, sharpness: number): number {
  const x = Math.abs(distance);
  if (x < 1) return ((sharpness + 2) * x - (sharpness + 3)) * x * x + 1;
  if (x < 2) return sharpness * (((x - 5) * x + 8) * x - 4);
  return 0;
}

/** Weights of the old places for one new place: four neighbours, of which those beyond the edge are the edge. */
function plainWeights(index: number, old: number, fresh: number): number[] {
  const weights = new Array<number>(old).fill(0);
  const place = (index + 0.5) * (old / fresh) - 0.5;
  const first = Math.floor(place) - 1;
  for (let neighbour = first; neighbour < first + 4; neighbour += 1) {
    const inside = Math.min(Math.max(neighbour, 0), old - 1);
    weights[inside] = (weights[inside] ?? 0) + cubic(place - neighbour, -0.75);
  }
  return weights;
}

/** The same where the kernel is as wide as the step, and only what lies inside counts. */
function antialiasedWeights(index: number, old: number, fresh: number): number[] {
  const step = Math.max(old / fresh, 1);
  const centre = (index + 0.5) * (old / fresh);
  const first = Math.max(Math.trunc(centre - 2 * step + 0.5), 0);
  const end = Math.min(Math.trunc(centre + 2 * step + 0.5), old);
  const raw = Array.from({ length: old }, (_, place) => (place >= first && place < end ? cubic((place - centre + 0.5) / step, -0.5) : 0));
  const sum = raw.reduce((total, weight) => total + weight, 0);
  return raw.map((weight) => weight / sum);
}
