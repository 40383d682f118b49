/** Any JSON answer of Ingrain's endpoints; a test reads the members that its endpoint has. */
export interface IngrainBody {
  message: string;
  detail: unknown;
  embeddings: number[][];
  textEmbeddings: number[][] | null;
  imageEmbeddings: number[][] | null;
  probabilities: number[][];
  labels: string[];
  errors: { index: number; code: string }[];
  processingTimeMs: number;
  models: unknown[];
  modelStats: { name: string; inferenceStats: Record<string, { count: string; ns: string }>; batchStats: { computeInfer: object }[] }[];
}
