import type { VectorModule } from './module.ts';

/** Does nothing outside training. Reference: sentence_transformers `Dropout`. */
export function dropoutModule(dimensions: number): VectorModule {
  return { dimensions, summary: null, parameterCount: 0, build: (_, vectors) => vectors };
}
