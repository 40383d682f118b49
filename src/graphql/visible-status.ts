import { type ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import { statusOfCode } from './masking.ts';

type Result = ExecutionResult & { stringify?: (result: ExecutionResult) => string };

/**
 * Yoga takes `extensions.http` for the response's own status and hides it from the client. Here it belongs to one field's
 * failure: an operation that was executed answers 200, as GraphQL over HTTP says, and the client reads each failure's status.
 */
export function useVisibleStatus(): Plugin {
  return {
    onResultProcess({ result, setResult }) {
      if (Array.isArray(result)) return;
      setResult(isAsyncIterable(result) ? eachVisible(result as AsyncIterable<Result>) : visible(result as Result));
    },
  };
}

function visible(result: Result): Result {
  if (!result.errors?.some((error) => belongsToField(error, result))) return result;
  const errors = result.errors.map((error) => (belongsToField(error, result) ? withoutStatus(error) : error));
  return { ...result, errors, stringify: () => JSON.stringify({ ...result, stringify: undefined }) };
}

/** Failures of our own codes; an INTERNAL before anything was executed is the request's. */
function belongsToField({ extensions }: GraphQLError, result: ExecutionResult): boolean {
  const code = String(extensions.code);
  return Object.hasOwn(statusOfCode, code) && ('data' in result || code !== 'INTERNAL');
}

function withoutStatus(error: GraphQLError): GraphQLError {
  const { http: _http, ...extensions } = error.extensions;
  return new GraphQLError(error.message, { nodes: error.nodes ?? null, path: error.path ?? null, extensions });
}

function eachVisible(results: AsyncIterable<Result>): AsyncIterableIterator<Result> {
  const iterator = results[Symbol.asyncIterator]();
  return {
    async next() {
      const step = await iterator.next();
      return step.done ? step : { done: false, value: visible(step.value) };
    },
    // Not a generator: its return() would wait for the item that is being awaited.
    async return() {
      await iterator.return?.();
      return { done: true, value: undefined };
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
