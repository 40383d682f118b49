import type { IncomingMessage, ServerResponse } from 'node:http';
import type { GraphqlServer } from '../graphql/server.ts';
import type { Answer } from '../rest/route.ts';
import { graphqlRefusal, writeAnswer } from './answer.ts';
import { announcesTooMuch } from './body.ts';
import { signalOfClient } from './client-signal.ts';

/**
 * GraphQL over HTTP and SSE. A POST is JSON and nothing else: every other type is one that a form of a foreign page can send
 * without a preflight, unless the header which no form can send is there.
 */
export async function answerGraphql(
  request: IncomingMessage,
  response: ServerResponse,
  { graphql, limitBytes }: { graphql: GraphqlServer; limitBytes: number },
): Promise<void> {
  const refusal = refuse(request, limitBytes);
  if (refusal) return writeAnswer(request, response, refusal);
  // Yoga's own signal is not a real AbortSignal, and `AbortSignal.any` takes no other.
  await graphql.handle(request, response, { signal: signalOfClient(response) });
}

/** What a browser that opens the address gets is a page without data. */
export function isGraphiqlPage(request: IncomingMessage): boolean {
  return isBrowser(request) && !/[?&]query=/.test(request.url ?? '');
}

/** Somebody opens the address in a browser. */
export function isBrowser({ method, headers }: IncomingMessage): boolean {
  return method === 'GET' && (headers.accept ?? '').includes('text/html');
}

function refuse(request: IncomingMessage, limitBytes: number): Answer | null {
  if (announcesTooMuch(request, limitBytes)) {
    return graphqlRefusal(413, 'REQUEST_ENTITY_TOO_LARGE', `The request body is larger than ${limitBytes} bytes.`);
  }
  if (request.method === 'GET') return refuseParameters(request.url ?? '');
  if (request.method !== 'POST') return null;
  const type = (request.headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase();
  if (type === 'application/json') return null;
  if (type === 'multipart/form-data' && request.headers['graphql-require-preflight'] !== undefined) return null;
  const hint = type === 'multipart/form-data' ? ' Multipart needs the header GraphQL-Require-Preflight.' : '';
  return graphqlRefusal(415, 'BAD_REQUEST', `Send GraphQL as application/json.${hint}`);
}

function refuseParameters(url: string): Answer | null {
  const parameters = new URLSearchParams(url.slice(url.indexOf('?') + 1));
  for (const name of ['variables', 'extensions']) {
    const text = parameters.get(name);
    if (text && !isJson(text)) return graphqlRefusal(400, 'BAD_REQUEST', `The parameter ${name} is not JSON.`);
  }
  return null;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
