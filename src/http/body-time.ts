import type { IncomingMessage, ServerResponse } from 'node:http';

/**
 * Cuts off a client that takes longer than `limitMs` to send its body, with a 408 where no answer has begun. Where files are sent
 * (`mayGoOn`) it is enough that something came in that time.
 */
export function limitBodyTime(
  request: IncomingMessage,
  response: ServerResponse,
  { limitMs, mayGoOn }: { limitMs: number; mayGoOn: boolean },
): void {
  const { socket } = request;
  let before = socket.bytesRead;
  const timer = setInterval(() => {
    const came = socket.bytesRead > before;
    before = socket.bytesRead;
    if (mayGoOn && came) return;
    stop();
    if (!response.headersSent) response.writeHead(408, { connection: 'close', 'content-length': 0 });
    response.end(() => socket.destroySoon());
  }, limitMs);
  timer.unref();
  const stop = () => clearInterval(timer);
  request.once('end', stop);
  request.once('close', stop);
}
