import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import { createHub, type Hub, type HubOptions } from '../../src/sources/hub.ts';
import { createTransfers } from '../../src/sources/transfer/transfers.ts';

/** A hub client whose waits take no time; what it would have waited is in `waits`, in milliseconds. */
export function hubClient(
  endpoint: string | readonly string[],
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
  const fetch = createGuardedFetch({ allow });
  const transfers = createTransfers({ connections: 16, connectionsPerFile: 4, bytesPerSecond: null, fetch, timing });
  const endpoints = [endpoint].flat();
  const hub = createHub({ endpoints, transfers, token: null, offline: false, fetch, timing, ...rest });
  return { hub, waits };
}
