import { setPriority } from 'node:os';

/**
 * Gives this process the priority of our runners, before it starts threads: whatever else a shared machine computes would else
 * slow ours and not the others. On a machine of its own it changes nothing.
 */
export function lowerPriority(): void {
  setPriority(5);
}
