import type { IncomingMessage, ServerResponse } from 'node:http';
import type { ErrorCode } from '../errors.ts';
import type { Answer } from '../rest/route.ts';

/** Writes an answer: text as plain text, anything else as compact JSON, and no body for undefined. */
export function writeAnswer(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  const { status, body, headers = {} } = answer;
  if (response.headersSent || response.destroyed) return;
  const bytes = body === undefined ? Buffer.alloc(0) : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
  const type = typeof body === 'string' ? 'text/plain; charset=utf-8' : 'application/json';
  response.statusCode = status;
  if (body !== undefined) response.setHeader('content-type', type);
  if (status !== 204) response.setHeader('content-length', bytes.byteLength);
  for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
  response.end(request.method === 'HEAD' ? undefined : bytes);
  // What is still coming in is dropped, so that a client which writes before it reads gets its answer.
  request.resume();
}

/** A refusal in GraphQL's shape, made before there is an operation. */
export function graphqlRefusal(status: number, code: ErrorCode | 'BAD_REQUEST' | 'REQUEST_ENTITY_TOO_LARGE', message: string): Answer {
  return {
    status,
    body: { errors: [{ message, extensions: { code } }] },
    headers: { 'content-type': 'application/json; charset=utf-8' },
  };
}
