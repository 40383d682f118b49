import { readFileSync } from 'node:fs';
import type { Clock } from '../clock.ts';
import type { MemoryLedger, MemoryPlace } from './memory-ledger.ts';

/** A process whose memory is watched from outside: native code that allocates without end answers no question. */
export interface WatchedProcess {
  readonly processId: number;
  /** Up to this nobody asks. */
  readonly allowedBytes: number;
  /** Its place in the budget: it may have more than it is allowed while the budget has room. Null for one that may not. */
  readonly place: MemoryPlace | null;
  /** Stops it: it has `bytes`, and must not. */
  stop(bytes: number): void;
}

/** Measures processes for as long as there are any. */
export interface MemoryWatch {
  /** Begins to watch; the answer ends that. */
  add(watched: WatchedProcess): () => void;
}

/**
 * Makes the watch. When the processes have more than the budget together, the one furthest beyond what it is allowed is
 * stopped; those that are about as large as was expected stay. Where the system does not tell a process's memory, nothing is
 * stopped.
 *
 * @param readMemory bytes of a process that are in memory; null where nobody knows.
 */
export function createMemoryWatch({
  ledger,
  clock,
  everyMs,
  readMemory = residentBytes,
}: {
  ledger: MemoryLedger;
  clock: Clock;
  everyMs: number;
  readMemory?: (processId: number) => number | null;
}): MemoryWatch {
  const processes = new Set<WatchedProcess>();
  let cancelTimer: (() => void) | null = null;

  function look(): void {
    let furthest: { watched: WatchedProcess; bytes: number; excess: number } | null = null;
    for (const watched of [...processes]) {
      const { processId, allowedBytes, place } = watched;
      const bytes = readMemory(processId);
      if (bytes === null) continue;
      // Never less: what a model that is still opening has entered, others must not take.
      if (place && bytes > place.bytes) place.measure(bytes);
      const excess = bytes - allowedBytes;
      if (excess <= 0) continue;
      if (place === null) stop(watched, bytes);
      else if (!furthest || excess > furthest.excess) furthest = { watched, bytes, excess };
    }
    if (furthest && ledger.freeBytes < 0) stop(furthest.watched, furthest.bytes);
  }

  function stop(watched: WatchedProcess, bytes: number): void {
    processes.delete(watched);
    watched.stop(bytes);
  }

  function arm(): void {
    if (cancelTimer || processes.size === 0) return;
    cancelTimer = clock.setTimeout(() => {
      cancelTimer = null;
      look();
      arm();
    }, everyMs);
  }

  return {
    add(watched) {
      processes.add(watched);
      arm();
      return () => {
        processes.delete(watched);
        if (processes.size > 0) return;
        cancelTimer?.();
        cancelTimer = null;
      };
    },
  };
}

/** As Linux tells it. */
function residentBytes(processId: number): number | null {
  try {
    const [, kilobytes] = /^VmRSS:\s*(\d+) kB/m.exec(readFileSync(`/proc/${processId}/status`, 'latin1')) ?? [];
    return kilobytes === undefined ? null : Number(kilobytes) * 1024;
  } catch {
    return null;
  }
}
