import { CanceledError } from '../../errors.ts';

/** Waits in turn: each share (a download, say) gets the next place in rotation, whatever number of places it asks for. */
export interface FairQueue<Request> {
  /** Puts a request at the end of its share's line; resolves when it was served. Throws CANCELED when aborted before. */
  wait(share: object, request: Request, signal: AbortSignal | undefined): Promise<void>;
  /** Serves requests, one of each share in turn, while `serve` takes them. */
  advance(serve: (request: Request) => boolean): void;
  readonly isEmpty: boolean;
}

interface Place<Request> {
  request: Request;
  resolve(): void;
}

export function createFairQueue<Request>(what: string): FairQueue<Request> {
  // A Map keeps the order of insertion, so the first share is the one whose turn it is.
  const lines = new Map<object, Place<Request>[]>();

  function remove(share: object, place: Place<Request>): void {
    const line = lines.get(share) ?? [];
    const index = line.indexOf(place);
    if (index >= 0) line.splice(index, 1);
    if (line.length === 0) lines.delete(share);
  }

  return {
    async wait(share, request, signal) {
      const { promise, resolve, reject } = Promise.withResolvers<void>();
      const place: Place<Request> = { request, resolve };
      const line = lines.get(share) ?? [];
      lines.set(share, line);
      line.push(place);
      const onAbort = () => {
        remove(share, place);
        reject(new CanceledError({ what }));
      };
      if (signal?.aborted) onAbort();
      signal?.addEventListener('abort', onAbort, { once: true });
      try {
        await promise;
      } finally {
        signal?.removeEventListener('abort', onAbort);
      }
    },
    advance(serve) {
      for (;;) {
        const [next] = lines;
        const place = next?.[1][0];
        if (!next || !place || !serve(place.request)) return;
        const [share, line] = next;
        line.shift();
        lines.delete(share);
        if (line.length > 0) lines.set(share, line);
        place.resolve();
      }
    },
    get isEmpty() {
      return lines.size === 0;
    },
  };
}
