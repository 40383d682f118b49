import type { EmbedTextsWork, TokenVectors } from '../engines/engine.ts';
import { finishVector } from './finish-vector.ts';

/** Normalises the vectors of a text's tokens as its request asked. They are never cut. */
export function finishTokenVectors(tokens: TokenVectors, { normalization }: Pick<EmbedTextsWork, 'normalization'>): TokenVectors {
  if (normalization === 'NONE') return tokens;
  const { ids, dimensions } = tokens;
  const vectors = new Float32Array(tokens.vectors.length);
  for (let start = 0; start < vectors.length; start += dimensions) {
    const vector = tokens.vectors.subarray(start, start + dimensions);
    vectors.set(finishVector(vector, { normalization, dimensions: null }), start);
  }
  return { ids, vectors, dimensions };
}
