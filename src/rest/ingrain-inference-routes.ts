import type { z } from 'zod';
import { inferenceFailure } from './ingrain-errors.ts';
import { classifyAnswer, classifyVariables, embedVariables, inferAnswer, vectorsAnswer } from './ingrain-inference.ts';
import type { InferenceRequest } from './ingrain-inference-request.ts';
import { knownName } from './ingrain-names.ts';
import { classifyRequest, imageRequest, inferRequest, textRequest } from './ingrain-requests.ts';
import { classifyResponse, inferResponse, vectorsResponse } from './ingrain-responses.ts';
import { IngrainClassifyDocument, IngrainEmbedDocument } from './operations.generated.ts';
import { type Answer, customRoute, type Execute, type Route } from './route.ts';

interface Endpoint<Body> {
  path: string;
  operationId: string;
  summary: string;
  body: z.ZodType<Body>;
  /** Generations A and B name the checkpoint in their messages. */
  namesCheckpoint: boolean;
  answer: z.ZodType;
  run(execute: Execute, request: { body: Body; model: string; signal: AbortSignal }): Promise<Answer>;
}

const text = {
  summary: 'Embeds one text or several.',
  body: textRequest,
  answer: vectorsResponse,
  asks: 'text',
} as const;
const image = {
  summary: 'Embeds one image or several: addresses, base64 or data URIs.',
  body: imageRequest,
  answer: vectorsResponse,
  asks: 'image',
} as const;

/** `/infer_text`, `/infer_image` and `/infer` of generations A and B; what C and D call `/embed_…`; `/classify_image`. */
export const inferenceRoutes: readonly Route[] = [
  vectorsRoute({ ...text, path: '/infer_text', operationId: 'inferText', namesCheckpoint: true }),
  vectorsRoute({ ...text, path: '/embed_text', operationId: 'embedText', namesCheckpoint: false }),
  bothRoute({ path: '/infer', operationId: 'infer', namesCheckpoint: true }),
  bothRoute({ path: '/embed', operationId: 'embed', namesCheckpoint: false }),
  vectorsRoute({ ...image, path: '/infer_image', operationId: 'inferImage', namesCheckpoint: true }),
  vectorsRoute({ ...image, path: '/embed_image', operationId: 'embedImage', namesCheckpoint: false }),
  inferenceRoute({
    path: '/classify_image',
    operationId: 'classifyImage',
    summary: 'Gives one image or several the probabilities of the labels of a classifier.',
    body: classifyRequest,
    answer: classifyResponse,
    namesCheckpoint: false,
    run: async (execute, { body, model, signal }) =>
      classifyAnswer(await execute(IngrainClassifyDocument, classifyVariables(body, model), signal), body),
  }),
];

function vectorsRoute<Body extends InferenceRequest>(endpoint: Omit<Endpoint<Body>, 'run'> & { asks: 'text' | 'image' }): Route {
  return inferenceRoute({
    ...endpoint,
    async run(execute, { body, model, signal }) {
      const data = await execute(IngrainEmbedDocument, embedVariables(body, model), signal);
      return vectorsAnswer(data, body, namedModel(body, endpoint), endpoint.asks);
    },
  });
}

function bothRoute(endpoint: Pick<Endpoint<InferenceRequest>, 'path' | 'operationId' | 'namesCheckpoint'>): Route {
  return inferenceRoute({
    ...endpoint,
    summary: 'Embeds texts, images, or both; what was not given is null.',
    body: inferRequest,
    answer: inferResponse,
    async run(execute, { body, model, signal }) {
      return inferAnswer(await execute(IngrainEmbedDocument, embedVariables(body, model), signal), body, namedModel(body, endpoint));
    },
  });
}

function inferenceRoute<Body extends InferenceRequest>(endpoint: Endpoint<Body>): Route {
  const { run, namesCheckpoint: _, ...rest } = endpoint;
  return customRoute<Body, unknown>({
    ...rest,
    method: 'POST',
    query: null,
    run: async (execute, { body, signal }) => run(execute, { body, signal, model: await knownName(execute, body, signal) }),
    onError: (failure, { body }) => inferenceFailure(failure, body, namedModel(body, endpoint)),
  });
}

function namedModel({ name, pretrained }: InferenceRequest, { namesCheckpoint }: { namesCheckpoint: boolean }) {
  return namesCheckpoint ? { name, checkpoint: pretrained ?? null } : { name };
}
