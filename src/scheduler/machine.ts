import { availableParallelism, totalmem } from 'node:os';

/** Memory that the machine has, or the container. A container's limit counts where there is one; without one the system answers something far above the machine. */
export function machineMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}

/**
 * The most threads that wait for each other in a loop, as llama.cpp's do: one that has to share its core slows all of them many times
 * over, so that a core is left to everything else.
 */
export function lockedThreads(): number {
  return Math.max(1, availableParallelism() - 1);
}
