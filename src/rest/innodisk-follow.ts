import type { ErrorCode } from '../errors.ts';
import { failureText, lineText } from './innodisk-lines.ts';
import { InnodiskProgressDocument, type InnodiskTaskFragment } from './operations.generated.ts';
import { DocumentFailedError, type Subscribe } from './route.ts';

/** A line that is due when the task has come to a step; the last one when it has succeeded. */
export interface Stage {
  /** Name of the step; null for at once. */
  step: string | null;
  action: string;
  progress: number;
  details: Record<string, unknown>;
}

export interface FollowedWork {
  taskUuid: string;
  stages: readonly Stage[];
  end: Omit<Stage, 'step'>;
  /** What failed, by the step that did. */
  failure(step: string | null): string;
}

/** Each line as the task really comes to it, until its end. Whoever stops reading stops no task. */
export async function* followWork(subscribe: Subscribe, work: FollowedWork, signal: AbortSignal): AsyncGenerator<string> {
  const { taskUuid, stages, end, failure } = work;
  const fail = (step: string | null, message: string) => failureText({ taskUuid, action: failure(step), message });
  let told = 0;
  try {
    for await (const { taskProgress: task } of subscribe(InnodiskProgressDocument, { id: taskUuid }, signal)) {
      if (!task) break;
      for (let stage = stages[told]; stage && isReached(task, stage.step); stage = stages[told]) {
        yield lineText({ taskUuid, ...stage });
        told += 1;
      }
      if (task.state === 'SUCCEEDED') return void (yield lineText({ taskUuid, ...end }));
      if (task.state === 'FAILED' || task.state === 'CANCELED') return void (yield fail(failedStep(task), reasonOf(task)));
    }
  } catch (error) {
    if (!(error instanceof DocumentFailedError)) throw error;
    return void (yield fail(null, error.message));
  }
  if (!signal.aborted) yield fail(null, 'The server stops before the work has ended. It goes on when the server is back.');
}

function isReached({ state, steps }: InnodiskTaskFragment, name: string | null): boolean {
  if (name === null || state === 'SUCCEEDED') return true;
  const index = steps.findIndex((step) => step.name === name);
  return steps.slice(index).some((step) => index >= 0 && step.state !== 'QUEUED' && step.state !== 'CANCELED');
}

function failedStep({ steps }: InnodiskTaskFragment): string | null {
  return steps.find(({ state }) => state !== 'SUCCEEDED')?.name ?? null;
}

/** What was being done, in the handler's words where it has some, and why it failed, in ours. */
function reasonOf({ state, error }: InnodiskTaskFragment): string {
  if (!error) return state === 'CANCELED' ? 'The task was cancelled.' : 'It failed without a reason.';
  return `${doing[error.code] ?? 'Create Model Error.'} Details : ${error.message}`;
}

const doing: Partial<Record<ErrorCode, string>> = {
  INVALID_ARCHIVE: 'Invalid Zip File To Unzip.',
  INVALID_MODEL_FILE: 'Failed Save Model.',
  UNSUPPORTED_MODEL: 'Failed Save Model.',
  INSUFFICIENT_DISK: 'Failed Save Model.',
};
