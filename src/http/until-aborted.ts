/**
 * Passes a stream on until the signal aborts, and ends at once then, also while the source is waiting for its next item: a
 * generator that waits would answer `return()` only after that. The source is returned at every end.
 */
export async function* untilAborted<Item>(source: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item, void, undefined> {
  const iterator = source[Symbol.asyncIterator]();
  const aborted = Promise.withResolvers<IteratorResult<Item>>();
  const onAbort = () => aborted.resolve({ done: true, value: undefined });
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    for (;;) {
      const step = await Promise.race([iterator.next(), aborted.promise]);
      if (step.done) return;
      yield step.value;
    }
  } finally {
    signal.removeEventListener('abort', onAbort);
    // Not awaited where it may wait for the item that never comes.
    const returned = iterator.return?.();
    if (!signal.aborted) await returned;
  }
}
