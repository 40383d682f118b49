import { type ExecutionResult, GraphQLError, getOperationAST } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Observation } from '../observation.ts';
import type { RequestScope } from '../request-scope.ts';
import type { Span } from '../tracer.ts';
import { causeOf, statusOfCode } from './masking.ts';

/** Notes the first failure of each operation in its request's scope, and makes a span of it where traces are wanted. */
export function useObservation({ scopes, tracer }: Observation): Plugin {
  function begin(scope: RequestScope, name: string): (code: string | null) => void {
    const parent = scope.traceparent;
    const span: Span | undefined = tracer?.start(name, { parent, attributes: { 'modelkeep.door': scope.door } });
    if (span) scope.traceparent = span.traceparent;
    return (code) => {
      scope.traceparent = parent;
      scope.outcome ??= code;
      span?.end({ failure: code });
    };
  }

  return {
    onExecute({ args }) {
      const scope = scopes.current();
      if (!scope) return undefined;
      const operation = tracer && getOperationAST(args.document, args.operationName);
      const end = begin(scope, operation ? `${operation.operation} ${operation.name?.value ?? ''}`.trimEnd() : 'operation');
      return {
        // One that is answered in parts is counted by its first.
        onExecuteDone: ({ result }) => end(isAsyncIterable(result) ? null : failureOf(result as ExecutionResult)),
      };
    },
    /** Over HTTP: what was refused before it was executed, too. */
    onResultProcess({ result }) {
      const scope = scopes.current();
      if (scope && !isAsyncIterable(result) && !Array.isArray(result)) scope.outcome ??= failureOf(result as ExecutionResult);
    },
  };
}

/** Code of a result's first failure; null where it has none. GraphQL's own are the client's mistakes. */
export function failureOf({ errors }: ExecutionResult): string | null {
  const [error] = errors ?? [];
  return error ? codeOf(error) : null;
}

/** The codes of ours, of which there are only so many; every other failure is one of two. */
function codeOf(error: GraphQLError): string {
  const cause = causeOf(error);
  const code = String(error.extensions?.code ?? (cause as { code?: unknown }).code);
  if (Object.hasOwn(statusOfCode, code)) return code;
  if (cause instanceof GraphQLError) return 'BAD_REQUEST';
  return (cause as { name?: unknown }).name === 'AbortError' ? 'CANCELED' : 'INTERNAL';
}
