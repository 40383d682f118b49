import type { IncomingHttpHeaders } from 'node:http';
import type { TypedQueryDocumentNode } from 'graphql';
import type { z } from 'zod';
import type { ErrorCode, WireError } from '../errors.ts';
import type { JsonProblem } from './json-problem.ts';

/**
 * A route is data: which requests it takes, which GraphQL document they become, how the result becomes the documented answer.
 * Whatever REST can do, GraphQL can; nothing here waits, loops or decides.
 */

export type RouteMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** What a client gets: a string as body is plain text, anything else JSON; undefined is an empty body. */
export interface Answer {
  status: number;
  body: unknown;
  headers?: Record<string, string>;
  /**
   * Takes the body's place: texts that are sent as they come. It is read no faster than the client reads, and returned when
   * the client leaves. Where it throws the connection is cut, so that nobody takes half an answer for a whole one.
   */
  stream?: AsyncIterable<string>;
}

/** A request whose parts have been checked. */
export interface RestRequest<Body = unknown, Query = unknown> {
  body: Body;
  query: Query;
  /** Parts of the path, for a route such as `/model/{id}`. */
  parameters: Readonly<Record<string, string>>;
  headers: IncomingHttpHeaders;
  /** Aborted when the client leaves: ends what is computed for this answer, never a task. */
  signal: AbortSignal;
}

/** A failure as GraphQL reports it in `errors`: `extensions` without their wrapping. */
export interface Failure {
  code: ErrorCode;
  message: string;
  /** Path of the input that is wrong, e.g. `input.items[3].text`. */
  field?: string | undefined;
  retryAfterMs?: number | undefined;
  /** The failure's other fields. */
  fields: WireError['fields'];
}

/** Runs a document in this process, through the same checks as any client's. Throws `DocumentFailedError`. */
export type Execute = <Data, Variables>(
  document: TypedQueryDocumentNode<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
) => Promise<Data>;

/**
 * Follows a subscription in this process. The first read throws `DocumentFailedError` where it cannot begin, a later one where
 * it fails on the way; returning the iterator ends it.
 */
export type Subscribe = <Data, Variables>(
  document: TypedQueryDocumentNode<Data, Variables>,
  variables: Variables,
  signal: AbortSignal,
) => AsyncIterableIterator<Data>;

/** A file of a multipart form, in the upload store. Where the request is refused, or nothing claims it, it is removed. */
export interface UploadedFile {
  id: string;
  fileName: string | null;
  /** As the client said it. */
  contentType: string;
  sizeBytes: number;
}

/** A document's result had errors. */
export class DocumentFailedError extends Error {
  readonly failure: Failure;
  constructor(failure: Failure) {
    super(failure.message);
    this.failure = failure;
  }
}

/** What is common to all routes. */
interface RouteBase<Body, Query> {
  method: RouteMethod;
  /** Slash-exact, without the prefix; `{name}` stands for one non-empty segment. */
  path: string;
  /** Unique within its family; names the operation in `/openapi.json`. */
  operationId: string;
  summary: string;
  /** Checks the body; null where a body is ignored. */
  body: z.ZodType<Body> | null;
  /**
   * How the body is read; default JSON, whatever its content type says. MIXED takes JSON, a form or multipart, over the
   * parameters of the query; see `mixed-input.ts`. FILES is a multipart form whose files go to disk as they come: its schema gets an
   * `UploadedFile` for each.
   */
  reads?: 'JSON' | 'MIXED' | 'FILES';
  /** Checks the query's parameters; null where there are none. */
  query: z.ZodType<Query> | null;
  /** Served without a key. */
  isOpen?: boolean;
  /** Answers Prometheus' text instead where the client asks for that. */
  hasPrometheusText?: boolean;
  /** What a good answer looks like, for `/openapi.json`. */
  answer?: z.ZodType;
  /** Answers a failure: of the document, or thrown by `run`. */
  onError(failure: Failure, request: RestRequest<Body, Query>): Answer;
}

/** A route over one document. */
export interface DocumentRoute<Body, Query, Data, Variables> extends RouteBase<Body, Query> {
  document: TypedQueryDocumentNode<Data, Variables>;
  toVariables(request: RestRequest<Body, Query>): Variables;
  toAnswer(data: Data, request: RestRequest<Body, Query>): Answer;
}

/** A route that needs several documents, a subscription, or none of them. */
export interface CustomRoute<Body, Query> extends RouteBase<Body, Query> {
  run(execute: Execute, request: RestRequest<Body, Query>, subscribe: Subscribe): Promise<Answer> | Answer;
  /** Answers a WebSocket on the same path; without it there is none. */
  connect?(execute: Execute, request: SocketRequest, subscribe: Subscribe): Promise<SocketAnswer>;
}

/** A WebSocket that wants in: it has no body, and its query is not checked. */
export type SocketRequest = Pick<RestRequest, 'parameters' | 'signal'>;

/** The messages that a socket gets, each a text frame, until it leaves; or why it is refused. When they end it is closed. */
export type SocketAnswer = { messages: AsyncIterable<string> } | { refusal: Answer };

/** A route as the router sees it, its types closed over. */
export interface Route extends Omit<RouteBase<never, never>, 'body' | 'query' | 'onError'> {
  body: z.ZodType | null;
  query: z.ZodType | null;
  /** Answers a request whose parts `body` and `query` made. */
  handle(execute: Execute, request: RestRequest, subscribe: Subscribe): Promise<Answer>;
  /** Answers a WebSocket on its path; where a document fails it is refused with 503. */
  connect?(execute: Execute, request: SocketRequest, subscribe: Subscribe): Promise<SocketAnswer>;
}

/** Makes a route over one document. */
export function route<Body, Query, Data, Variables>(definition: DocumentRoute<Body, Query, Data, Variables>): Route {
  const { document, toVariables, toAnswer } = definition;
  return customRoute({
    ...definition,
    run: async (execute, request) => toAnswer(await execute(document, toVariables(request), request.signal), request),
  });
}

/** Makes a route that runs several documents, or none. */
export function customRoute<Body, Query>(definition: CustomRoute<Body, Query>): Route {
  const { run, connect, onError, ...rest } = definition;

  async function connectOrRefuse(execute: Execute, request: SocketRequest, subscribe: Subscribe): Promise<SocketAnswer> {
    try {
      return (await connect?.(execute, request, subscribe)) ?? { refusal: { status: 404, body: undefined } };
    } catch (error) {
      if (error instanceof DocumentFailedError) return { refusal: { status: 503, body: undefined } };
      throw error;
    }
  }

  return {
    ...rest,
    ...(connect ? { connect: connectOrRefuse } : {}),
    async handle(execute, request, subscribe) {
      // The router gave the parts that this route's own schemas made.
      const checked = request as RestRequest<Body, Query>;
      try {
        return await run(execute, checked, subscribe);
      } catch (error) {
        if (error instanceof DocumentFailedError) return onError(error.failure, checked);
        throw error;
      }
    },
  };
}

/** How a family words what the router itself refuses. */
export interface FamilyErrors {
  notFound(): Answer;
  methodNotAllowed(allowed: readonly RouteMethod[]): Answer;
  unauthenticated(message: string): Answer;
  forbidden(message: string): Answer;
  /** The body is not text in UTF-8. */
  undecodable(): Answer;
  notJson(problem: JsonProblem): Answer;
  /** A part of the request does not fit its schema; `input` is the part as it came, undefined for an absent body. */
  invalid(part: 'body' | 'query', input: unknown, issues: readonly z.core.$ZodIssue[]): Answer;
  /** `limitBytes` is the largest body that is taken. */
  tooLarge(limitBytes: number): Answer;
  internal(): Answer;
}

/** One documented API. */
export interface RouteFamily {
  /** The name that `PORTS` knows it by. */
  name: string;
  /** Shown in `/openapi.json`. */
  title: string;
  /** Where it is mounted besides the root, e.g. `/ingrain/models`. */
  prefixes: readonly string[];
  errors: FamilyErrors;
  routes: readonly Route[];
}
