import { setImmediate as nextTurn } from 'node:timers/promises';
import { CanceledError } from '../errors.ts';
import type { SimilarityFunction } from '../formats/checkpoint-facts.ts';

type Compare = (left: Float32Array, right: Float32Array) => number;

/** As torch's `F.normalize`: a vector of zeros is like nothing. */
const smallestNorm = 1e-12;
/** Multiplications after which others get their turn: a few milliseconds. */
const turnOperations = 4_000_000;

/** By sentence-transformers' `util/similarity.py`: the higher the more alike, so that distances count negative. */
const comparisons: Readonly<Record<SimilarityFunction, Compare>> = {
  // Of vectors of unit length, which they are made first.
  COSINE: dot,
  DOT: dot,
  EUCLIDEAN: (left, right) => -Math.sqrt(sumOf(left, right, (difference) => difference * difference)),
  MANHATTAN: (left, right) => -sumOf(left, right, Math.abs),
};

/**
 * Compares each vector of `rows` with each of `columns`: one row of values per row. Lets others work in between.
 * Throws CANCELED.
 */
export async function similarityMatrix(
  similarity: SimilarityFunction,
  { rows, columns, signal }: { rows: readonly Float32Array[]; columns: readonly Float32Array[]; signal: AbortSignal },
): Promise<Float32Array[]> {
  const matrix: Float32Array[] = [];
  const compare = comparisons[similarity];
  const made = similarity === 'COSINE' ? unit : (vector: Float32Array) => vector;
  const right = columns.map(made);
  let operations = 0;
  for (const row of rows) {
    const left = made(row);
    matrix.push(Float32Array.from(right, (column) => compare(left, column)));
    operations += columns.length * row.length;
    if (operations < turnOperations) continue;
    operations = 0;
    await nextTurn();
    if (signal.aborted) throw new CanceledError({ what: 'The request' });
  }
  return matrix;
}

function dot(left: Float32Array, right: Float32Array): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += (left[index] ?? 0) * (right[index] ?? 0);
  return sum;
}

function sumOf(left: Float32Array, right: Float32Array, of: (difference: number) => number): number {
  let sum = 0;
  for (let index = 0; index < left.length; index += 1) sum += of((left[index] ?? 0) - (right[index] ?? 0));
  return sum;
}

function norm(vector: Float32Array): number {
  return Math.max(Math.sqrt(dot(vector, vector)), smallestNorm);
}

function unit(vector: Float32Array): Float32Array {
  const length = norm(vector);
  return vector.map((value) => value / length);
}
