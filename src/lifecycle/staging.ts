import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readdir, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { partialFolder, partialsFolder } from '../models/model-folders.ts';
import { isUuid } from '../models/names.ts';
import type { LifecycleContext } from './dependencies.ts';

type Settings = Pick<LifecycleContext, 'config'>;

/** Where a task gathers files until they are whole and verified. Survives a restart. */
export function stagingFolder({ config }: Settings, taskId: string): string {
  return join(partialFolder(config.dataFolder, taskId), 'files');
}

/** Where it is written down how much of a file is certain; apart from the files, whose names are not ours. */
export function journalPathOf({ config }: Settings, taskId: string, path: string): string {
  const name = createHash('sha256').update(path).digest('hex').slice(0, 32);
  return join(partialFolder(config.dataFolder, taskId), 'chunks', name);
}

/** Throws away what a task gathered. */
export async function removeStaging({ config }: Settings, taskId: string): Promise<void> {
  await rm(partialFolder(config.dataFolder, taskId), { recursive: true, force: true });
}

/** Gives what one task gathered to another that does the same work. */
export async function inheritStaging({ config }: Settings, fromTaskId: string, toTaskId: string): Promise<void> {
  const [from, to] = [partialFolder(config.dataFolder, fromTaskId), partialFolder(config.dataFolder, toTaskId)];
  if (!existsSync(from)) return;
  if (!existsSync(to)) return await rename(from, to);
  // It has a token of its own there, or what a newer one gathered.
  for (const part of ['files', 'chunks'])
    if (!existsSync(join(to, part)) && existsSync(join(from, part))) await rename(join(from, part), join(to, part));
}

/** Once at start: removes what belongs to no task, or to one that is done, because a crash came in between. */
export async function removeStrays({ config, tasks, uploads }: Pick<LifecycleContext, 'config' | 'tasks' | 'uploads'>): Promise<void> {
  const claimed = await uploads.claimed();
  const owners = await tasks.getMany(claimed);
  for (const [index, id] of claimed.entries()) if (!owners[index] || owners[index].state === 'SUCCEEDED') await uploads.release(id);
  const names = (await readdir(partialsFolder(config.dataFolder))).filter(isUuid);
  const known = await tasks.getMany(names);
  for (const [index, name] of names.entries())
    if (!known[index] || known[index].state === 'SUCCEEDED') await removeStaging({ config }, name);
}
