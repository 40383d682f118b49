import type { Clock } from '../clock.ts';
import type { Attempt } from './task-attempt.ts';
import { type AnyDefinition, isActive, stepsOf, type TaskRecord } from './task-record.ts';

/** How long a retry waits for what is left of the attempt before. */
const leftoverWithinMs = 2000;

/** A task at the start of another attempt that somebody asked for. What was removed has to be made again. */
export function anew(before: TaskRecord, definition: AnyDefinition): TaskRecord {
  const isKept = before.cleanUp === 'NONE';
  return {
    ...before,
    state: 'QUEUED',
    steps: stepsOf(definition, isKept ? before.steps : []),
    journal: isKept ? before.journal : {},
    error: null,
    cleanUp: 'NONE',
    attempt: before.attempt + 1,
    resumptions: 0,
    startedAt: null,
    finishedAt: null,
  };
}

/** Resolves when nothing of an attempt that shows its end runs any more, or after a while. */
export async function attemptEnded(attempt: Attempt | undefined, clock: Clock): Promise<void> {
  if (!attempt) return;
  if (isActive(attempt.snapshot())) return;
  let callOff = () => {};
  const late = new Promise<void>((resolve) => {
    callOff = clock.setTimeout(resolve, leftoverWithinMs);
  });
  await Promise.race([attempt.ended, late]);
  callOff();
}
