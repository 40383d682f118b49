import type { Server } from 'node:http';
import type { Socket } from 'node:net';

/** How long a client may keep its half of a connection that this side has ended, in milliseconds. */
const lingerMs = 2000;

/**
 * Knows every connection of a server, also those that an upgrade took from it, which its own `closeAllConnections` does not
 * close; and closes those whose client never does.
 */
export function trackConnections(server: Server): { destroyAll(): void } {
  const sockets = new Set<Socket>();
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    let linger: NodeJS.Timeout | undefined;
    socket.once('finish', () => {
      linger = setTimeout(() => socket.destroy(), lingerMs);
      linger.unref();
    });
    socket.once('close', () => {
      clearTimeout(linger);
      sockets.delete(socket);
    });
  });
  return {
    destroyAll() {
      for (const socket of sockets) socket.destroy();
    },
  };
}
