import type { VectorModule } from './module.ts';

/** Where torch's `F.normalize` stops dividing: a vector of zeros stays one. */
const smallestNorm = 1e-12;

/** Divides each vector by its L2 norm. Reference: sentence_transformers `Normalize`. */
export function normalizeModule(dimensions: number): VectorModule {
  return {
    dimensions,
    parameterCount: 0,
    summary: 'normalised',
    build(graph, vectors) {
      const squares = graph.reduceSum(graph.multiply(vectors, vectors), [1], { keepDimensions: true });
      const norm = graph.node('Max', [graph.node('Sqrt', [squares]), graph.float(smallestNorm)]);
      return graph.divide(vectors, norm);
    },
  };
}
