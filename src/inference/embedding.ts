import type { EmbeddingOutput } from '../formats/checkpoint-facts.ts';
import type { Model } from '../models/model.ts';
import type { RunTiming, Work, WorkResult } from '../scheduler/scheduler.ts';
import type { ImageSource } from './image-source.ts';

type EmbedWork = Extract<Work, { kind: 'embedTexts' }>;
type EmbedWorkResult = Extract<WorkResult, { kind: 'embedTexts' }>;
export type SparseVector = NonNullable<EmbedWorkResult['sparse']>[number];
export type TokenVectors = NonNullable<EmbedWorkResult['tokenVectors']>[number];

export interface EmbedRequest {
  /** Name or alias. */
  model: string;
  items: readonly EmbedItem[];
  normalization: EmbedWork['normalization'];
  /** How many of the first values to keep; null keeps all. */
  dimensions: number | null;
  promptName: string | null;
  prompt: string | null;
  truncate: EmbedWork['truncate'];
  /** What is asked for; left out for the dense vector alone. */
  outputs?: readonly EmbeddingOutput[];
  /** Whether sparse vectors say their words. */
  withWords?: boolean;
}

/** Exactly one of the two. */
export interface EmbedItem {
  text?: string | null | undefined;
  image?: ImageSource | null | undefined;
}

export interface EmbedAnswer {
  model: Model;
  /** In the order of the items. */
  embeddings: EmbeddingAnswer[];
  inputTokens: number;
  timing: RunTiming;
}

export interface EmbeddingAnswer {
  index: number;
  /** A view on the values; its length is the number of dimensions. Empty where it was not asked for. */
  vector: Float32Array;
  /** Null where it was not asked for, or the model makes none. */
  sparse: (SparseVector & { dimensions: number }) | null;
  /** Null where they were not asked for, or the model gives none. */
  tokenVectors: TokenVectors | null;
  /** Null for an image. */
  tokenCount: number | null;
  /** Whether the text had more tokens than the model takes. */
  truncated: boolean;
}
