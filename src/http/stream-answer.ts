import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Log } from '../log.ts';
import type { Answer } from '../rest/route.ts';

export interface StreamAnswerOptions {
  /** Aborted when the client leaves. */
  signal: AbortSignal;
  log: Log;
}

/**
 * Writes an answer whose texts come over time. Each is on its way at once; the next is asked for when the client's buffer has
 * room. A stream that fails after its beginning cuts the connection.
 */
export async function streamAnswer(
  request: IncomingMessage,
  response: ServerResponse,
  { status, headers = {}, stream }: Answer & { stream: AsyncIterable<string> },
  { signal, log }: StreamAnswerOptions,
): Promise<void> {
  const iterator = stream[Symbol.asyncIterator]();
  try {
    response.statusCode = status;
    for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
    // A proxy that collects the answer would take the point out of it.
    response.setHeader('cache-control', 'no-store');
    response.setHeader('x-accel-buffering', 'no');
    response.socket?.setNoDelay(true);
    if (request.method === 'HEAD') return void response.end();
    response.flushHeaders();
    for (let step = await iterator.next(); !step.done && !signal.aborted; step = await iterator.next()) {
      if (step.value !== '' && !response.write(step.value)) await once(response, 'drain', { signal });
    }
    response.end();
  } catch (error) {
    if (!signal.aborted) log.warn({ err: error }, 'a streamed answer failed on the way');
    response.destroy();
  } finally {
    await iterator.return?.();
  }
}
