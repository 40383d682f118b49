import { join } from 'node:path/posix';
import { jsonFields } from '../json-fields.ts';
import { readOptionalJsonObject } from '../json-file.ts';
import type { VectorModule } from './module.ts';
import { checkVectorInput } from './module-input.ts';

/** Where torch's `F.normalize` stops dividing: a vector of zeros stays one. */
const smallestNorm = 1e-12;

/** Reads a Normalize module, whose folder is mostly empty or not there at all. Reference: sentence_transformers `Normalize`. */
export async function readNormalize(folder: string, path: string, dimensions: number): Promise<VectorModule> {
  const file = join(path, 'config.json');
  // Without a folder of its own the file would be the model's.
  if (path !== '') checkVectorInput(jsonFields(await readOptionalJsonObject(folder, file), file), path);
  return normalizeModule(dimensions);
}

/** Divides each vector by its L2 norm. */
function normalizeModule(dimensions: number): VectorModule {
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
