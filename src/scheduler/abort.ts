import { CanceledError } from '../errors.ts';

/** Calls back once when the signal aborts, at once if it has; the answer takes the listener off again. */
export function onAbort(signal: AbortSignal, callback: () => void): () => void {
  if (signal.aborted) {
    callback();
    return () => {};
  }
  signal.addEventListener('abort', callback, { once: true });
  return () => signal.removeEventListener('abort', callback);
}

/** Waits for a promise that never rejects, but no longer than the signal lets it. Throws `CANCELED`. */
export async function waitOrAbort<Value>(promise: Promise<Value>, signal: AbortSignal, what: string): Promise<Value> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const stopListening = onAbort(signal, () => reject(new CanceledError({ what })));
  try {
    return await Promise.race([promise, aborted]);
  } finally {
    stopListening();
  }
}
