import { UnsupportedModelError } from '../errors.ts';
import type { CheckpointFacts, ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { OpenedInstall } from '../models/install.ts';
import type { ModelSettings, ModelSource } from '../models/model.ts';
import type { FetchedFile } from '../sources/source.ts';
import type { TaskContext, TaskStep } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import { removeStaging, stagingFolder } from './staging.ts';
import { takeOver } from './take-over.ts';

/** What a task that brings files must have in its input. */
export interface InstallInput {
  /** Name that the model gets. */
  name: string;
  /** The library that the caller expects; null takes any. */
  library: ModelLibrary | null;
  /** Whether a client made the model; left out, it is as it was before. */
  custom?: boolean;
  /** What it does unless a request says otherwise; left out, as it was before. */
  settings?: ModelSettings;
}

/** What the steps before have recorded, and these add. */
export interface InstallJournal {
  fetched: Record<string, FetchedFile>;
  source: ModelSource;
  revision: string | null;
  facts: CheckpointFacts;
  /** Where a step settled them; else those of the input count. */
  settings: ModelSettings;
  /** What was fetched and then turned into other files, where that was done. */
  madeFrom: FetchedFile[];
  /** The wanted revision is installed already: nothing is to be fetched. */
  upToDate: boolean;
}

type Applies<Input extends InstallInput, Journal extends InstallJournal> = (context: TaskContext<Input, Journal>) => boolean;

/** VERIFY and INSTALL, as most tasks that bring files need them. */
export function installSteps<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
  applies: Applies<Input, Journal>,
): TaskStep<Input, Journal>[] {
  return [
    verifyStep(lifecycle, applies),
    installStep(lifecycle, { applies, open: (context, opening) => takeOver(lifecycle, context, opening) }),
  ];
}

/** VERIFY reads the staged files in a process of their own. */
export function verifyStep<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
  applies: Applies<Input, Journal>,
): TaskStep<Input, Journal> {
  return {
    name: 'VERIFY',
    applies,
    async run(context) {
      if (context.journal.upToDate) return;
      const facts = await lifecycle.scheduler.inspect(stagingFolder(lifecycle, context.taskId), context.signal);
      requireLibrary(context.input.name, facts.library, context.input.library);
      const madeFrom = context.journal.madeFrom?.map(({ path, sha256 }) => ({ path, sha256 }));
      await context.record({ facts: madeFrom ? { ...facts, madeFrom } : facts } as Partial<Journal>);
    },
  };
}

/** INSTALL makes the staged files a model, all at once: on disk, and as `open` does it in memory; it has to commit. */
export function installStep<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
  {
    applies,
    open,
  }: { applies: Applies<Input, Journal>; open: (context: TaskContext<Input, Journal>, opening: OpenedInstall) => Promise<void> },
): TaskStep<Input, Journal> {
  return {
    name: 'INSTALL',
    applies,
    async run(context) {
      const { facts, fetched, source, upToDate } = context.journal;
      if (upToDate || !facts || !fetched || !source) return;
      const before = await lifecycle.catalogue.find(context.input.name);
      if (before) await context.setModel(before.id);
      const { model, retiredFolder } = await lifecycle.catalogue.install({
        name: context.input.name,
        stagingFolder: stagingFolder(lifecycle, context.taskId),
        facts,
        files: Object.values(fetched),
        source,
        revision: context.journal.revision ?? null,
        custom: context.input.custom,
        settings: context.journal.settings ?? context.input.settings,
        takeOver: (opening) => open(context, opening),
      });
      await context.setModel(model.id);
      if (retiredFolder) await lifecycle.retiredFolders.retire(retiredFolder);
      // The journals of what was fetched, and the folder itself.
      await removeStaging(lifecycle, context.taskId);
      lifecycle.claims.release(context.taskId);
    },
  };
}

/** Throws UNSUPPORTED_MODEL when the checkpoint is not of the library that the caller named. */
export function requireLibrary(name: string, actual: ModelLibrary | null, expected: ModelLibrary | null): void {
  if (expected === null || actual === null || actual === expected) return;
  throw new UnsupportedModelError({
    reason: `${JSON.stringify(name)} is a ${actual} checkpoint, not ${expected}.`,
    remedy: `Ask for library ${actual}, or leave the library out.`,
  });
}

/** Throws UNSUPPORTED_MODEL for an adapter alone, which can do nothing without a model. */
export function requireServable(name: string, { architecture }: Pick<CheckpointFacts, 'architecture'>): void {
  if (architecture !== 'LoRA') return;
  throw new UnsupportedModelError({
    reason: `${JSON.stringify(name)} is a LoRA adapter, which does nothing alone.`,
    remedy: 'Upload it, and name it among the adapters of createModel; or pack it together with its model.',
  });
}
