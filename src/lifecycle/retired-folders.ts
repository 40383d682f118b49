import { rm } from 'node:fs/promises';
import type { Log } from '../log.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';

/** Folders of older revisions: they stay while a runner still has them open, and go when the last one has ended. */
export interface RetiredFolders {
  /** Removes the folder now, or once no process uses it. A crash in between is mended at the next start. */
  retire(folder: string): Promise<void>;
}

export function createRetiredFolders({ scheduler, log }: { scheduler: Scheduler; log: Log }): RetiredFolders {
  const waiting = new Set<string>();

  async function remove(folder: string): Promise<void> {
    await rm(folder, { recursive: true, force: true }).catch((error: unknown) =>
      log.warn({ err: error, folder }, 'an old revision was not removed'),
    );
  }

  scheduler.onChange(() => {
    for (const folder of [...waiting]) {
      if (scheduler.holdsFolder(folder)) continue;
      waiting.delete(folder);
      void remove(folder);
    }
  });

  return {
    async retire(folder) {
      if (!scheduler.holdsFolder(folder)) return remove(folder);
      waiting.add(folder);
    },
  };
}
