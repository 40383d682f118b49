import type { ServerResponse } from 'node:http';

/** Aborted when the client leaves before it has its answer. One that has it costs nothing: the error of an abort collects a stack. */
export function signalOfClient(response: ServerResponse): AbortSignal {
  const left = new AbortController();
  response.once('close', () => {
    if (!response.writableFinished) left.abort();
  });
  return left.signal;
}
