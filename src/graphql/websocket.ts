import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import type { ExecutionArgs, GraphQLError } from 'graphql';
import { CloseCode, type Context as Connection, handleProtocols, makeServer, type SubscribePayload } from 'graphql-ws';
import { type WebSocket, WebSocketServer } from 'ws';
import { OverloadedError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Observation } from '../observation.ts';
import type { RequestScope } from '../request-scope.ts';
import { acceptsConnection, type KeyCheck } from './authentication.ts';
import { toGraphQLError } from './masking.ts';
import { type ObservedSocket, observeSocket } from './observed-socket.ts';
import { createOperationSignals } from './operation-signals.ts';
import type { GraphqlServer } from './server.ts';
import { createSocketAdapter } from './socket-adapter.ts';

export interface WebSocketOptions {
  graphql: GraphqlServer;
  keyCheck: KeyCheck;
  log: Log;
  observation: Observation;
  /** Largest message, in bytes. */
  maxPayloadBytes: number;
  /** How long a client may take to say `connection_init`, in milliseconds. */
  initTimeoutMs?: number;
  /** How often a connection is pinged; it must answer before the next. In milliseconds. */
  pingIntervalMs?: number;
}

export type WebSockets = ReturnType<typeof createWebSockets>;

/** Operations that one connection may have under way. */
const maxOperations = 100;

/** The `graphql-transport-ws` protocol: queries, mutations and subscriptions through the same chain as every other transport. */
export function createWebSockets(options: WebSocketOptions) {
  const { graphql, keyCheck, log, observation, maxPayloadBytes, initTimeoutMs = 10_000, pingIntervalMs = 15_000 } = options;
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxPayloadBytes, handleProtocols });
  const ending = new AbortController();
  const protocol = makeServer<Record<string, unknown>, Extra>({
    connectionInitWaitTimeout: initTimeoutMs,
    onConnect: ({ extra, connectionParams }) => {
      if (keyCheck.acceptsHeader(extra.request.headers.authorization) || acceptsConnection(keyCheck, connectionParams)) return true;
      // Not 4403, which clients take as worth another try.
      extra.socket.close(CloseCode.Unauthorized, 'Unauthorized');
      return false;
    },
    onSubscribe(connection, id, payload) {
      const scope = connection.extra.observed.begin(payload, payload.query);
      return observation.scopes.run(scope, () => prepare(connection, id, payload, scope));
    },
    onComplete: ({ extra }, id, payload) => {
      extra.operations.forget(id, payload);
      extra.observed.end(payload);
    },
    onError: ({ extra }, id, payload, errors) => {
      extra.operations.forget(id, payload);
      extra.observed.end(payload, errors);
    },
    execute: (args) => inScope(args as PreparedArgs, 'execute'),
    subscribe: (args) => inScope(args as PreparedArgs, 'subscribe'),
  });

  function inScope(args: PreparedArgs, how: 'execute' | 'subscribe') {
    const { scope, ...chain } = args.rootValue;
    return observation.scopes.run(scope, () => chain[how](args));
  }

  async function prepare(
    { extra }: Connection<Record<string, unknown>, Extra>,
    id: string,
    payload: SubscribePayload,
    scope: RequestScope,
  ) {
    if (extra.operations.count >= maxOperations) {
      return [
        toGraphQLError(
          new OverloadedError({ retryAfterMs: 1000, message: `A connection may have ${maxOperations} operations under way.` }),
        ),
      ];
    }
    const signal = extra.operations.start(id, payload);
    const remembers = !payload.query.includes('subscription');
    const { schema, parse, validate, contextFactory, execute, subscribe } = graphql.enveloped({ signal, remembers });
    try {
      const document = parse(payload.query);
      const errors = validate(schema, document) as readonly GraphQLError[];
      if (errors.length > 0) return [...errors];
      const contextValue = await contextFactory();
      return {
        schema,
        document,
        contextValue,
        variableValues: payload.variables,
        operationName: payload.operationName,
        rootValue: { execute, subscribe, scope },
      } as PreparedArgs;
    } catch (error) {
      return [graphql.mask(error)];
    }
  }

  sockets.on('connection', (socket: WebSocket, request: IncomingMessage) => {
    const operations = createOperationSignals();
    // The library sends `complete` only after it has said that the operation ended.
    const leave = () => void operations.idle().then(() => setImmediate(() => socket.close(1001, 'Going away')));
    if (ending.signal.aborted) leave();
    else ending.signal.addEventListener('abort', leave, { once: true });
    const adapter = createSocketAdapter(socket, { log, pingIntervalMs, onComplete: (id) => operations.abort(id) });
    const observed = observeSocket(request.headers, observation);
    const closed = protocol.opened(adapter.socket, { socket, request, operations, observed });
    socket.once('close', (code, reason) => {
      ending.signal.removeEventListener('abort', leave);
      adapter.close();
      operations.abortAll();
      observed.endAll();
      closed(code, String(reason)).catch((error: unknown) => log.error({ err: error }, 'a WebSocket could not be closed cleanly'));
    });
  });

  return {
    /** Takes an HTTP upgrade over. The caller has checked where it comes from. */
    upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
      sockets.handleUpgrade(request, socket, head, (client) => sockets.emit('connection', client, request));
    },
    /** Tells each client to leave (1001) once its operations have ended, and resolves when all have. */
    async drain(): Promise<void> {
      const left = [...sockets.clients].map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
      ending.abort();
      await Promise.all(left);
    },
    destroy(): void {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

interface Extra extends Record<PropertyKey, unknown> {
  socket: WebSocket;
  request: IncomingMessage;
  operations: ReturnType<typeof createOperationSignals>;
  observed: ObservedSocket;
}

type Enveloped = ReturnType<GraphqlServer['enveloped']>;
type PreparedArgs = ExecutionArgs & { rootValue: Pick<Enveloped, 'execute' | 'subscribe'> & { scope: RequestScope } };
