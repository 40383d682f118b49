import type { Clock } from '../clock.ts';
import { createKeepAlive } from './keep-alive.ts';
import { createLeases } from './leases.ts';

/** Who uses one model, when somebody last did, and until when it stays without. */
export interface Usage {
  /** Requests that it is in use by. */
  readonly count: number;
  readonly lastUsedAt: Date | null;
  /** How long nobody has used it; infinite for one that nobody ever has. */
  readonly idleMs: number;
  readonly isHeld: boolean;
  /** When it is unloaded; null while it is in use, or for ever. */
  readonly keepAliveUntil: Date | null;
  /** Uses it: it is not taken away meanwhile. */
  during<Result>(work: () => Promise<Result>): Promise<Result>;
  /** What it is kept for has changed, or it has come up: counts from now on. */
  arm(): void;
  disarm(): void;
  /** Until the answer is called, its keep-alive does not count. */
  hold(): () => void;
  /** It was used when another was, unless it has been since. */
  succeed(lastUsedAt: Date | null): void;
  /** As if never used. */
  forget(): void;
  /** Resolves when nobody uses it. */
  idle(): Promise<void>;
}

export interface UsageOptions {
  clock: Clock;
  /** Whether it is ready, and may be unloaded. */
  isReady: () => boolean;
  /** Idle seconds after which it is unloaded; null for never. */
  keepAliveSeconds: () => number | null;
  onExpired: () => void;
}

/** Begins to count for a model. */
export function createUsage({ clock, isReady, keepAliveSeconds, onExpired }: UsageOptions): Usage {
  let lastUsed: { at: Date; ms: number } | null = null;
  let isHeld = false;
  const keepAlive = createKeepAlive({ clock, onExpired });
  const leases = createLeases({ onIdle: arm });

  function use(): void {
    lastUsed = { at: clock.now(), ms: clock.monotonicMs() };
  }

  function arm(): void {
    if (!isReady() || leases.count > 0 || isHeld) return;
    const seconds = keepAliveSeconds();
    // Zero means "after its next request": a model that was never used waits for one.
    if (seconds === 0 && !lastUsed) keepAlive.disarm();
    else keepAlive.arm(seconds);
  }

  return {
    get count() {
      return leases.count;
    },
    get lastUsedAt() {
      return lastUsed?.at ?? null;
    },
    get idleMs() {
      return lastUsed ? clock.monotonicMs() - lastUsed.ms : Number.POSITIVE_INFINITY;
    },
    get isHeld() {
      return isHeld;
    },
    get keepAliveUntil() {
      return keepAlive.until;
    },
    async during(work) {
      const release = leases.acquire();
      keepAlive.disarm();
      use();
      try {
        return await work();
      } finally {
        use();
        release();
      }
    },
    arm,
    disarm: keepAlive.disarm,
    hold() {
      isHeld = true;
      keepAlive.disarm();
      return () => {
        isHeld = false;
        arm();
      };
    },
    succeed(lastUsedAt) {
      if (!lastUsed && lastUsedAt) lastUsed = { at: lastUsedAt, ms: clock.monotonicMs() - (clock.now().getTime() - lastUsedAt.getTime()) };
    },
    forget() {
      lastUsed = null;
    },
    idle: () => leases.idle(),
  };
}
