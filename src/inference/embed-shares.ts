import { CanceledError, errorFromWire, InputTooLongError, ModelkeepError, ModelNotLoadedError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import type { RunTiming, Work, WorkResult } from '../scheduler/scheduler.ts';
import { capableModel, type InferenceDependencies } from './capable-model.ts';
import { chooseOutputs } from './choose-outputs.ts';
import type { EmbeddingAnswer, EmbedRequest } from './embedding.ts';
import { type ItemFailure, withIndex } from './item-failures.ts';
import { maxVectorValues } from './limits.ts';
import { choosePrompt } from './prompt.ts';
import type { ImageReader, WantedImage } from './read-images.ts';

export type ServedModel = Model & { facts: NonNullable<Model['facts']> };
type EmbedWorkResult = Extract<WorkResult, { kind: 'embedTexts' }>;
type ImagesWork = Extract<Work, { kind: 'embedImages' | 'classifyImages' }>;

/** The texts or the images of a request. */
export interface Share<Answer> {
  /** What answered: another revision than the one before where it took over meanwhile. */
  model: ServedModel;
  answers: Answer[];
  /** Items that cannot be used; then there are no answers. */
  failures: ItemFailure[];
  timing: RunTiming | null;
}

/** A text of a request. */
export interface WantedText {
  index: number;
  text: string;
}

export function textModel(dependencies: InferenceDependencies, stored: Model): ServedModel {
  return capableModel(dependencies, stored, { capability: 'EMBED_TEXT', wanted: 'embed texts' });
}

export function imageModel(dependencies: InferenceDependencies, stored: Model): ServedModel {
  return capableModel(dependencies, stored, { capability: 'EMBED_IMAGE', wanted: 'embed images' });
}

/** Embeds the texts of a request. The first that is too long is its only failure. */
export async function embedTexts(
  dependencies: InferenceDependencies,
  { stored, request, texts }: { stored: Model; request: EmbedRequest; texts: readonly WantedText[] },
  signal: AbortSignal,
): Promise<Share<EmbeddingAnswer>> {
  const model = textModel(dependencies, stored);
  const work: Extract<Work, { kind: 'embedTexts' }> = {
    kind: 'embedTexts',
    items: texts.map(({ text }) => text),
    firstIndex: 0,
    prompt: choosePrompt(model.facts, request),
    truncate: request.truncate,
    normalization: request.normalization,
    dimensions: request.dimensions,
    outputs: chooseOutputs(model, request.outputs ?? ['DENSE']),
    withWords: request.withWords ?? false,
    mostValues: maxVectorValues,
  };
  try {
    const { result, timing } = await dependencies.scheduler.run(model.id, work, { signal, modelName: model.name });
    if (result.kind !== 'embedTexts') throw new Error(`embedTexts was answered by ${result.kind}`);
    return { model, answers: texts.map(({ index }, row) => textAnswer(result, row, index, model)), failures: [], timing };
  } catch (error) {
    if (!(error instanceof InputTooLongError)) throw error;
    const { index } = texts[error.index] ?? error;
    return { model, answers: [], failures: [{ index, error: withIndex(error, index) }], timing: null };
  }
}

function textAnswer(result: EmbedWorkResult, row: number, index: number, { facts }: ServedModel): EmbeddingAnswer {
  const sparse = result.sparse?.[row];
  return {
    index,
    vector: result.vectors.subarray(row * result.dimensions, (row + 1) * result.dimensions),
    sparse: sparse ? { ...sparse, dimensions: facts.sparseDimensions ?? 0 } : null,
    tokenVectors: result.tokenVectors?.[row] ?? null,
    tokenCount: result.tokenCounts[row] ?? 0,
    truncated: result.truncated[row] === 1,
  };
}

/** Reads the images of a request and embeds them. */
export async function embedImages(
  dependencies: InferenceDependencies,
  { stored, request, images }: { stored: Model; request: EmbedRequest; images: readonly WantedImage[] },
  signal: AbortSignal,
): Promise<Share<EmbeddingAnswer>> {
  const { normalization, dimensions } = request;
  const share = await runImages(dependencies, { images, model: () => imageModel(dependencies, stored), signal }, (items) => ({
    kind: 'embedImages',
    items,
    firstIndex: 0,
    normalization,
    dimensions,
  }));
  const result = share.answers;
  if (result && result.kind !== 'embedImages') throw new Error(`embedImages was answered by ${result.kind}`);
  const answers = !result ? [] : images.map(({ index }, row) => imageAnswer(result, row, index));
  return { ...share, answers };
}

function imageAnswer({ vectors, dimensions }: Extract<WorkResult, { kind: 'embedImages' }>, row: number, index: number): EmbeddingAnswer {
  const vector = vectors.subarray(row * dimensions, (row + 1) * dimensions);
  return { index, vector, sparse: null, tokenVectors: null, tokenCount: null, truncated: false };
}

/**
 * Reads images and runs work on them. Where some cannot be read, the others are only checked: the request has failed, and its
 * caller wants to know of every image that is at fault. `model` is asked when they are there: another revision may serve by then.
 */
export async function runImages(
  dependencies: InferenceDependencies & { images: ImageReader },
  { images, model: modelNow, signal }: { images: readonly WantedImage[]; model: () => ServedModel; signal: AbortSignal },
  toWork: (items: Uint8Array[]) => ImagesWork,
): Promise<Omit<Share<never>, 'answers'> & { answers: Extract<WorkResult, { failures: unknown }> | null }> {
  const { id, name } = modelNow();
  // Nothing is fetched for a model that could not look at it.
  if (!dependencies.scheduler.served(id)) throw new ModelNotLoadedError({ model: name });
  const contents = await dependencies.images.read(images, signal);
  if (signal.aborted) throw new CanceledError({ what: 'The request' });
  const unread = images.flatMap(({ index }, position): ItemFailure[] => {
    const content = contents[position];
    return content instanceof ModelkeepError ? [{ index, error: content }] : [];
  });
  const readable = images.flatMap(({ index }, position) => {
    const content = contents[position];
    return content instanceof Uint8Array ? [{ index, content }] : [];
  });
  const model = modelNow();
  const work = toWork(readable.map(({ content }) => content));
  const checksOnly = unread.length > 0;
  const { result, timing } = await dependencies.scheduler.run(model.id, { ...work, checksOnly }, { signal, modelName: model.name });
  if (!('failures' in result)) throw new Error(`${work.kind} was answered by ${result.kind}`);
  const unusable = result.failures.map(({ index, error }): ItemFailure => {
    const item = readable[index]?.index ?? index;
    return { index: item, error: withIndex(errorFromWire(error), item) };
  });
  const failures = [...unread, ...unusable];
  return { model, failures, timing, answers: failures.length === 0 ? result : null };
}
