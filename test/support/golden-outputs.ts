import { readFileSync } from 'node:fs';
import { expectClose } from './golden.ts';

/** What the reference libraries give for one text of a case with sparse or token vectors. */
interface GoldenOutputs {
  text: string;
  input_ids: number[];
  sparse: { indices: number[]; values: number[]; tokens: string[] };
  /** Name of the prompt that goes in front. */
  prompt_name?: string;
  /** The dense vector, where the model gives one. */
  embedding?: number[];
  /** What `colbert_linear` makes of each token but the first; only of shorter texts. */
  token_vectors?: number[][] | null;
  /** The encoder's own; only of shorter texts. */
  token_embeddings?: number[][] | null;
}

/** `expected.json` of such a case. */
interface GoldenOutputCase {
  sparse_dim: number;
  embedding_dim?: number;
  token_dim?: number;
  max_seq_length: number;
  tolerance: { sparse_atol: number; embedding_atol?: number; token_atol?: number; hidden_atol?: number };
  items: GoldenOutputs[];
}

/** Cases with sparse or token vectors, by their names under `test/golden`. */
export const goldenOutputCases = [
  'tiny-bert-splade',
  'tiny-distilbert-splade',
  'tiny-roberta-splade',
  'tiny-modernbert-splade',
  'tiny-m3',
] as const;

export function goldenOutputs(name: string): GoldenOutputCase {
  return JSON.parse(readFileSync(new URL(`../golden/${name}/expected.json`, import.meta.url), 'utf8')) as GoldenOutputCase;
}

/** Fails unless the indices are the same and every value is within `tolerance`. */
export function expectSparse(
  { indices, values }: { indices: ArrayLike<number>; values: ArrayLike<number> },
  expected: { indices: number[]; values: number[] },
  tolerance: number,
): void {
  expectClose(indices, expected.indices, 0, 'indices');
  expectClose(values, expected.values, tolerance, 'values');
}
