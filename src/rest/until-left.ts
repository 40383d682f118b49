/** A stream that goes on after its source has ended, silent, until the signal aborts: whoever listens decides when it is over. */
export async function* untilLeft<Item>(source: AsyncIterable<Item>, signal: AbortSignal): AsyncGenerator<Item, void, undefined> {
  yield* source;
  if (!signal.aborted) await new Promise<void>((resolve) => signal.addEventListener('abort', () => resolve(), { once: true }));
}
