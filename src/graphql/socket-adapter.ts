import { CloseCode, type WebSocket as ProtocolSocket } from 'graphql-ws';
import type { WebSocket } from 'ws';
import type { Log } from '../log.ts';
import { keepSocketAlive } from './keep-socket-alive.ts';

interface AdapterOptions {
  log: Log;
  /** In milliseconds. */
  pingIntervalMs: number;
  /** The client ended its operation of this id. */
  onComplete(id: string): void;
}

/** A `ws` socket as the protocol's library wants it, pinged so that a dead connection is noticed. */
export function createSocketAdapter(socket: WebSocket, { log, pingIntervalMs, onComplete }: AdapterOptions) {
  const stopPinging = keepSocketAlive(socket, pingIntervalMs);
  // A message that is too large or malformed: `ws` closes the connection with the right code by itself.
  socket.on('error', (error) => log.debug({ err: error }, 'a WebSocket failed'));

  const adapted: ProtocolSocket = {
    protocol: socket.protocol,
    send: (text) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== socket.OPEN) return resolve();
        socket.send(text, (error) => (error && socket.readyState === socket.OPEN ? reject(error) : resolve()));
      }),
    close: (code, reason) => socket.close(code, reason),
    onMessage(listener) {
      socket.on('message', (message) => {
        const text = String(message);
        const completed = completedId(text);
        if (completed !== null) onComplete(completed);
        listener(text).catch((error: unknown) => {
          // An operation whose client left: nobody is told.
          if (error instanceof Error && error.name === 'AbortError') return;
          log.error({ err: error }, 'a WebSocket message failed unexpectedly');
          socket.close(CloseCode.InternalServerError, 'Internal server error');
        });
      });
    },
  };
  return { socket: adapted, close: stopPinging };
}

/** The id that a `complete` message names; null for any other message. */
function completedId(text: string): string | null {
  if (text.length > 1000 || !text.includes('"complete"')) return null;
  try {
    const { type, id } = JSON.parse(text) as { type?: unknown; id?: unknown };
    return type === 'complete' && typeof id === 'string' ? id : null;
  } catch {
    return null;
  }
}
