import type { GraphBuilder } from '../onnx-graph.ts';
import type { Value } from '../onnx-types.ts';

/** Rotary positions of an image's patches, as EVA-02 has them. */
export interface GridRotation {
  /** Cosines and sines F32 [tokens, headSize]; the sines carry the signs of the pairs. */
  readonly cosine: Value;
  readonly sine: Value;
  /** For each value of a head the other one of its pair: INT64 [headSize]. */
  readonly partner: Value;
}

/** What the angles grow with from band to band. */
const temperature = 10_000;

/**
 * The angles of rotary position embedding in two dimensions ("EVA-02", arXiv 2303.11331, 2.1): half of a head's pairs turn with the
 * row, half with the column. Positions are stretched to the grid the model was trained on. Tokens in front of the patches do not turn.
 *
 * Reference: timm, `layers/pos_embed_sincos.py`, `RotaryEmbeddingCat`, in its float32 steps.
 */
export function gridRotation(
  graph: GraphBuilder,
  {
    rows,
    columns,
    referenceGrid,
    headSize,
    prefixTokens,
  }: { rows: number; columns: number; referenceGrid: number; headSize: number; prefixTokens: number },
): GridRotation {
  const bands = Array.from({ length: headSize / 4 }, (_, band) =>
    Math.fround(1 / Math.fround(temperature ** Math.fround(band / (headSize / 4)))),
  );
  const stretched = (index: number, count: number): number => Math.fround(Math.fround(index / count) * referenceGrid);
  const angles: number[] = [];
  for (let row = 0; row < rows; row += 1) {
    for (let column = 0; column < columns; column += 1) {
      for (const position of [stretched(row, rows), stretched(column, columns)]) {
        for (const band of bands) angles.push(Math.fround(position * band));
      }
    }
  }
  const table = (prefix: number, of: (angle: number) => [number, number]): Value => {
    const values = [...new Array<number>(prefixTokens * headSize).fill(prefix), ...angles.flatMap(of)];
    return graph.reshape(graph.float(values), [prefixTokens + rows * columns, headSize]);
  };
  return {
    cosine: table(1, (angle) => [Math.cos(angle), Math.cos(angle)]),
    sine: table(0, (angle) => [-Math.sin(angle), Math.sin(angle)]),
    partner: graph.integers(Array.from({ length: headSize }, (_, index) => (index % 2 === 0 ? index + 1 : index - 1))),
  };
}

/** Turns neighbouring values of a head by their token's angles: F32 [batch, heads, tokens, headSize]. */
export function rotateInGrid(graph: GraphBuilder, states: Value, { cosine, sine, partner }: GridRotation): Value {
  const partners = graph.gather(states, partner, -1);
  return graph.add(graph.multiply(states, cosine), graph.multiply(partners, sine));
}
