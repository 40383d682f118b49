import type { z } from 'zod';
import { detail, imagesNotServed, notLoaded, unsupported } from './ingrain-errors.ts';
import type { inferRequest } from './ingrain-requests.ts';
import type { Checkpoint } from './ingrain-title.ts';
import type { IngrainEmbedQuery, IngrainEmbedQueryVariables, IngrainModelStateFragment } from './operations.generated.ts';
import type { Answer } from './route.ts';

/** Any inference request; what an endpoint does not know is absent. */
export type InferenceRequest = Partial<z.infer<typeof inferRequest>> & { name: string };

/** How an endpoint's messages name the model: the `/infer` family says the checkpoint, `None` where none was sent. */
export interface NamedModel {
  name: string;
  checkpoint?: Checkpoint | undefined;
}

/**
 * Variables of `IngrainEmbed`. The vector is asked for whole: Ingrain normalises before it cuts, so that cutting is dropping
 * values, and more dimensions than there are is no error here. An image makes the model's state the whole answer.
 */
export function embedVariables({ name, text, image, normalize }: InferenceRequest): IngrainEmbedQueryVariables {
  const texts = image == null ? listOf(text) : [];
  return {
    name,
    embeds: texts.length > 0,
    input: {
      model: name,
      items: texts.map((item) => ({ text: item })),
      normalization: normalize === false || normalize === null ? 'NONE' : 'UNIT_BEFORE_CUT',
    },
  };
}

/** `/infer_text` and `/embed_text`: always a list of vectors, also for one text. */
export function textAnswer(data: IngrainEmbedQuery, request: InferenceRequest, model: NamedModel): Answer {
  return (
    modelProblem(data, request, model) ?? {
      status: 200,
      body: { embeddings: vectors(data, request), processingTimeMs: processingTimeMs(data) },
    }
  );
}

/** `/infer` and `/embed`: a modality that was not asked for is null. */
export function inferAnswer(data: IngrainEmbedQuery, request: InferenceRequest, model: NamedModel): Answer {
  const problem = modelProblem(data, request, model);
  if (problem) return problem;
  const textEmbeddings = request.text == null ? null : vectors(data, request);
  return { status: 200, body: { textEmbeddings, imageEmbeddings: null, processingTimeMs: processingTimeMs(data) } };
}

/** What is wrong with the model for a request that was not embedded; null when nothing is. */
function modelProblem({ embed, model: state }: IngrainEmbedQuery, request: InferenceRequest, model: NamedModel): Answer | null {
  if (embed) return null;
  if (request.image != null) return imageAnswer(state, model);
  if (!isLoaded(state)) return notLoaded(model);
  return request.text == null || state.capabilities.includes('EMBED_TEXT') ? null : unsupported(model, 'text');
}

/** Images: a loaded text model cannot take any, and nothing else can yet. */
export function imageAnswer(state: IngrainModelStateFragment | null | undefined, model: NamedModel): Answer {
  if (isLoaded(state) && !state.capabilities.includes('EMBED_IMAGE') && !state.capabilities.includes('CLASSIFY_IMAGE'))
    return unsupported(model, 'image');
  return detail(400, imagesNotServed);
}

function isLoaded(state: IngrainModelStateFragment | null | undefined): state is IngrainModelStateFragment {
  return state?.runtime?.state === 'READY';
}

function vectors({ embed }: IngrainEmbedQuery, { n_dims }: InferenceRequest): (readonly number[])[] {
  return (embed?.embeddings ?? []).map(({ vector }) => {
    // The document asks for numbers: the encoded forms are strings.
    if (typeof vector === 'string') throw new TypeError('expected numbers, got an encoded vector');
    return n_dims == null || n_dims >= vector.length ? vector : vector.slice(0, n_dims);
  });
}

function processingTimeMs({ embed }: IngrainEmbedQuery): number {
  return embed?.timing.totalMs ?? 0;
}

function listOf(value: string | string[] | null | undefined): string[] {
  if (value == null) return [];
  return Array.isArray(value) ? value : [value];
}
