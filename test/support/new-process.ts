import { readdirSync, readFileSync } from 'node:fs';
import { vi } from 'vitest';

/** Ids of the processes that this one started and that run. */
export function childProcessIds(): number[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((processId) => parentOf(processId) === process.pid);
}

/**
 * Waits for a child process that is none of those known, and stops it: whatever it was to do does not happen until it is let go.
 * `letGo` of one that was killed meanwhile does nothing.
 */
export async function stopNextProcess(known: readonly number[]): Promise<{ processId: number; letGo(): void }> {
  const processId = await vi.waitFor(
    () => {
      const [found] = childProcessIds().filter((candidate) => !known.includes(candidate));
      if (found === undefined) throw new Error('no process was started yet');
      return found;
    },
    { timeout: 15_000, interval: 2 },
  );
  process.kill(processId, 'SIGSTOP');
  return {
    processId,
    letGo() {
      if (parentOf(processId) === process.pid) process.kill(processId, 'SIGCONT');
    },
  };
}

function parentOf(processId: number): number | null {
  try {
    // The name in parentheses may hold anything.
    const [state, parent] = readFileSync(`/proc/${processId}/stat`, 'latin1')
      .replace(/^.*\) /s, '')
      .split(' ');
    return state === 'Z' ? null : Number(parent);
  } catch {
    return null;
  }
}
