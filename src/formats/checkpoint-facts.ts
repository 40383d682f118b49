/** What can be known of a checkpoint from its files, without running it. Plain data: it is stored and crosses processes. */
export interface CheckpointFacts {
  /** The upstream library whose layout the folder has. */
  library: ModelLibrary;
  /** The model's architecture as its config names it, e.g. `BertModel`. */
  architecture: string;
  /** What the model can do here. */
  capabilities: Capability[];
  /** One or two sentences for people: architecture, pooling, whatever is unusual (e.g. "No modules.json: mean pooling"). */
  description: string;
  /** Number of weights; null when the format does not tell. */
  parameterCount: number | null;
  /** Storage type of most weights: `F32`, `F16`, `BF16`, `Q4_K_M`. */
  quantization: string | null;
  /** Width of a dense embedding; null for a model that makes none. */
  dimensions: number | null;
  /** What one pass can give of a text. Facts that were stored by an earlier version lack it; then it is DENSE. */
  outputs?: EmbeddingOutput[];
  /** Indices of its sparse vectors are below it; null or missing for a model that makes none. */
  sparseDimensions?: number | null;
  /** The most values that a sparse vector can hold. */
  mostSparseValues?: number | null;
  /** Width of a token's vector; null or missing for a model that gives none. */
  tokenDimensions?: number | null;
  /** The most tokens of one input, special tokens included. */
  maxTokens: number | null;
  /** Class names in output order; empty for a model that does not classify. */
  labels: string[];
  /** Named prompts that `promptName` may choose; name → text put in front. */
  prompts: Record<string, string>;
  /** The prompt used when a request names none. */
  defaultPromptName: string | null;
  /** Whether a model that writes brings a template for conversations; missing for any other. */
  hasChatTemplate?: boolean;
  /** As upstream names it, e.g. `apache-2.0`; null or missing where nothing is said. */
  license?: string | null;
  /** How images and texts that it embeds are compared; missing for a model that does not embed both. */
  zeroShot?: ZeroShotFacts;
  /** How its vectors are meant to be compared. Facts that were stored by an earlier version lack it; then it is COSINE. */
  similarity?: SimilarityFunction;
  /** Upstream's files that it was converted from, and that are not kept; missing where nothing was converted. */
  madeFrom?: { path: string; sha256: string }[];
  /** Estimate of the memory that one loaded instance needs, in bytes. */
  memoryBytes: number;
  /** The same for weights in INT8; null where that cannot be had. Facts that were stored by an earlier version lack it. */
  int8MemoryBytes?: number | null;
  /** The most tokens that prompt and answer have together, as the model was trained; missing for a model that does not write. */
  contextLength?: number | null;
  /** Memory that a token of a prompt or answer takes while it is held, in bytes, where keys and values are F16; null where unknown. */
  keyValueBytesPerToken?: number | null;
}

/** What makes probabilities of cosines between an image and some texts: activation(scale · cosine + bias). */
export interface ZeroShotFacts {
  /** What a cosine is multiplied by: the exponential of the tensor `logit_scale`. */
  readonly logitScale: number;
  /** What is added then; null for none. */
  readonly logitBias: number | null;
  /** SOFTMAX: over the texts. SIGMOID: of each text alone. */
  readonly activation: 'SOFTMAX' | 'SIGMOID';
}

/** How the weights of a network's matrices are kept in memory, and multiplied. */
export const precisions = ['F32', 'INT8'] as const;
export type Precision = (typeof precisions)[number];

/** How two vectors can be compared. */
export const similarityFunctions = ['COSINE', 'DOT', 'EUCLIDEAN', 'MANHATTAN'] as const;
export type SimilarityFunction = (typeof similarityFunctions)[number];

/** What a pass over a text can give: one vector, a weight for each of some words, a vector for each token. */
export const embeddingOutputs = ['DENSE', 'SPARSE', 'TOKENS'] as const;
export type EmbeddingOutput = (typeof embeddingOutputs)[number];

/** The upstream libraries whose layouts are known. */
export const modelLibraries = ['SENTENCE_TRANSFORMERS', 'OPEN_CLIP', 'TIMM', 'TRANSFORMERS', 'LLAMA_CPP'] as const;
export type ModelLibrary = (typeof modelLibraries)[number];

/** What a model can be asked to do. */
export const capabilities = [
  'EMBED_TEXT',
  'EMBED_IMAGE',
  'CLASSIFY_IMAGE',
  'RERANK',
  'GENERATE_TEXT',
  'CHAT',
  'GENERATE_FROM_IMAGE',
] as const;
export type Capability = (typeof capabilities)[number];
