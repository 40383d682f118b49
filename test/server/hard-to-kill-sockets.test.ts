import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, it } from 'vitest';
import { type RunningApp, runningApp } from '../support/running-app.ts';

/** A client whose upgrade is refused, and which keeps its half of the connection. */
async function refusedUpgrade({ ports }: RunningApp) {
  const socket = connect({ port: ports.main ?? 0, host: '127.0.0.1', allowHalfOpen: true });
  socket.on('error', () => {});
  socket.write('GET /nope HTTP/1.1\r\nhost: 127.0.0.1\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n');
  const [answer] = await once(socket, 'data');
  expect(String(answer)).toMatch(/^HTTP\/1\.1 404/);
  return socket;
}

it('a connection that its client keeps half open after a refused upgrade is closed', async () => {
  await using server = await runningApp({ logLevel: 'silent' });
  const socket = await refusedUpgrade(server);
  // Whoever writes to a closed connection is told so.
  const isClosed = () => {
    socket.write('x');
    return socket.destroyed;
  };
  await expect.poll(isClosed, { timeout: 8000 }).toBe(true);
});

it('a server that stops does not wait for such a connection', async () => {
  const server = await runningApp({ logLevel: 'silent', drainSeconds: 0 });
  const socket = await refusedUpgrade(server);
  await server[Symbol.asyncDispose]();
  socket.destroy();
});
