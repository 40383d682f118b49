import { type ExecutionResult, GraphQLError } from 'graphql';
import { isAsyncIterable, type Plugin } from 'graphql-yoga';
import type { Context } from './context.ts';
import { endWhenAborted } from './ending-stream.ts';

/**
 * Ties an operation to its context's signal, so that it stops when its client leaves, on whichever transport; and ends
 * subscriptions with a last typed event when the server stops.
 */
export function useOperationEnd(ending: AbortSignal): Plugin {
  return {
    onExecute({ args }) {
      Object.assign(args, { signal: (args.contextValue as unknown as Context).signal });
    },
    onSubscribe({ args }) {
      Object.assign(args, { signal: (args.contextValue as unknown as Context).signal });
      return {
        onSubscribeResult({ result, setResult }) {
          if (isAsyncIterable(result)) setResult(endWhenAborted(result, { ending, last: serverStops }));
        },
      };
    },
  };
}

function serverStops(): ExecutionResult {
  const message = 'The server is stopping. Subscribe again when it is back; tasks go on where they were.';
  return { errors: [new GraphQLError(message, { extensions: { code: 'INTERRUPTED', http: { status: 503 } } })] };
}
