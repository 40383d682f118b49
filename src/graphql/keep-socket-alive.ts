import type { WebSocket } from 'ws';

/** Pings a client every `intervalMs`, and cuts off one that did not answer the last ping: its connection is dead. Answers a function that ends it. */
export function keepSocketAlive(socket: WebSocket, intervalMs: number): () => void {
  let isAlive = true;
  const timer = setInterval(() => {
    if (!isAlive) return socket.terminate();
    isAlive = false;
    socket.ping();
  }, intervalMs);
  timer.unref();
  socket.on('pong', () => {
    isAlive = true;
  });
  return () => clearInterval(timer);
}
