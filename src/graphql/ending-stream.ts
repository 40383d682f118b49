/**
 * Passes a stream on until `ending` is aborted; then sends `last` and ends, also while the source is still waiting for its
 * next item. Leaving early returns the source, and so does the end.
 */
export function endWhenAborted<Item>(
  source: AsyncIterable<Item>,
  { ending, last }: { ending: AbortSignal; last: () => Item },
): AsyncGenerator<Item> {
  const iterator = source[Symbol.asyncIterator]();
  let isOver = false;
  let endWait: (() => void) | null = null;
  const onAbort = () => endWait?.();
  ending.addEventListener('abort', onAbort, { once: true });

  async function leave(): Promise<void> {
    if (isOver) return;
    isOver = true;
    ending.removeEventListener('abort', onAbort);
    await iterator.return?.();
  }

  return {
    async next() {
      if (isOver) return { done: true, value: undefined };
      const step = ending.aborted
        ? 'ended'
        : await new Promise<IteratorResult<Item> | 'ended'>((resolve, reject) => {
            endWait = () => resolve('ended');
            iterator.next().then(resolve, reject);
          });
      if (step === 'ended') {
        await leave();
        return { done: false, value: last() };
      }
      if (step.done) isOver = true;
      return step;
    },
    async return() {
      await leave();
      return { done: true, value: undefined };
    },
    async throw(error) {
      await leave();
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
    async [Symbol.asyncDispose]() {
      await leave();
    },
  };
}
