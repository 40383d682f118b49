import type { IncomingHttpHeaders } from 'node:http';
import type { z } from 'zod';
import type { Log } from '../log.ts';
import { findJsonProblem } from './json-problem.ts';
import { readMixedInput } from './mixed-input.ts';
import type { Answer, Execute, RestRequest, Route, RouteFamily, Subscribe } from './route.ts';

/** A request that a route was found for. */
export interface RoutedRequest {
  route: Route;
  family: RouteFamily;
  parameters: Readonly<Record<string, string>>;
  /** The raw query, without its question mark. */
  queryText: string;
  /** Null where the route ignores bodies. */
  body: Buffer | null;
  /** What a form with files held; only where the route reads FILES. */
  form?: Record<string, unknown>;
  headers: IncomingHttpHeaders;
  signal: AbortSignal;
}

/** Checks a request's parts and lets its route answer. What nobody expected is logged, and worded by the family. */
export async function handleRequest(
  routed: RoutedRequest,
  { execute, subscribe, log }: { execute: Execute; subscribe: Subscribe; log: Log },
): Promise<Answer> {
  const { route, family, parameters, queryText, headers, signal } = routed;
  const query = checkQuery(route, family, queryText);
  if ('refusal' in query) return query.refusal;
  const body = await checkAnyBody(routed);
  if ('refusal' in body) return body.refusal;
  const request: RestRequest = { body: body.value, query: query.value, parameters, headers, signal };
  try {
    return await route.handle(execute, request, subscribe);
  } catch (error) {
    if (!signal.aborted) log.error({ err: error, operationId: route.operationId }, 'a REST route failed unexpectedly');
    return family.errors.internal();
  }
}

type Checked = { value: unknown } | { refusal: Answer };

function checkQuery({ query }: Route, family: RouteFamily, text: string): Checked {
  if (!query) return { value: null };
  const input = Object.fromEntries(new URLSearchParams(text));
  return check(query, family, 'query', input);
}

/** JSON whatever the content type says: clients are known to send none, or the form's. */
function checkBody({ body }: Route, family: RouteFamily, bytes: Buffer | null): Checked {
  if (!body) return { value: null };
  const text = decodeUtf8(bytes ?? Buffer.alloc(0));
  if (text === null) return { refusal: family.errors.undecodable() };
  if (text === '') return check(body, family, 'body', undefined);
  let input: unknown;
  try {
    input = JSON.parse(text);
  } catch {
    return { refusal: family.errors.notJson(findJsonProblem(text)) };
  }
  return check(body, family, 'body', input);
}

async function checkAnyBody(routed: RoutedRequest): Promise<Checked> {
  const { route, family } = routed;
  switch (route.reads) {
    case 'MIXED':
      return checkMixed(routed);
    case 'FILES':
      return route.body ? check(route.body, family, 'body', routed.form) : { value: null };
    default:
      return checkBody(route, family, routed.body);
  }
}

async function checkMixed({ route, family, queryText, body, headers }: RoutedRequest): Promise<Checked> {
  if (!route.body) return { value: null };
  const contentType = headers['content-type'] ?? '';
  const input = await readMixedInput({ queryText, body: body ?? Buffer.alloc(0), contentType });
  if (input.kind === 'undecodable') return { refusal: family.errors.undecodable() };
  if (input.kind === 'notJson') return { refusal: family.errors.notJson(input.problem) };
  return check(route.body, family, 'body', input.fields);
}

function check(schema: z.ZodType, family: RouteFamily, part: 'body' | 'query', input: unknown): Checked {
  const { success, data, error } = schema.safeParse(input);
  return success ? { value: data } : { refusal: family.errors.invalid(part, input, error.issues) };
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
