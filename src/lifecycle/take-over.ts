import { CanceledError } from '../errors.ts';
import type { OpenedInstall } from '../models/install.ts';
import type { SchedulableModel } from '../scheduler/scheduler.ts';
import type { LifecycleContext } from './dependencies.ts';

/**
 * Installs a revision without a moment at which entry and process disagree. Where the one before is in memory, the new one is
 * opened from its folder first, then it becomes the entry's, then the next request is its: a revision that does not open, or a
 * cancel, changes nothing, also for the time after a restart, and a client that has seen the new entry is never answered by the
 * old process. (Were the entry first, all of it would tell of a model that nobody serves yet, or that cannot be served at all.)
 * Throws what opening throws, CANCELED.
 */
export async function takeOver(
  { scheduler }: LifecycleContext,
  context: { signal: AbortSignal; note(text: string): void },
  { model, folder, commit }: OpenedInstall,
): Promise<void> {
  const { id, name, facts, sizeBytes } = model;
  const newer: SchedulableModel = { id, name, facts, sizeBytes, folder };
  const notes: string[] = [];
  const loading = { signal: context.signal, onNote: (note: string) => void notes.push(note) };
  for (;;) {
    try {
      if (await scheduler.takeOver(newer, { ...loading, commit })) notes.push('It took over from the revision that was in memory.');
      else await commit();
      break;
    } catch (error) {
      // Somebody unloaded the model meanwhile, so there is nothing to take over from.
      if (!(error instanceof CanceledError) || context.signal.aborted) throw error;
    }
  }
  if (notes.length > 0) context.note(notes.join(' '));
}
