import type { SimilarityFunction } from './checkpoint-facts.ts';
import { readOptionalJsonObject } from './json-file.ts';

/** By the names of sentence-transformers' `SimilarityFunction`. */
const functions: Readonly<Record<string, SimilarityFunction>> = {
  cosine: 'COSINE',
  dot: 'DOT',
  euclidean: 'EUCLIDEAN',
  manhattan: 'MANHATTAN',
};

/**
 * How a checkpoint's vectors are meant to be compared: `similarity_fn_name` of config_sentence_transformers.json, cosine where it
 * says nothing or what only other kinds of models have.
 *
 * Reference: sentence-transformers, `SentenceTransformer.similarity_fn_name`.
 */
export async function readSimilarity(folder: string): Promise<SimilarityFunction> {
  const { similarity_fn_name: name } = await readOptionalJsonObject(folder, 'config_sentence_transformers.json');
  return typeof name === 'string' && Object.hasOwn(functions, name) ? (functions[name] ?? 'COSINE') : 'COSINE';
}
