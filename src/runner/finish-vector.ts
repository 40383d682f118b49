import type { EmbedTextsWork } from '../engines/engine.ts';

/** As torch's `F.normalize`: a vector of zeros stays one. */
const smallestNorm = 1e-12;

/** Cuts and normalises one vector as its request asked. The batch may hold vectors of several requests, so this is not the engine's. */
export function finishVector(
  vector: Float32Array,
  { normalization, dimensions }: Pick<EmbedTextsWork, 'normalization' | 'dimensions'>,
): Float32Array {
  const cut = dimensions === null ? vector : vector.subarray(0, dimensions);
  switch (normalization) {
    case 'NONE':
      return cut;
    case 'UNIT':
      return divided(cut, norm(cut));
    case 'UNIT_BEFORE_CUT':
      return divided(cut, norm(vector));
    default:
      return normalization satisfies never;
  }
}

function norm(vector: Float32Array): number {
  let squares = 0;
  for (const value of vector) squares += value * value;
  return Math.max(Math.sqrt(squares), smallestNorm);
}

function divided(vector: Float32Array, divisor: number): Float32Array {
  return vector.map((value) => value / divisor);
}
