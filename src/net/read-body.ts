import type { IncomingMessage } from 'node:http';
import { ModelkeepError, UpstreamFailedError } from '../errors.ts';
import type { Deadline } from './deadline.ts';
import { withoutSecrets } from './fetch-url.ts';
import { connectionError } from './send-request.ts';

/** The body, chunk by chunk, within its limits; the connection is let go however the reading ends. */
export async function* readBody({
  message,
  url,
  maxBytes,
  idleTimeoutMs,
  deadline,
  release,
}: {
  message: IncomingMessage;
  url: URL;
  maxBytes: number | null;
  idleTimeoutMs: number;
  deadline: Deadline;
  release: () => void;
}): AsyncGenerator<Uint8Array, void, undefined> {
  const chunks = message[Symbol.asyncIterator]();
  const what = `Waiting for bytes of ${withoutSecrets(url)}`;
  let receivedBytes = 0;
  try {
    for (;;) {
      deadline.signal.throwIfAborted();
      deadline.startStage(idleTimeoutMs, what);
      const { done, value } = await chunks.next();
      // Whatever the reader does with the chunk is not the other side's delay.
      deadline.startStage(null, what);
      if (done) return;
      receivedBytes += value.length;
      if (maxBytes !== null && receivedBytes > maxBytes) throw tooLarge(url, maxBytes);
      yield value;
    }
  } catch (error) {
    if (deadline.signal.aborted) throw deadline.signal.reason;
    throw error instanceof ModelkeepError ? error : connectionError(url, error);
  } finally {
    release();
  }
}

/** The body is, or says that it is, larger than the caller takes. */
export function tooLarge(url: URL, maxBytes: number): UpstreamFailedError {
  return new UpstreamFailedError({
    url: withoutSecrets(url),
    status: 200,
    message: `The file at ${withoutSecrets(url)} is larger than the limit of ${maxBytes} bytes.`,
  });
}
