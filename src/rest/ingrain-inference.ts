import { notLoaded, unsupported } from './ingrain-errors.ts';
import { imageInputs } from './ingrain-images.ts';
import { type InferenceRequest, listOf, type Modality, type NamedModel, takes } from './ingrain-inference-request.ts';
import type {
  IngrainClassifyQuery,
  IngrainClassifyQueryVariables,
  IngrainEmbedQuery,
  IngrainEmbedQueryVariables,
  IngrainModelStateFragment,
} from './operations.generated.ts';
import type { Answer } from './route.ts';

/**
 * Variables of `IngrainEmbed`: texts first, then images. The vector is asked for whole: Ingrain normalises before it cuts, so that
 * cutting is dropping values, and more dimensions than there are is no error here. `model` is the name that the server knows.
 */
export function embedVariables(request: InferenceRequest, model = request.name): IngrainEmbedQueryVariables {
  const { text, normalize } = request;
  const items = [...listOf(text).map((item) => ({ text: item })), ...imageInputs(request).map((image) => ({ image }))];
  const normalization = normalize === false || normalize === null ? 'NONE' : 'UNIT_BEFORE_CUT';
  return { name: model, embeds: items.length > 0, input: { model, items, normalization } };
}

/** Variables of `IngrainClassify`. */
export function classifyVariables(request: InferenceRequest, model = request.name): IngrainClassifyQueryVariables {
  const images = imageInputs(request);
  return { name: model, classifies: images.length > 0, input: { model, images, topK: 1 } };
}

/** `/infer_text`, `/embed_text` and the same of images: always a list of vectors, also for one item. */
export function vectorsAnswer(data: IngrainEmbedQuery, request: InferenceRequest, model: NamedModel, modality: Modality): Answer {
  const problem = data.embed ? null : modelProblem(data.model, model, [modality]);
  return problem ?? { status: 200, body: { embeddings: vectors(data, request), processingTimeMs: processingTimeMs(data.embed) } };
}

/** `/infer` and `/embed`: a modality that was not asked for is null. */
export function inferAnswer(data: IngrainEmbedQuery, request: InferenceRequest, model: NamedModel): Answer {
  const asked: Modality[] = [...(request.text == null ? [] : ['text' as const]), ...(request.image == null ? [] : ['image' as const])];
  const problem = data.embed ? null : modelProblem(data.model, model, asked);
  if (problem) return problem;
  const all = vectors(data, request);
  const textCount = listOf(request.text).length;
  const textEmbeddings = request.text == null ? null : all.slice(0, textCount);
  const imageEmbeddings = request.image == null ? null : all.slice(textCount);
  return { status: 200, body: { textEmbeddings, imageEmbeddings, processingTimeMs: processingTimeMs(data.embed) } };
}

/** `/classify_image`: a row of probabilities for each image, in the order of the labels. */
export function classifyAnswer({ classify, model: state }: IngrainClassifyQuery, model: NamedModel): Answer {
  const problem = classify ? null : modelProblem(state, model, ['image']);
  if (problem) return problem;
  const probabilities = (classify?.classifications ?? []).map((classification) => numbers(classification.probabilities));
  return { status: 200, body: { probabilities, processingTimeMs: processingTimeMs(classify) } };
}

/** What is wrong with the model for a request that has nothing to run; null when nothing is. */
function modelProblem(state: IngrainModelStateFragment | null | undefined, model: NamedModel, asked: readonly Modality[]): Answer | null {
  if (state?.runtime?.state !== 'READY') return notLoaded(model);
  const missing = asked.find((modality) => !takes(state.capabilities, modality));
  return missing === undefined ? null : unsupported(model, missing);
}

function vectors({ embed }: IngrainEmbedQuery, { n_dims }: InferenceRequest): (readonly number[])[] {
  return (embed?.embeddings ?? []).map(({ vector }) => {
    const values = numbers(vector);
    return n_dims == null || n_dims >= values.length ? values : values.slice(0, n_dims);
  });
}

/** The document asks for numbers: the encoded forms are strings. */
function numbers(vector: readonly number[] | string): readonly number[] {
  if (typeof vector === 'string') throw new TypeError('expected numbers, got an encoded vector');
  return vector;
}

function processingTimeMs(answer: { timing: { totalMs: number } } | null | undefined): number {
  return answer?.timing.totalMs ?? 0;
}
