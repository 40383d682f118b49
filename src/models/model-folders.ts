import { randomUUID } from 'node:crypto';
import { rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

/** What lies in `models/` besides whole models: folders being built, and folders on their way out. Neither survives a start. */
export const installingPrefix = 'installing-';
export const removingPrefix = 'removing-';
/** A folder whose manifest cannot be read when the database is rebuilt from manifests: kept for a person to look at. */
export const damagedPrefix = 'damaged-';

/** Where the folders of models are. */
export function modelsFolder(dataFolder: string): string {
  return join(dataFolder, 'models');
}

/** Where the unfinished work of all tasks is. */
export function partialsFolder(dataFolder: string): string {
  return join(dataFolder, 'partial');
}

/** Where one task gathers files until they are whole and verified. */
export function partialFolder(dataFolder: string, taskId: string): string {
  return join(partialsFolder(dataFolder), taskId);
}

/** Removes a model's folder; a crash half-way leaves a name that the next start knows for rubbish. No error when it is gone. */
export async function removeModelFolder(dataFolder: string, folder: string): Promise<void> {
  const doomed = join(modelsFolder(dataFolder), `${removingPrefix}${randomUUID()}`);
  try {
    await rename(join(modelsFolder(dataFolder), folder), doomed);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return;
    throw error;
  }
  await rm(doomed, { recursive: true, force: true });
}
