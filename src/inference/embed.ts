import { InvalidInputError } from '../errors.ts';
import type { EmbeddingOutput } from '../formats/checkpoint-facts.ts';
import type { Model } from '../models/model.ts';
import type { RunTiming, Work, WorkResult } from '../scheduler/scheduler.ts';
import { capableModel, type InferenceDependencies } from './capable-model.ts';
import { chooseOutputs } from './choose-outputs.ts';
import { maxVectorValues, requireAnswerSize, requireTextLength } from './limits.ts';
import { choosePrompt } from './prompt.ts';

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
  image?: object | null | undefined;
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
  tokenCount: number;
  /** Whether the text had more tokens than the model takes. */
  truncated: boolean;
}

/**
 * Embeds any number of texts with a loaded model, in input order, with all that is asked for from one pass. All or nothing: the first item that fails fails the request.
 * Throws MODEL_NOT_FOUND, MODEL_NOT_LOADED, MODEL_LOADING, UNSUPPORTED_CAPABILITY, INVALID_INPUT, INPUT_TOO_LONG, OVERLOADED, RUNNER_CRASHED, CANCELED.
 */
export async function embed(dependencies: InferenceDependencies, request: EmbedRequest, signal: AbortSignal): Promise<EmbedAnswer> {
  const stored = await dependencies.catalogue.require({ name: request.model });
  const model = capableModel(dependencies, stored, { capability: 'EMBED_TEXT', wanted: 'embed texts' });
  if (request.items.some((item) => item.image)) {
    capableModel(dependencies, stored, {
      capability: 'EMBED_IMAGE',
      wanted: 'embed images',
      hint: 'This server does not serve images yet.',
    });
  }
  const texts = request.items.map((item) => item.text ?? '');
  for (const [index, text] of texts.entries()) requireTextLength(text, `input.items[${index}].text`);
  const width = model.facts.dimensions ?? 0;
  const outputs = chooseOutputs(model, request.outputs ?? ['DENSE']);
  if (outputs.includes('DENSE')) {
    requireDimensions(request.dimensions, width);
    requireAnswerSize(texts.length, request.dimensions ?? width);
  }
  const work: EmbedWork = {
    kind: 'embedTexts',
    items: texts,
    firstIndex: 0,
    prompt: choosePrompt(model.facts, request),
    truncate: request.truncate,
    normalization: request.normalization,
    dimensions: request.dimensions,
    outputs,
    withWords: request.withWords ?? false,
    mostValues: maxVectorValues,
  };
  const { result, timing } = await dependencies.scheduler.run(model.id, work, { signal, modelName: model.name });
  if (result.kind !== 'embedTexts') throw new Error(`embedTexts was answered by ${result.kind}`);
  const embeddings = texts.map((_, index) => ({
    index,
    vector: result.vectors.subarray(index * result.dimensions, (index + 1) * result.dimensions),
    sparse: withDimensions(result.sparse?.[index], model.facts.sparseDimensions ?? 0),
    tokenVectors: result.tokenVectors?.[index] ?? null,
    tokenCount: result.tokenCounts[index] ?? 0,
    truncated: result.truncated[index] === 1,
  }));
  return { model, embeddings, inputTokens: embeddings.reduce((sum, { tokenCount }) => sum + tokenCount, 0), timing };
}

function withDimensions(sparse: SparseVector | undefined, dimensions: number): EmbeddingAnswer['sparse'] {
  return sparse ? { ...sparse, dimensions } : null;
}

function requireDimensions(dimensions: number | null, width: number): void {
  if (dimensions === null || (dimensions >= 1 && dimensions <= width)) return;
  throw new InvalidInputError({ field: 'input.dimensions', message: `expected 1 to ${width}, the model's width, got ${dimensions}.` });
}
