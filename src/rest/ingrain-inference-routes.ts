import type { z } from 'zod';
import { inferenceFailure } from './ingrain-errors.ts';
import { embedVariables, type InferenceRequest, imageAnswer, inferAnswer, type NamedModel, textAnswer } from './ingrain-inference.ts';
import { classifyRequest, imageRequest, inferRequest, textRequest } from './ingrain-requests.ts';
import { inferResponse, textResponse } from './ingrain-responses.ts';
import { IngrainEmbedDocument, IngrainModelDocument } from './operations.generated.ts';
import { type Failure, type RestRequest, type Route, route } from './route.ts';

interface Endpoint<Body> {
  path: string;
  operationId: string;
  body: z.ZodType<Body>;
  /** Generations A and B name the checkpoint in their messages. */
  namesCheckpoint: boolean;
}

/** `/infer_text`, `/infer_image` and `/infer` of generations A and B; what C and D call `/embed_…`; `/classify_image`. */
export const inferenceRoutes: readonly Route[] = [
  textRoute({ path: '/infer_text', operationId: 'inferText', body: textRequest, namesCheckpoint: true }),
  textRoute({ path: '/embed_text', operationId: 'embedText', body: textRequest, namesCheckpoint: false }),
  bothRoute({ path: '/infer', operationId: 'infer', body: inferRequest, namesCheckpoint: true }),
  bothRoute({ path: '/embed', operationId: 'embed', body: inferRequest, namesCheckpoint: false }),
  imageRoute({ path: '/infer_image', operationId: 'inferImage', body: imageRequest, namesCheckpoint: true }),
  imageRoute({ path: '/embed_image', operationId: 'embedImage', body: imageRequest, namesCheckpoint: false }),
  imageRoute({ path: '/classify_image', operationId: 'classifyImage', body: classifyRequest, namesCheckpoint: false }),
];

function textRoute<Body extends InferenceRequest>(endpoint: Endpoint<Body>): Route {
  return route({
    ...common(endpoint),
    summary: 'Embeds one text or several.',
    answer: textResponse,
    document: IngrainEmbedDocument,
    toVariables: ({ body }) => embedVariables(body),
    toAnswer: (data, { body }) => textAnswer(data, body, namedModel(body, endpoint)),
  });
}

function bothRoute<Body extends InferenceRequest>(endpoint: Endpoint<Body>): Route {
  return route({
    ...common(endpoint),
    summary: 'Embeds texts, images, or both; what was not given is null.',
    answer: inferResponse,
    document: IngrainEmbedDocument,
    toVariables: ({ body }) => embedVariables(body),
    toAnswer: (data, { body }) => inferAnswer(data, body, namedModel(body, endpoint)),
  });
}

function imageRoute<Body extends InferenceRequest>(endpoint: Endpoint<Body>): Route {
  return route({
    ...common(endpoint),
    summary: 'Takes one image or several. Images are not served yet: always a 400.',
    document: IngrainModelDocument,
    toVariables: ({ body: { name } }) => ({ name }),
    toAnswer: ({ model }, { body }) => imageAnswer(model, namedModel(body, endpoint)),
  });
}

function common<Body extends InferenceRequest>(endpoint: Endpoint<Body>) {
  const { path, operationId, body } = endpoint;
  return {
    method: 'POST',
    path,
    operationId,
    body,
    query: null,
    onError: (failure: Failure, request: RestRequest<Body, unknown>) => inferenceFailure(failure, namedModel(request.body, endpoint)),
  } as const;
}

function namedModel<Body>({ name, pretrained }: InferenceRequest, { namesCheckpoint }: Endpoint<Body>): NamedModel {
  return namesCheckpoint ? { name, checkpoint: pretrained ?? null } : { name };
}
