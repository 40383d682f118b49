import type { Client } from './client.ts';
import { CommandError, ServerError } from './failures.ts';
import { FollowTaskDocument, type TaskStatusFragment } from './operations.generated.ts';
import { formatBytes, type Terminal } from './terminal.ts';

/** The task that a mutation started. Throws `ServerError` when it answered a failure instead. */
export function startedTask(result: { task: TaskStatusFragment } | { code: string; message: string } | null): TaskStatusFragment {
  if (result === null) throw new CommandError('The server did not answer what was asked.');
  if ('message' in result) throw new ServerError(result);
  return result.task;
}

/**
 * Shows a task's progress until it ends, and answers it as it ended. Throws `ServerError` when it failed or was cancelled
 * by somebody, and the signal's reason when the user leaves; the task itself goes on then.
 */
export async function followTask(
  task: TaskStatusFragment,
  { client, terminal, signal }: { client: Client; terminal: Terminal; signal: AbortSignal },
): Promise<TaskStatusFragment> {
  let last = task;
  if (!isTerminal(last)) {
    for await (const { taskProgress } of client.subscribe(FollowTaskDocument, { id: task.id }, signal)) {
      if (!taskProgress) break;
      last = taskProgress;
      terminal.showProgress(describeProgress(last));
    }
  }
  terminal.endProgress();
  signal.throwIfAborted();
  if (last.state === 'FAILED' && last.error) throw new ServerError(last.error);
  if (last.state !== 'SUCCEEDED') throw new CommandError(`The task ${last.id} did not come to its end: it is ${last.state}.`);
  return last;
}

function isTerminal({ state }: TaskStatusFragment): boolean {
  return state === 'SUCCEEDED' || state === 'FAILED' || state === 'CANCELED';
}

function describeProgress({ kind, state, progress, bytes, etaSeconds }: TaskStatusFragment): string {
  const parts = [`${kind.toLowerCase()} ${state.toLowerCase()} ${Math.floor(progress * 100)} %`];
  if (bytes) parts.push(bytes.total === null ? formatBytes(bytes.done) : `${formatBytes(bytes.done)} of ${formatBytes(bytes.total)}`);
  if (bytes?.perSecond) parts.push(`${formatBytes(bytes.perSecond)}/s`);
  if (etaSeconds !== null) parts.push(`${Math.ceil(etaSeconds)} s left`);
  return parts.join(', ');
}
