import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { createHub, type Hub, type HubOptions } from '../../src/sources/hub.ts';

/** A hub client whose waits take no time; what it would have waited is in `waits`, in milliseconds. */
export function hubClient(
  endpoint: string,
  options: Partial<HubOptions> & { allow?: readonly string[] } = {},
): { hub: Hub; waits: number[] } {
  const waits: number[] = [];
  const timing = {
    sleep: async (delayMs: number, signal: AbortSignal | undefined) => {
      waits.push(delayMs);
      signal?.throwIfAborted();
    },
    random: () => 0.5,
    now: Date.now,
  };
  const { allow = [], ...rest } = options;
  const hub = createHub({ endpoint, token: null, offline: false, fetch: createGuardedFetch({ allow }), timing, ...rest });
  return { hub, waits };
}
