import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { ErrorCode, ModelkeepError } from '../errors.ts';
import type { Services } from '../graphql/context.ts';
import type { GraphqlServer } from '../graphql/server.ts';
import type { Log } from '../log.ts';
import { handleRequest, type RoutedRequest } from '../rest/handle-request.ts';
import { type Answer, DocumentFailedError, type Execute, type Failure, type RouteFamily, type Subscribe } from '../rest/route.ts';
import type { RouteMatch } from '../rest/router.ts';
import { writeAnswer } from './answer.ts';
import { readBody } from './body.ts';
import { signalOfClient } from './client-signal.ts';
import { receiveForm } from './receive-form.ts';
import { streamAnswer } from './stream-answer.ts';
import { untilAborted } from './until-aborted.ts';

export interface RestDoorOptions {
  execute: Execute;
  subscribe: Subscribe;
  limitBytes: number;
  uploads: Services['lifecycle']['uploads'];
  log: Log;
}

/** Answers what the router found. Bodies are read whole and dropped where nobody wants them, so that the connection goes on. */
export async function answerRest(
  request: IncomingMessage,
  response: ServerResponse,
  match: RouteMatch,
  options: RestDoorOptions,
): Promise<void> {
  const { limitBytes } = options;
  const { family } = match;
  const queryText = queryOf(request);
  if (match.kind === 'route' && match.route.reads === 'FILES') return answerForm(request, response, match, options);
  if (match.kind === 'redirect') {
    // Not after the body, which may be a model: it goes to the other path.
    const location = `http://${request.headers.host ?? 'localhost'}${match.path}${queryText && `?${queryText}`}`;
    return writeAnswer(request, response, { status: 307, body: undefined, headers: { location } });
  }
  const body = await readBody(request, { limitBytes, keeps: match.kind === 'route' && match.route.body !== null });
  if (body.kind === 'gone') return;
  if (body.kind === 'tooLarge') return writeAnswer(request, response, family.errors.tooLarge(limitBytes));
  switch (match.kind) {
    case 'unknown':
      return writeAnswer(request, response, family.errors.notFound());
    case 'wrongMethod':
      return writeAnswer(request, response, family.errors.methodNotAllowed(match.allowed));
    case 'route': {
      const { route, parameters } = match;
      const routed = { route, family, parameters, queryText, body: body.bytes, headers: request.headers, signal: signalOfClient(response) };
      return answerRouted(request, response, routed, options);
    }
    default:
      return match satisfies never;
  }
}

/** A form with files: they go to disk as they come, and those that nothing claimed go again once the answer is complete. */
async function answerForm(
  request: IncomingMessage,
  response: ServerResponse,
  { route, family, parameters }: Extract<RouteMatch, { kind: 'route' }>,
  options: RestDoorOptions,
): Promise<void> {
  const { uploads } = options;
  const signal = signalOfClient(response);
  const form = await receiveForm(request, { uploads, signal });
  if (form.kind === 'gone') return;
  if (form.kind === 'undecodable') return writeAnswer(request, response, family.errors.undecodable());
  if (form.kind === 'refused') return writeAnswer(request, response, refusalOf(form.error, family));
  const { fields, files } = form;
  const routed = { route, family, parameters, queryText: queryOf(request), body: null, form: fields, headers: request.headers, signal };
  try {
    await answerRouted(request, response, routed, options);
  } finally {
    for (const { id } of files) await uploads.drop(id);
  }
}

function refusalOf(error: ModelkeepError, family: RouteFamily): Answer {
  if (error.code === 'INSUFFICIENT_DISK') return { ...family.errors.forbidden(error.message), status: 507 };
  return { ...family.errors.forbidden(error.message), status: 413 };
}

async function answerRouted(
  request: IncomingMessage,
  response: ServerResponse,
  routed: RoutedRequest,
  options: RestDoorOptions,
): Promise<void> {
  const answer = await handleRequest(routed, options);
  const { stream } = answer;
  const { log } = options;
  if (stream) await streamAnswer(request, response, { ...answer, stream }, { signal: routed.signal, log });
  else writeAnswer(request, response, answer);
}

function queryOf({ url = '' }: IncomingMessage): string {
  return /\?(.*)$/s.exec(url)?.[1] ?? '';
}

/** Runs a route's document through the chain that every client's goes through. */
export function createExecute(graphql: GraphqlServer): Execute {
  return async <Data, Variables>(document: Parameters<GraphqlServer['execute']>[0], variables: Variables, signal: AbortSignal) => {
    const { data, errors } = await graphql.execute(document, variables as Record<string, unknown>, { signal });
    const [error] = errors ?? [];
    if (error) throw new DocumentFailedError(failureOf(error));
    return data as Data;
  };
}

/** Follows a route's subscription through the chain that every client's goes through. */
export function createSubscribe(graphql: GraphqlServer): Subscribe {
  return async function* <Data, Variables>(
    document: Parameters<GraphqlServer['subscribe']>[0],
    variables: Variables,
    signal: AbortSignal,
  ): AsyncGenerator<Data, void, undefined> {
    const results = await graphql.subscribe(document, variables as Record<string, unknown>, { signal });
    const stream = Symbol.asyncIterator in results ? untilAborted(results, signal) : [results];
    try {
      for await (const { data, errors } of stream) {
        const [error] = errors ?? [];
        if (error) throw error;
        yield data as Data;
      }
    } catch (error) {
      // What a source throws is no result, and passes nobody else's mask.
      throw new DocumentFailedError(failureOf(graphql.mask(error)));
    }
  };
}

function failureOf({ message, extensions }: GraphQLError): Failure {
  const { code = 'INTERNAL', http: _http, ...fields } = extensions;
  return {
    code: code as ErrorCode,
    message,
    field: typeof fields.field === 'string' ? fields.field : undefined,
    retryAfterMs: typeof fields.retryAfterMs === 'number' ? fields.retryAfterMs : undefined,
    fields,
  };
}
