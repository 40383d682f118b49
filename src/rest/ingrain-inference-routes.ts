import type { z } from 'zod';
import { inferenceFailure } from './ingrain-errors.ts';
import { embedVariables, type InferenceRequest, imageAnswer, inferAnswer, type NamedModel, textAnswer } from './ingrain-inference.ts';
import { classifyRequest, imageRequest, inferRequest, textRequest } from './ingrain-requests.ts';
import { IngrainEmbedDocument, IngrainModelDocument } from './operations.generated.ts';
import { type Answer, type Route, route } from './route.ts';

interface Endpoint {
  path: string;
  operationId: string;
  summary: string;
  /** Generations A and B name the checkpoint in their messages. */
  namesCheckpoint: boolean;
}

/** `/infer_text`, `/infer_image` and `/infer` of generations A and B; what C and D call `/embed_…`; `/classify_image`. */
export const inferenceRoutes: readonly Route[] = [
  textRoute({ path: '/infer_text', operationId: 'inferText', summary: 'Embeds one text or several.', namesCheckpoint: true }),
  textRoute({ path: '/embed_text', operationId: 'embedText', summary: 'Embeds one text or several.', namesCheckpoint: false }),
  bothRoute({ path: '/infer', operationId: 'infer', summary: 'Embeds texts, images, or both.', namesCheckpoint: true }),
  bothRoute({ path: '/embed', operationId: 'embed', summary: 'Embeds texts, images, or both.', namesCheckpoint: false }),
  imageRoute(imageRequest, {
    path: '/infer_image',
    operationId: 'inferImage',
    summary: 'Embeds one image or several.',
    namesCheckpoint: true,
  }),
  imageRoute(imageRequest, {
    path: '/embed_image',
    operationId: 'embedImage',
    summary: 'Embeds one image or several.',
    namesCheckpoint: false,
  }),
  imageRoute(classifyRequest, {
    path: '/classify_image',
    operationId: 'classifyImage',
    summary: 'Classifies images.',
    namesCheckpoint: false,
  }),
];

function textRoute(endpoint: Endpoint): Route {
  return embedRoute(textRequest, textAnswer, endpoint);
}

function bothRoute(endpoint: Endpoint): Route {
  return embedRoute(inferRequest, inferAnswer, endpoint);
}

function embedRoute<Body extends InferenceRequest>(
  body: z.ZodType<Body>,
  toAnswer: typeof textAnswer,
  { namesCheckpoint, ...endpoint }: Endpoint,
): Route {
  return route({
    ...endpoint,
    method: 'POST',
    body,
    query: null,
    document: IngrainEmbedDocument,
    toVariables: (request) => embedVariables(request.body),
    toAnswer: (data, request): Answer => toAnswer(data, request.body, namedModel(request.body, namesCheckpoint)),
    onError: (failure, request) => inferenceFailure(failure, namedModel(request.body, namesCheckpoint)),
  });
}

function imageRoute<Body extends InferenceRequest>(body: z.ZodType<Body>, { namesCheckpoint, ...endpoint }: Endpoint): Route {
  return route({
    ...endpoint,
    method: 'POST',
    body,
    query: null,
    document: IngrainModelDocument,
    toVariables: ({ body: { name } }) => ({ name }),
    toAnswer: ({ model }, request) => imageAnswer(model, namedModel(request.body, namesCheckpoint)),
    onError: (failure, request) => inferenceFailure(failure, namedModel(request.body, namesCheckpoint)),
  });
}

function namedModel({ name, pretrained }: InferenceRequest, namesCheckpoint: boolean): NamedModel {
  return namesCheckpoint ? { name, checkpoint: pretrained ?? null } : { name };
}
