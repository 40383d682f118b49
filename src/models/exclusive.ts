/** Runs work one at a time, in the order in which it was asked for. */
export type Exclusive = <Result>(work: () => Promise<Result>) => Promise<Result>;

export function createExclusive(): Exclusive {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work);
    last = result.catch(() => {});
    return result;
  };
}
