/**
 * One abort signal per operation of a WebSocket: the protocol's library stops a subscription when its client says `complete`,
 * but not a query, whose resolver would go on for nobody.
 */
export function createOperationSignals() {
  const running = new Map<string, { owner: object; controller: AbortController }>();
  const waiting: (() => void)[] = [];

  function remove(id: string): void {
    running.delete(id);
    if (running.size === 0) for (const resolve of waiting.splice(0)) resolve();
  }

  return {
    /** A signal for the operation of that id; `owner` tells it from a later one with the same id. */
    start(id: string, owner: object): AbortSignal {
      const controller = new AbortController();
      running.set(id, { owner, controller });
      return controller.signal;
    },
    /** The operation ended by itself. */
    forget(id: string, owner: object): void {
      if (running.get(id)?.owner === owner) remove(id);
    },
    abort(id: string): void {
      running.get(id)?.controller.abort();
      remove(id);
    },
    abortAll(): void {
      for (const { controller } of running.values()) controller.abort();
      for (const id of [...running.keys()]) remove(id);
    },
    /** Resolves when no operation is under way. */
    idle(): Promise<void> {
      return running.size === 0 ? Promise.resolve() : new Promise((resolve) => waiting.push(resolve));
    },
    get count(): number {
      return running.size;
    },
  };
}
