import { useDeferStream } from '@graphql-yoga/plugin-defer-stream';
import type { DocumentNode, ExecutionResult, GraphQLError, GraphQLSchema } from 'graphql';
import { createYoga } from 'graphql-yoga';
import { type Context, createContext, type Services } from './context.ts';
import { graphiqlOptions, renderOfflineGraphiql } from './graphiql.ts';
import { useLimits } from './limits.ts';
import { createMasking } from './masking.ts';
import { useObservation } from './observed-operation.ts';
import { useOperationEnd } from './operation.ts';
import { useVisibleStatus } from './visible-status.ts';

/** What a transport gives with an operation. */
export interface OperationOptions {
  /** Aborted when the client leaves. */
  signal: AbortSignal;
}

interface Remembering {
  /** Whether loaders keep what they loaded; not for a subscription, which reads changing state. */
  remembers: boolean;
}

export type GraphqlServer = ReturnType<typeof createGraphqlServer>;

/**
 * The one chain of parse, validate, execute and subscribe that HTTP, SSE, WebSocket and REST share: limits, masking, loaders and
 * cancellation hold on all of them alike. `ending` is aborted when the server stops: subscriptions then end with a last event.
 */
export function createGraphqlServer({ services, schema, ending }: { services: Services; schema: GraphQLSchema; ending: AbortSignal }) {
  const mask = createMasking(services.log);
  const yoga = createYoga<Partial<OperationOptions & Remembering>, Context>({
    schema,
    graphqlEndpoint: '/graphql',
    graphiql: graphiqlOptions,
    renderGraphiQL: renderOfflineGraphiql,
    landingPage: false,
    // What happens is logged by the masking; Yoga would write to the console.
    logging: false,
    cors: false,
    batching: false,
    maxRequestBodySize: services.config.maxBodyBytes,
    maskedErrors: { maskError: mask },
    disposeOnProcessTerminate: false,
    context: ({ signal, remembers, params }) =>
      createContext(services, { signal: signal ?? new AbortController().signal, remembers: remembers ?? !mayBeSubscription(params.query) }),
    plugins: [useObservation(services.observation), useDeferStream(), useLimits(), useOperationEnd(ending), useVisibleStatus()],
  });

  /** The chain for one operation of a transport that is not HTTP. */
  function enveloped(options: OperationOptions & Remembering) {
    return yoga.getEnveloped(options as never);
  }

  /** What this process asks by itself passes the same checks as any client's. */
  async function prepare(document: DocumentNode, variables: Record<string, unknown>, options: OperationOptions & Remembering) {
    const chain = enveloped(options);
    const errors = chain.validate(chain.schema, document) as readonly GraphQLError[];
    if (errors.length > 0) return { errors };
    return { chain, args: { schema: chain.schema, document, variableValues: variables, contextValue: await chain.contextFactory() } };
  }

  return {
    /** Answers a node request at `/graphql`. */
    handle: yoga,
    enveloped,
    mask,
    /** Runs a query or mutation in this process. Never throws for what the document does wrong: see `errors`. */
    async execute(document: DocumentNode, variables: Record<string, unknown>, { signal }: OperationOptions): Promise<ExecutionResult> {
      const prepared = await prepare(document, variables, { signal, remembers: true });
      return 'errors' in prepared ? prepared : prepared.chain.execute(prepared.args);
    },
    /** Starts a subscription in this process; one that cannot begin is a single result with `errors`. */
    async subscribe(
      document: DocumentNode,
      variables: Record<string, unknown>,
      { signal }: OperationOptions,
    ): Promise<AsyncIterable<ExecutionResult> | ExecutionResult> {
      const prepared = await prepare(document, variables, { signal, remembers: false });
      return 'errors' in prepared ? prepared : prepared.chain.subscribe(prepared.args);
    },
  };
}

/** A wrong guess costs a cache, no more. */
function mayBeSubscription(query: string | undefined): boolean {
  return query?.includes('subscription') ?? false;
}
