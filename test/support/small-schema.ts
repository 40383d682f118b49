import { GraphQLFloat, GraphQLInt, GraphQLList, GraphQLObjectType, GraphQLSchema, GraphQLString } from 'graphql';
import { ModelLoadingError } from '../../src/errors.ts';
import type { Context } from '../../src/graphql/context.ts';

/** What resolvers of the small schema noticed. */
export interface SmallSchema {
  schema: GraphQLSchema;
  /** Resolves when `wait` or `ticks` has begun. */
  started: Promise<void>;
  /** Resolves when `wait` saw its signal aborted, or `ticks` was returned. */
  stopped: Promise<void>;
  /** Lets `wait` answer. */
  finish(): void;
}

/** A schema whose fields wait, stream and fail on purpose, for what no real field does reliably. */
export function createSmallSchema(): SmallSchema {
  const started = Promise.withResolvers<void>();
  const stopped = Promise.withResolvers<void>();
  const finished = Promise.withResolvers<string>();

  const wait = (_parent: unknown, _args: unknown, { signal }: Context) => {
    started.resolve();
    signal.addEventListener('abort', () => stopped.resolve());
    return finished.promise;
  };

  /** Sends one event, then none until it is returned. */
  const ticks = (): AsyncIterableIterator<{ ticks: number }> => {
    const returned = Promise.withResolvers<IteratorResult<{ ticks: number }>>();
    let count = 0;
    return {
      async next() {
        count += 1;
        started.resolve();
        return count === 1 ? { done: false, value: { ticks: count } } : returned.promise;
      },
      async return() {
        stopped.resolve();
        returned.resolve({ done: true, value: undefined });
        return { done: true, value: undefined };
      },
      [Symbol.asyncIterator]() {
        return this;
      },
    };
  };

  const Item = new GraphQLObjectType({ name: 'Item', fields: { fast: { type: GraphQLString }, slow: { type: GraphQLString } } });
  const schema = new GraphQLSchema({
    query: new GraphQLObjectType<unknown, Context>({
      name: 'Query',
      fields: {
        wait: { type: GraphQLString, resolve: wait },
        number: { type: GraphQLFloat, resolve: () => 1 },
        item: { type: Item, resolve: () => ({ fast: 'f', slow: Promise.resolve('s') }) },
        list: { type: new GraphQLList(GraphQLInt), resolve: () => [1, 2, 3] },
        expected: {
          type: GraphQLString,
          resolve: () => Promise.reject(new ModelLoadingError({ model: 'm', taskId: null, retryAfterMs: 7 })),
        },
        unexpected: { type: GraphQLString, resolve: () => Promise.reject(new Error('the secret of /etc/passwd')) },
      },
    }),
    subscription: new GraphQLObjectType<unknown, Context>({
      name: 'Subscription',
      fields: { ticks: { type: GraphQLInt, subscribe: ticks } },
    }),
  });
  return { schema, started: started.promise, stopped: stopped.promise, finish: () => finished.resolve('done') };
}
