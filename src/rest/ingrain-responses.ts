import { z } from 'zod';

/** What Ingrain's endpoints answer when all goes well, for `/openapi.json`. */

const vectors = z.array(z.array(z.number()));
const processingTimeMs = z.number();
const library = z.enum(['open_clip', 'sentence_transformers', 'timm']);
const duration = z.object({ count: z.string(), ns: z.string() });

export const messageResponse = z.object({ message: z.string() });
export const vectorsResponse = z.object({ embeddings: vectors, processingTimeMs });
export const classifyResponse = z.object({ probabilities: vectors, processingTimeMs });
export const inferResponse = z.object({ textEmbeddings: vectors.nullable(), imageEmbeddings: vectors.nullable(), processingTimeMs });
export const loadedModelsResponse = z.object({ models: z.array(z.union([z.object({ name: z.string(), library }), z.string()])) });
export const repositoryModelsResponse = z.object({
  models: z.array(z.object({ name: z.string(), library, state: z.enum(['READY', 'UNAVAILABLE', 'LOADING', 'UNLOADING']) })),
});
export const embeddingSizeResponse = z.object({ embeddingSize: z.int() });
export const labelsResponse = z.object({ labels: z.array(z.string()) });
export const metricsResponse = z.object({
  modelStats: z.array(
    z.object({
      name: z.string(),
      version: z.string(),
      lastInference: z.string().nullable(),
      inferenceCount: z.string(),
      executionCount: z.string(),
      inferenceStats: z.record(z.string(), duration),
      batchStats: z.array(z.object({ batchSize: z.string(), computeInput: duration, computeInfer: duration, computeOutput: duration })),
    }),
  ),
});
