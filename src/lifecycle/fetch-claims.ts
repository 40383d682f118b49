import { foldName } from '../models/names.ts';
import { waitOrAbort } from '../scheduler/abort.ts';

/**
 * At most one task at a time fetches the files of a name. A second one (a LOAD beside a DOWNLOAD, say) waits for the first,
 * and then finds the model installed instead of fetching the same bytes again.
 */
export interface FetchClaims {
  /** Waits until the name is free and takes it; at once where the task holds it already. Throws CANCELED when aborted. */
  hold(name: string, taskId: string, signal: AbortSignal): Promise<void>;
  /** The task that fetches files for the name now; null for none. */
  holderOf(name: string): string | null;
  /** Gives up whatever the task holds. */
  release(taskId: string): void;
}

export function createFetchClaims(): FetchClaims {
  const holders = new Map<string, { taskId: string; released: PromiseWithResolvers<void> }>();

  return {
    async hold(name, taskId, signal) {
      const key = foldName(name);
      for (let holder = holders.get(key); holder && holder.taskId !== taskId; holder = holders.get(key)) {
        await waitOrAbort(holder.released.promise, signal, `Fetching ${name}`);
      }
      if (!holders.has(key)) holders.set(key, { taskId, released: Promise.withResolvers() });
    },

    holderOf: (name) => holders.get(foldName(name))?.taskId ?? null,

    release(taskId) {
      for (const [key, holder] of holders) {
        if (holder.taskId !== taskId) continue;
        holders.delete(key);
        holder.released.resolve();
      }
    },
  };
}
