import { errorToWire, InterruptedError } from '../errors.ts';
import type { TaskKind } from './task.ts';
import { type AnyDefinition, stepsOf, type TaskRecord } from './task-record.ts';

/** A task goes on by itself this often; one that takes the server down with it must not do so for ever. */
const mostResumptions = 2;

/**
 * What becomes at start of a task that was waiting or running when the server stopped: it goes on, keeping its finished
 * steps, or fails with `INTERRUPTED`. One that never started to run only waits on, whatever the count. A task that was
 * being cancelled is left as it is: its cancel has to be finished. One that is paused stays so.
 */
export function recovered(record: TaskRecord, definition: AnyDefinition | undefined, now: Date): TaskRecord {
  if (record.cleanUp === 'PENDING' || record.state === 'PAUSED') return record;
  if (!definition?.resumesByItself) return interrupted(record, now);
  const steps = stepsOf(definition, record.steps);
  if (record.state === 'QUEUED') return { ...record, steps };
  if (record.resumptions >= mostResumptions) return interrupted(record, now);
  return { ...record, state: 'QUEUED', steps, attempt: record.attempt + 1, resumptions: record.resumptions + 1 };
}

function interrupted(record: TaskRecord, now: Date): TaskRecord {
  const error = errorToWire(new InterruptedError({ what: `the ${record.kind satisfies TaskKind} task` }), record.id);
  const steps = record.steps.map((step) => (step.state === 'RUNNING' ? { ...step, state: 'FAILED' as const } : step));
  return { ...record, state: 'FAILED', steps, error, finishedAt: now };
}
