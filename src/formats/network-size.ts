import { isFloating, type StoredTensor, type StoredTensors, sizeOf } from './safetensors-types.ts';

/** A Node process with the runtime and the tokenizer in it, before any weights. */
export const baseMemoryBytes = 130 * 1024 * 1024;

/** What a network takes in memory, as far as its weights tell. */
export interface NetworkMemory {
  readonly memoryBytes: number;
  /** The same where matrices are kept as INT8. */
  readonly int8MemoryBytes: number;
}

/**
 * Estimates what a network over these tensors needs: `used` by any part of it, `matrices` of them in linear layers.
 *
 * @param moreParameters weights that lie elsewhere
 */
export function memoryOfNetwork(used: Iterable<StoredTensor>, matrices: Iterable<StoredTensor>, moreParameters = 0): NetworkMemory {
  const usedParameters = sumOfSizes(used) + moreParameters;
  const matrixParameters = sumOfSizes(matrices);
  return {
    // Matrices are widened to F32 and packed once more; tables stay in the mapped file.
    memoryBytes: baseMemoryBytes + Math.ceil(usedParameters * 4 * 1.25),
    // Of the matrices only the integers stay, and their packed copy in part.
    int8MemoryBytes: baseMemoryBytes + Math.ceil((usedParameters - matrixParameters) * 4 * 1.25 + matrixParameters * 1.75),
  };
}

function sumOfSizes(tensors: Iterable<StoredTensor>): number {
  return [...tensors].reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** Number of weights of a checkpoint, buffers of integers left out. */
export function countParameters(tensors: StoredTensors): number {
  return [...tensors.values()].reduce((sum, { dtype, shape }) => sum + (isFloating(dtype) ? sizeOf(shape) : 0), 0);
}

/** The storage type of most weights. */
export function commonDtype(tensors: StoredTensors): string | null {
  const counts = new Map<string, number>();
  for (const { dtype, shape } of tensors.values()) {
    if (isFloating(dtype)) counts.set(dtype, (counts.get(dtype) ?? 0) + sizeOf(shape));
  }
  return [...counts].sort((left, right) => right[1] - left[1])[0]?.[0] ?? null;
}
