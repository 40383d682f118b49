import { mkdir } from 'node:fs/promises';
import { basename } from 'node:path';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import { foldName } from '../models/names.ts';
import { ownChoice } from '../sources/file-choice.ts';
import { copyFolder } from '../sources/folder.ts';
import type { Task, TaskContext } from '../tasks/task.ts';
import { convertStep } from './convert-model.ts';
import type { LifecycleContext } from './dependencies.ts';
import { type InstallInput, type InstallJournal, installSteps } from './install-steps.ts';
import { requireRequestedName } from './requested-name.ts';
import { removeStaging, stagingFolder } from './staging.ts';

export interface ImportModelRequest {
  /** A folder on the server, below one of `IMPORT_ROOTS`. */
  path: string;
  /** Default: the folder's name. */
  name?: string | undefined;
  library?: ModelLibrary | undefined;
  /** Which GGUF, where there are several, or how the weights of one are stored that is made of safetensors. */
  quantization?: string | undefined;
}

interface ImportInput extends InstallInput {
  path: string;
  quantization: string | null;
}

/** IMPORT: a folder on the server is copied, verified, installed. Copied, so that nobody's editor changes a served model. */
export function defineImport(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<ImportInput, InstallJournal>('IMPORT', {
    resumesByItself: true,
    steps: [
      { name: 'COPY', weight: 4, run: (context) => copy(lifecycle, context) },
      convertStep<ImportInput, InstallJournal>(lifecycle, { applies: () => true, quantizationOf: ({ quantization }) => quantization }),
      ...installSteps<ImportInput, InstallJournal>(lifecycle, () => true),
    ],
    cleanUp: (context) => removeStaging(lifecycle, context.taskId),
  });
}

async function copy(lifecycle: LifecycleContext, context: TaskContext<ImportInput, InstallJournal>): Promise<void> {
  const { input, taskId, signal } = context;
  await lifecycle.claims.hold(input.name, taskId, signal);
  const folder = stagingFolder(lifecycle, taskId);
  await mkdir(folder, { recursive: true });
  using space = new DisposableStack();
  const fetched = await copyFolder({
    path: input.path,
    roots: lifecycle.config.importRoots,
    target: folder,
    isBuiltArchitecture: lifecycle.isBuiltArchitecture,
    choice: { ...ownChoice, quantization: input.quantization ?? null },
    requireSpace: async (needBytes) => void space.use(await lifecycle.disk.reserve(folder, needBytes)),
    signal,
    onProgress: (progress) => context.report(progress),
  });
  await context.record({
    fetched: Object.fromEntries(fetched.map((file) => [file.path, file])),
    source: { type: 'folder' },
    revision: null,
  });
}

/** Starts an import, or joins the one of the same folder and name. Throws INVALID_INPUT, NAME_TAKEN. */
export async function importModel(lifecycle: LifecycleContext, request: ImportModelRequest): Promise<Task> {
  const name = request.name ?? basename(request.path);
  await requireRequestedName(lifecycle.catalogue, name, { type: 'folder' });
  const input: ImportInput = { name, path: request.path, library: request.library ?? null, quantization: request.quantization ?? null };
  const { task } = await lifecycle.tasks.start({
    kind: 'IMPORT',
    input,
    workKey: `import:${foldName(name)}:${request.path}:${request.quantization ?? ''}`,
  });
  return task;
}
