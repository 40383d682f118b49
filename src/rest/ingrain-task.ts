import type { AnyFailure } from './ingrain-errors.ts';
import type { IngrainTaskEndFragment } from './operations.generated.ts';

/** How long an endpoint waits for the work it started: Ingrain's ten minutes. */
export const taskTimeoutMs = 600_000;

/** How a mutation that starts a task ended: `null` when well, a failure otherwise; one still under way is a `TIMEOUT`. */
export function taskFailure(
  outcome: AnyFailure | { readonly task: { readonly settled: IngrainTaskEndFragment | null } } | null,
): AnyFailure | null {
  if (outcome === null) return { code: 'INTERNAL', message: 'The server gave no answer.' };
  if (!('task' in outcome)) return outcome;
  const end = outcome.task.settled;
  if (end?.state === 'SUCCEEDED') return null;
  if (end?.error) return end.error;
  if (end?.state === 'CANCELED') return { code: 'CANCELED', message: 'The work was cancelled.' };
  return { code: 'TIMEOUT', message: `The work goes on after ${taskTimeoutMs / 1000} s.` };
}
