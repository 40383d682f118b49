import type { PreparedText } from '../engine.ts';

/** A batch as matrices [rows, columns], row after row, padded with zeros at the end of each row. */
export interface BatchInputs {
  readonly rows: number;
  /** Length of the longest text of this batch. */
  readonly columns: number;
  readonly ids: Int32Array;
  readonly typeIds: Int32Array;
  /** 1 for a token, 0 for padding. */
  readonly mask: Int32Array;
  /** 1 for a token that takes part in pooling. */
  readonly poolingMask: Int32Array;
}

/** Pads texts to the longest of them. */
export function batchInputs(batch: readonly PreparedText[]): BatchInputs {
  const rows = batch.length;
  const columns = Math.max(1, ...batch.map(({ ids }) => ids.length));
  const matrix = (): Int32Array => new Int32Array(rows * columns);
  const [ids, typeIds, mask, poolingMask] = [matrix(), matrix(), matrix(), matrix()] as const;
  for (const [row, text] of batch.entries()) {
    const start = row * columns;
    ids.set(text.ids, start);
    typeIds.set(text.typeIds, start);
    mask.fill(1, start, start + text.ids.length);
    poolingMask.fill(1, start + Math.min(text.unpooledTokens, text.ids.length), start + text.ids.length);
  }
  return { rows, columns, ids, typeIds, mask, poolingMask };
}
