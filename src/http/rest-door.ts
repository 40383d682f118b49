import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphQLError } from 'graphql';
import type { ErrorCode } from '../errors.ts';
import type { GraphqlServer } from '../graphql/server.ts';
import type { Log } from '../log.ts';
import { handleRequest } from '../rest/handle-request.ts';
import { DocumentFailedError, type Execute, type Failure } from '../rest/route.ts';
import type { RouteMatch } from '../rest/router.ts';
import { writeAnswer } from './answer.ts';
import { readBody } from './body.ts';
import { signalOfClient } from './client-signal.ts';

export interface RestDoorOptions {
  execute: Execute;
  limitBytes: number;
  log: Log;
}

/** Answers what the router found. Bodies are read whole and dropped where nobody wants them, so that the connection goes on. */
export async function answerRest(
  request: IncomingMessage,
  response: ServerResponse,
  match: RouteMatch,
  { execute, limitBytes, log }: RestDoorOptions,
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
      const routed = { route, family, parameters, queryText, body: body.bytes, headers: request.headers, signal: signalOfClient(response) };
      return writeAnswer(request, response, await handleRequest(routed, { execute, log }));
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
