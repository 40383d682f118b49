import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { type WebSocket, WebSocketServer } from 'ws';
import { keepSocketAlive } from '../graphql/keep-socket-alive.ts';
import type { Log } from '../log.ts';
import type { Execute, Subscribe } from '../rest/route.ts';
import type { RouteMatch } from '../rest/router.ts';

export interface RestSocketsOptions {
  execute: Execute;
  subscribe: Subscribe;
  log: Log;
  /** How often a client is pinged; it must answer before the next. In milliseconds. */
  pingIntervalMs?: number;
}

export type RestSockets = ReturnType<typeof createRestSockets>;

type FoundRoute = Extract<RouteMatch, { kind: 'route' }>;

/** What a client of these sockets may send, in bytes: they listen, and say nothing. */
const maxPayloadBytes = 64 * 1024;

/** The WebSockets of documented APIs: each sends what its route tells and reads nothing. */
export function createRestSockets({ execute, subscribe, log, pingIntervalMs = 15_000 }: RestSocketsOptions) {
  const sockets = new WebSocketServer({ noServer: true, maxPayload: maxPayloadBytes });

  async function serve(socket: WebSocket, messages: AsyncIterable<string>, left: AbortController): Promise<void> {
    const stopPinging = keepSocketAlive(socket, pingIntervalMs);
    socket.once('close', () => {
      stopPinging();
      left.abort();
    });
    socket.on('error', (error) => log.debug({ err: error }, 'a socket failed'));
    const iterator = messages[Symbol.asyncIterator]();
    try {
      for (let step = await iterator.next(); !step.done && !left.signal.aborted; step = await iterator.next()) {
        await send(socket, step.value);
      }
      socket.close(1000);
    } catch (error) {
      if (!left.signal.aborted) log.warn({ err: error }, 'a socket ended early');
      socket.close(1011);
    } finally {
      await iterator.return?.();
    }
  }

  return {
    /** Takes an HTTP upgrade over, or refuses it with the route's answer. The caller has checked where it comes from, and its key. */
    async upgrade(request: IncomingMessage, socket: Duplex, head: Buffer, { route, family, parameters }: FoundRoute): Promise<void> {
      const left = new AbortController();
      const leave = () => left.abort();
      socket.once('close', leave);
      try {
        const answer = await route.connect?.(execute, { parameters, signal: left.signal }, subscribe);
        socket.off('close', leave);
        if (!answer) refuseUpgrade(socket, 404);
        else if ('refusal' in answer) refuseUpgrade(socket, answer.refusal.status);
        else sockets.handleUpgrade(request, socket, head, (client) => void serve(client, answer.messages, left));
      } catch (error) {
        log.error({ err: error, operationId: route.operationId }, 'a socket could not be opened');
        refuseUpgrade(socket, family.errors.internal().status);
      }
    },
    /** Tells each client to leave (1001), and resolves when all have. */
    async drain(): Promise<void> {
      const clients = [...sockets.clients];
      const left = clients.map((client) => new Promise<void>((resolve) => client.once('close', () => resolve())));
      for (const client of clients) client.close(1001, 'Going away');
      await Promise.all(left);
    },
    destroy(): void {
      for (const client of sockets.clients) client.terminate();
      sockets.close();
    },
  };
}

/** Ends an upgrade without a WebSocket. */
export function refuseUpgrade(socket: Duplex, status: number): void {
  const reason = { 401: 'Unauthorized', 403: 'Forbidden', 404: 'Not Found', 410: 'Gone' }[status] ?? 'Error';
  socket.end(`HTTP/1.1 ${status} ${reason}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

function send(socket: WebSocket, text: string): Promise<void> {
  return new Promise((resolve, reject) => socket.send(text, (error) => (error ? reject(error) : resolve())));
}
