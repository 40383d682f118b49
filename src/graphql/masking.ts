import { randomUUID } from 'node:crypto';
import { GraphQLError } from 'graphql';
import { CanceledError, type ErrorCode, errorToWire, InternalError, ModelkeepError } from '../errors.ts';
import type { Log } from '../log.ts';
import { encodeId } from './global-id.ts';

/** HTTP status of each failure, shown as `extensions.http.status`. */
export const statusOfCode: Record<ErrorCode, number> = {
  MODEL_NOT_FOUND: 404,
  MODEL_NOT_LOADED: 409,
  MODEL_LOADING: 503,
  MODEL_BUSY: 409,
  NAME_TAKEN: 409,
  UNSUPPORTED_MODEL: 422,
  UNSUPPORTED_CAPABILITY: 422,
  INVALID_INPUT: 400,
  INPUT_TOO_LONG: 400,
  INVALID_IMAGE: 400,
  UNSAFE_URL: 400,
  INVALID_MODEL_FILE: 422,
  INVALID_ARCHIVE: 422,
  CHECKSUM_MISMATCH: 502,
  UPSTREAM_FAILED: 502,
  UPSTREAM_GATED: 403,
  INSUFFICIENT_MEMORY: 507,
  INSUFFICIENT_DISK: 507,
  OVERLOADED: 503,
  TIMEOUT: 504,
  CANCELED: 499,
  INTERRUPTED: 503,
  RUNNER_CRASHED: 503,
  INVALID_ANSWER: 422,
  GENERATION_NOT_FOUND: 404,
  TASK_NOT_FOUND: 404,
  UNAUTHENTICATED: 401,
  FORBIDDEN: 403,
  INTERNAL: 500,
};

/**
 * What a client sees of anything thrown: expected failures with `code`, `http.status` and their own fields in `extensions`;
 * GraphQL's own (syntax, validation, coercion) as they are, variables that do not fit as `BAD_USER_INPUT`; all else `INTERNAL` with an
 * id under which the log has the cause.
 */
export function createMasking(log: Log): (error: unknown) => GraphQLError {
  return (error) => {
    const cause = causeOf(error);
    if (cause instanceof GraphQLError) return withCode(error as GraphQLError);
    const position = error instanceof GraphQLError ? { nodes: error.nodes, path: error.path } : {};
    return toGraphQLError(expected(cause, log), position);
  };
}

/** The library says of everything but of variables what kind of error it is. */
function withCode(error: GraphQLError): GraphQLError {
  if (error.extensions.code !== undefined || error.path !== undefined) return error;
  const { message, nodes = null, extensions } = error;
  return new GraphQLError(message, { nodes, extensions: { ...extensions, code: 'BAD_USER_INPUT' } });
}

/** An expected failure as GraphQL's error. */
export function toGraphQLError(error: ModelkeepError, { nodes, path }: Pick<Partial<GraphQLError>, 'nodes' | 'path'> = {}): GraphQLError {
  const { code, message, fields } = errorToWire(error, '');
  const taskId = typeof fields.taskId === 'string' ? { taskId: encodeId('Task', fields.taskId) } : {};
  return new GraphQLError(message, {
    nodes: nodes ?? null,
    path: path ?? null,
    extensions: { ...fields, ...taskId, code, http: { status: statusOfCode[code] } },
  });
}

function expected(cause: unknown, log: Log): ModelkeepError {
  if (cause instanceof ModelkeepError) {
    if (cause instanceof InternalError) log.error({ id: cause.id, err: cause.cause }, 'an operation failed unexpectedly');
    return cause;
  }
  if (cause instanceof Error && cause.name === 'AbortError') return new CanceledError({ what: 'The operation' });
  const id = randomUUID();
  log.error({ id, err: cause }, 'an operation failed unexpectedly');
  return new InternalError({ id, cause });
}

/** What a resolver really threw, below the wrappers that the executor adds. */
export function causeOf(error: unknown): unknown {
  let current = error;
  while (current instanceof GraphQLError && current.originalError) current = current.originalError;
  return current;
}
