import { rm } from 'node:fs/promises';
import { partialFolder } from '../models/model-folders.ts';
import type { LifecycleContext } from './dependencies.ts';

/** Where a task gathers files until they are whole and verified. Survives a restart. */
export function stagingFolder({ config }: Pick<LifecycleContext, 'config'>, taskId: string): string {
  return partialFolder(config.dataFolder, taskId);
}

/** Throws away what a task gathered. */
export async function removeStaging(lifecycle: Pick<LifecycleContext, 'config'>, taskId: string): Promise<void> {
  await rm(stagingFolder(lifecycle, taskId), { recursive: true, force: true });
}
