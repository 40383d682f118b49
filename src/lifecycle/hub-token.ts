import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError } from '../errors.ts';
import { partialFolder } from '../models/model-folders.ts';
import type { Task } from '../tasks/task.ts';
import type { TaskRequest } from '../tasks/tasks.ts';
import type { LifecycleContext } from './dependencies.ts';
import { removeStaging } from './staging.ts';

type Settings = Pick<LifecycleContext, 'config'>;

const longestToken = 1000;

/**
 * A token that a client gave for one task. It has to outlive a restart, because the task does; it lies in a file of the task's
 * own that only this user may read, never in the database, its backups or the log, and is removed when the task ends however it
 * ends. Throws INVALID_INPUT for what cannot be a token.
 */
async function storeHubToken({ config }: Settings, taskId: string, token: string): Promise<void> {
  requireToken(token);
  await mkdir(partialFolder(config.dataFolder, taskId), { recursive: true, mode: 0o700 });
  await writeFile(tokenPath(config, taskId), token, { mode: 0o600 });
}

/** Starts a task that has a token of its own; without one, just starts it. */
export async function startWithToken<Input extends object>(
  lifecycle: Pick<LifecycleContext, 'config' | 'tasks'>,
  token: string | undefined,
  request: TaskRequest<Input>,
): Promise<{ task: Task; joined: boolean }> {
  if (token === undefined) return await lifecycle.tasks.start(request);
  const id = randomUUID();
  await storeHubToken(lifecycle, id, token);
  let isUsed = false;
  try {
    const started = await lifecycle.tasks.start({ ...request, id });
    isUsed = started.task.id === id;
    return started;
  } finally {
    if (!isUsed) await removeStaging(lifecycle, id);
  }
}

/** The task's own token; null where it was given none. */
export async function readHubToken({ config }: Settings, taskId: string): Promise<string | null> {
  return await readFile(tokenPath(config, taskId), 'utf8').catch(() => null);
}

export async function removeHubToken({ config }: Settings, taskId: string): Promise<void> {
  await rm(tokenPath(config, taskId), { force: true });
}

/** Throws INVALID_INPUT for what could not stand in a header; the message does not repeat it. */
export function requireToken(token: string): void {
  if (token.length > longestToken || !/^[\x21-\x7e]+$/.test(token))
    throw new InvalidInputError({ field: 'input.token', message: 'expected a token of visible ASCII characters, without spaces.' });
}

function tokenPath(config: Settings['config'], taskId: string): string {
  return join(partialFolder(config.dataFolder, taskId), 'token');
}
