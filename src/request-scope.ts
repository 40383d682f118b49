import { AsyncLocalStorage } from 'node:async_hooks';

/** What is known of the request that is being served, wherever in this process its work goes on. */
export interface RequestScope {
  /** One id for a request in every log line of every process; a client may give its own. */
  readonly requestId: string;
  /** The door that it came through, e.g. `graphql` or a REST family's name. */
  door: string;
  /** Code of the first failure in it; null while there is none. */
  outcome: string | null;
  /** Where its further spans belong, as W3C's `traceparent`; null while nothing is traced. */
  traceparent: string | null;
}

/** Finds the scope again across everything that is awaited. */
export interface RequestScopes {
  run<Result>(scope: RequestScope, work: () => Result): Result;
  /** Undefined outside a request. */
  current(): RequestScope | undefined;
}

export function createRequestScopes(): RequestScopes {
  const storage = new AsyncLocalStorage<RequestScope>();
  return { run: (scope, work) => storage.run(scope, work), current: () => storage.getStore() };
}

/** Runs what outlives the request that caused it, such as a process for many requests. */
export type Outside = <Result>(work: () => Result) => Result;

/** Keeps the scope that holds now, or that there is none, for later. */
export function keepScope(): Outside {
  const inKeptScope = AsyncLocalStorage.snapshot();
  return (work) => inKeptScope(work);
}

/** The id that a client gave, where it is one that a log can carry: short, and without blanks, quotes or control characters. */
export function acceptedRequestId(header: string | readonly string[] | undefined): string | null {
  return typeof header === 'string' && /^[\w.:=+/@-]{1,128}$/.test(header) ? header : null;
}

/** A `traceparent` header as W3C's Trace Context has it; null for anything else. */
export function acceptedTraceparent(header: string | readonly string[] | undefined): string | null {
  if (typeof header !== 'string') return null;
  const [, traceId = '', spanId = ''] = /^(?!ff)[0-9a-f]{2}-([0-9a-f]{32})-([0-9a-f]{16})-[0-9a-f]{2}(?:-.*)?$/.exec(header) ?? [];
  return /[1-9a-f]/.test(traceId) && /[1-9a-f]/.test(spanId) ? `00-${traceId}-${spanId}-${header.slice(53, 55)}` : null;
}
