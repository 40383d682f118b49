import { rm } from 'node:fs/promises';
import type { Log } from '../log.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';

/** Folders of older revisions: they stay while a runner still has them open, and go when the model is unloaded. */
export interface RetiredFolders {
  /** Removes the folder now, or once the model leaves memory. A crash in between is mended at the next start. */
  retire(modelId: string, folder: string): Promise<void>;
}

export function createRetiredFolders({ scheduler, log }: { scheduler: Scheduler; log: Log }): RetiredFolders {
  const waiting = new Map<string, string[]>();

  async function remove(folders: string[]): Promise<void> {
    for (const folder of folders) {
      await rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
        log.warn({ err: error, folder }, 'an old revision was not removed'),
      );
    }
  }

  scheduler.onChange((modelId) => {
    const folders = waiting.get(modelId);
    if (!folders || scheduler.runtime(modelId) !== null) return;
    waiting.delete(modelId);
    void remove(folders);
  });

  return {
    async retire(modelId, folder) {
      if (scheduler.runtime(modelId) === null) return remove([folder]);
      waiting.set(modelId, [...(waiting.get(modelId) ?? []), folder]);
    },
  };
}
