import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { announcesTooMuch } from './body.ts';
import { limitBodyTime } from './body-time.ts';
import { trackConnections } from './connections.ts';
import type { createDispatch } from './dispatch.ts';

/** A port that cannot be listened on; its message is one line for the terminal. */
export class ListenError extends Error {}

export interface ListenerOptions {
  dispatch: ReturnType<typeof createDispatch>;
  host: string;
  /** 0 takes a free one. */
  port: number;
  /** The setting to change when the port is taken, e.g. `MODELKEEP_PORT`. */
  setting: string;
  /** Largest body, in bytes. */
  limitBytes: number;
  timeouts: ListenerTimeouts;
}

/** Against clients that send slowly on purpose, in milliseconds. */
export interface ListenerTimeouts {
  /** From the connection to the end of the headers. */
  headersMs: number;
  /** From the connection to the end of the body. */
  requestMs: number;
}

export type Listener = ReturnType<typeof createListener>;

/** One port. */
export function createListener({ dispatch, host, port, setting, limitBytes, timeouts }: ListenerOptions) {
  const server = createServer({
    headersTimeout: timeouts.headersMs,
    // Of a body that is a file nobody knows how long it takes: see `limitBodyTime`.
    requestTimeout: 0,
    connectionsCheckingInterval: Math.min(timeouts.headersMs, 5000),
    // Long enough for a client that pauses between requests.
    keepAliveTimeout: 65_000,
  });
  const connections = trackConnections(server);
  let isDraining = false;

  function onRequest(request: IncomingMessage, response: ServerResponse): void {
    if (isDraining) response.setHeader('connection', 'close');
    response.once('close', () => {
      if (isDraining) server.closeIdleConnections();
    });
    limitBodyTime(request, response, { limitMs: timeouts.requestMs, mayGoOn: dispatch.takesFiles(request) });
    dispatch.request(request, response);
  }
  server.on('request', onRequest);
  server.on('checkContinue', (request, response) => {
    // One that announces too much is told so before it sends anything.
    if (dispatch.takesFiles(request) || !announcesTooMuch(request, limitBytes)) response.writeContinue();
    onRequest(request, response);
  });
  server.on('upgrade', (request, socket, head) => dispatch.upgrade(request, socket, head));

  return {
    /** Resolves to the port. Throws `ListenError`. */
    listen(): Promise<number> {
      return new Promise((resolve, reject) => {
        server.once('error', (error: NodeJS.ErrnoException) => reject(explain(error, { host, port, setting })));
        server.listen(port, host, () => resolve((server.address() as AddressInfo).port));
      });
    },
    /** Takes no new connection, and resolves when the last one has ended. */
    async drain(): Promise<void> {
      isDraining = true;
      if (!server.listening) return;
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      server.closeIdleConnections();
      await closed;
    },
    /** Cuts off whoever is still connected. */
    destroy(): void {
      connections.destroyAll();
    },
  };
}

function explain(error: NodeJS.ErrnoException, { host, port, setting }: { host: string; port: number; setting: string }): Error {
  const hints: Record<string, string> = {
    EADDRINUSE: `Port ${port} on ${host} is taken by another program.`,
    EACCES: `Port ${port} on ${host} needs rights that this program does not have.`,
    EADDRNOTAVAIL: `This machine has no address ${host} (MODELKEEP_HOST).`,
    ENOTFOUND: `This machine has no address ${host} (MODELKEEP_HOST).`,
  };
  const hint = hints[error.code ?? ''];
  return hint ? new ListenError(`${hint} Choose another with ${setting}.`, { cause: error }) : error;
}
