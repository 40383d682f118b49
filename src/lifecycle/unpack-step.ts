import { InvalidArchiveError, InvalidModelFileError, UnsupportedModelError } from '../errors.ts';
import { unpackUpload } from '../sources/unpack-upload.ts';
import type { TaskContext, TaskStep } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import type { InstallInput, InstallJournal } from './install-steps.ts';
import { removeStaging, stagingFolder } from './staging.ts';

/** What a task that works on a client's file must have in its input. */
export interface UnpackInput extends InstallInput {
  /** Of an upload that the task has claimed. */
  uploadId: string;
  fileName: string | null;
}

/** UNPACK: the client's file becomes the files of a model, in the task's own folder. Killed half-way, it begins anew. */
export function unpackStep<Input extends UnpackInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
): TaskStep<Input, Journal> {
  return {
    name: 'UNPACK',
    weight: 4,
    async run(context: TaskContext<Input, Journal>) {
      const { input, taskId, signal, journal } = context;
      // Killed right after it was done.
      if (journal.fetched) return lifecycle.uploads.release(input.uploadId);
      await lifecycle.claims.hold(input.name, taskId, signal);
      const target = stagingFolder(lifecycle, taskId);
      using space = new DisposableStack();
      const files = await unpackUpload({
        file: lifecycle.uploads.claimedFile(input.uploadId),
        fileName: input.fileName,
        target,
        isBuiltArchitecture: lifecycle.isBuiltArchitecture,
        requireSpace: async (needBytes) => void space.use(await lifecycle.disk.reserve(lifecycle.uploads.folder, needBytes)),
        signal,
        onProgress: (progress) => context.report(progress),
      }).catch(async (error: unknown) => {
        // No second try makes a model of it.
        if (isHopeless(error)) await removeAll(lifecycle, { taskId, uploadId: input.uploadId });
        throw error;
      });
      await context.record({
        fetched: Object.fromEntries(files.map((file) => [file.path, file])),
        source: { type: 'upload', fileName: input.fileName },
        revision: null,
      } satisfies Partial<InstallJournal> as Partial<Journal>);
      // What is unpacked is in the journal: the upload itself is not needed again.
      await lifecycle.uploads.release(input.uploadId);
    },
  };
}

/** Throws away what a task had of a client's file. */
export async function removeAll(lifecycle: LifecycleContext, { taskId, uploadId }: { taskId: string; uploadId: string }): Promise<void> {
  await removeStaging(lifecycle, taskId);
  await lifecycle.uploads.release(uploadId);
}

function isHopeless(error: unknown): boolean {
  return error instanceof InvalidArchiveError || error instanceof InvalidModelFileError || error instanceof UnsupportedModelError;
}
