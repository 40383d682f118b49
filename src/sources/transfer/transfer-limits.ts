import { createFairQueue } from './fair-queue.ts';

/** What all downloads of the server share: so many connections, so many bytes a second. */
export interface TransferLimits {
  /** One download's part of it: downloads get equal parts, however many connections each of them has. */
  share(): TransferShare;
}

export interface TransferShare {
  /** Waits for a connection that is free; dispose of the answer to give it back. Throws CANCELED. */
  connect(signal?: AbortSignal): Promise<Disposable>;
  /** Waits until so many bytes that came may be counted. At once without a limit. Throws CANCELED. */
  spend(bytes: number, signal?: AbortSignal): Promise<void>;
}

export interface TransferLimitsOptions {
  /** Most connections at once, over all downloads. */
  connections: number;
  /** Most bytes a second, over all downloads; null is no limit. */
  bytesPerSecond: number | null;
}

/** What may come at once after a silence, in milliseconds' worth of bytes. */
const burstMs = 100;
/** Never waits for less, so that a slow limit costs no busy loop. */
const shortestWaitMs = 5;

export function createTransferLimits({ connections, bytesPerSecond }: TransferLimitsOptions): TransferLimits {
  const connecting = createFairQueue<null>('Waiting for a connection');
  const spending = createFairQueue<number>('Waiting for bandwidth');
  let free = connections;
  // Paid later: a piece of any size passes while there is credit, and whoever comes next waits until it is paid back.
  let creditBytes = 0;
  let creditAtMs = performance.now();
  let timer: NodeJS.Timeout | undefined;

  function advanceConnections(): void {
    connecting.advance(() => {
      if (free === 0) return false;
      free -= 1;
      return true;
    });
  }

  function advanceSpending(rate: number): void {
    timer = undefined;
    const nowMs = performance.now();
    creditBytes = Math.min((rate * burstMs) / 1000, creditBytes + ((nowMs - creditAtMs) * rate) / 1000);
    creditAtMs = nowMs;
    spending.advance((bytes) => {
      if (creditBytes < 0) return false;
      creditBytes -= bytes;
      return true;
    });
    if (spending.isEmpty) return;
    timer = setTimeout(advanceSpending, Math.max(shortestWaitMs, (-creditBytes / rate) * 1000), rate);
  }

  return {
    share() {
      const share = {};
      return {
        async connect(signal) {
          const served = connecting.wait(share, null, signal);
          advanceConnections();
          await served;
          let isHeld = true;
          return {
            [Symbol.dispose]() {
              if (isHeld) free += 1;
              isHeld = false;
              advanceConnections();
            },
          };
        },
        async spend(bytes, signal) {
          if (bytesPerSecond === null) return;
          const served = spending.wait(share, bytes, signal);
          if (timer === undefined) advanceSpending(bytesPerSecond);
          await served;
        },
      };
    },
  };
}
