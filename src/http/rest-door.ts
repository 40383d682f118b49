import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { ErrorCode } from '../errors.ts';
import type { GraphqlServer } from '../graphql/server.ts';
import type { Log } from '../log.ts';
import { handleRequest } from '../rest/handle-request.ts';
import { DocumentFailedError, type Execute, type Failure, type Subscribe } from '../rest/route.ts';
import type { RouteMatch } from '../rest/router.ts';
import { writeAnswer } from './answer.ts';
import { readBody } from './body.ts';
import { signalOfClient } from './client-signal.ts';
import { streamAnswer } from './stream-answer.ts';
import { untilAborted } from './until-aborted.ts';

export interface RestDoorOptions {
  execute: Execute;
  subscribe: Subscribe;
  limitBytes: number;
  log: Log;
}

/** Answers what the router found. Bodies are read whole and dropped where nobody wants them, so that the connection goes on. */
export async function answerRest(
  request: IncomingMessage,
  response: ServerResponse,
  match: RouteMatch,
  { execute, subscribe, limitBytes, log }: RestDoorOptions,
): Promise<void> {
  const { family } = match;
  const body = await readBody(request, { limitBytes, keeps: match.kind === 'route' && match.route.body !== null });
  if (body.kind === 'gone') return;
  if (body.kind === 'tooLarge') return writeAnswer(request, response, family.errors.tooLarge(limitBytes));
  const [, queryText = ''] = /\?(.*)$/s.exec(request.url ?? '') ?? [];
  switch (match.kind) {
    case 'unknown':
      return writeAnswer(request, response, family.errors.notFound());
    case 'wrongMethod':
      return writeAnswer(request, response, family.errors.methodNotAllowed(match.allowed));
    case 'redirect': {
      const location = `http://${request.headers.host ?? 'localhost'}${match.path}${queryText && `?${queryText}`}`;
      return writeAnswer(request, response, { status: 307, body: undefined, headers: { location } });
    }
    case 'route': {
      const { route, parameters } = match;
      const signal = signalOfClient(response);
      const routed = { route, family, parameters, queryText, body: body.bytes, headers: request.headers, signal };
      const answer = await handleRequest(routed, { execute, subscribe, log });
      const { stream } = answer;
      return stream ? streamAnswer(request, response, { ...answer, stream }, { signal, log }) : writeAnswer(request, response, answer);
    }
    default:
      return match satisfies never;
  }
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
    for await (const { data, errors } of stream) {
      const [error] = errors ?? [];
      if (error) throw new DocumentFailedError(failureOf(error));
      yield data as Data;
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
