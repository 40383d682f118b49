import { InvalidModelFileError, quote } from '../../../errors.ts';
import type { GraphBuilder } from '../../onnx-graph.ts';
import type { Value } from '../../onnx-types.ts';
import { slice } from '../../towers/tokens.ts';
import type { Weights } from '../../weights.ts';
import { type Grid, type Resampling, resampleGrid } from './resample-grid.ts';

/** Learned positions of a vision transformer. */
export interface PositionTable {
  /** F32 [prefix, width], of the tokens in front of the patches; null where they have none. */
  readonly prefix: Value | null;
  /** F32 [patches, width], row by row. */
  readonly patches: Value;
}

/** How an image is cut into patches. Throws `INVALID_MODEL_FILE` where it is smaller than one. */
export function patchGrid(
  image: { readonly height: number; readonly width: number },
  patch: { readonly height: number; readonly width: number },
  file: string,
): Grid {
  const grid = { rows: Math.floor(image.height / patch.height), columns: Math.floor(image.width / patch.width) };
  if (grid.rows * grid.columns > 0) return grid;
  const message = `Images of ${image.width} × ${image.height} pixels are too small for patches of ${patch.width} × ${patch.height}.`;
  throw new InvalidModelFileError({ file, message });
}

/**
 * Reads a table [1, prefix + places, width] for images of another size if need be: places then lie in a square.
 *
 * @param prefix how many tokens in front of the patches have a position
 * @param keepsShape whether as many places as there are patches always mean the same grid
 */
export function readPositionTable(
  graph: GraphBuilder,
  weights: Weights,
  {
    name,
    width,
    prefix,
    grid,
    resampling,
    keepsShape,
  }: { name: string; width: number; prefix: number; grid: Grid; resampling: Resampling; keepsShape: boolean },
): PositionTable {
  const rows = weights.shape(name, 3)[1] as number;
  const table = graph.reshape(weights.tensor(name, [1, rows, width]), [rows, width]);
  const places = rows - prefix;
  const own = prefix === 0 ? null : slice(graph, table, { from: 0, to: prefix, axis: 0 });
  const stored = prefix === 0 ? table : slice(graph, table, { from: prefix, to: rows, axis: 0 });
  if (places === grid.rows * grid.columns && (keepsShape || grid.rows === grid.columns)) return { prefix: own, patches: stored };
  const edge = Math.floor(Math.sqrt(Math.max(places, 0)));
  if (edge === 0 || edge * edge !== places) {
    const message = `Tensor ${quote(name)} has ${rows} positions; ${prefix} and those of a grid of ${grid.rows} × ${grid.columns} or of a square are expected.`;
    throw new InvalidModelFileError({ file: weights.file, message });
  }
  return { prefix: own, patches: resampleGrid(graph, stored, { from: { rows: edge, columns: edge }, to: grid, width, resampling }) };
}
