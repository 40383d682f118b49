import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { ChecksumMismatchError } from '../errors.ts';
import type { Task, TaskContext } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';

/** The longest list of files that a message has. */
const mostNamed = 20;

/** VERIFY: reads every file of a model again and compares it with the sha256 that it was installed with. */
export function defineVerify(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<object, object>('VERIFY', {
    resumesByItself: true,
    concurrency: 1,
    canPause: true,
    steps: [{ name: 'HASH', run: (context) => hashFiles(lifecycle, context) }],
  });
}

/** Starts to verify a model, or joins whoever does. Throws MODEL_NOT_FOUND, INVALID_INPUT for one without files. */
export async function verifyModel(
  lifecycle: LifecycleContext,
  request: { name?: string | undefined; id?: string | undefined },
): Promise<Task> {
  const model = await lifecycle.catalogue.require(request);
  lifecycle.catalogue.folderOf(model);
  const { task } = await lifecycle.tasks.start({ kind: 'VERIFY', input: {}, modelId: model.id, workKey: `verify:${model.id}` });
  return task;
}

/** Fails with CHECKSUM_MISMATCH where a file differs; the step's note names them all. */
async function hashFiles({ catalogue, transfers }: LifecycleContext, context: TaskContext<object, object>): Promise<void> {
  const { modelId, signal } = context;
  const model = await catalogue.require({ id: modelId ?? '' });
  const folder = catalogue.folderOf(model);
  const wrong: { path: string; expected: string; actual: string }[] = [];
  let doneBytes = 0;
  for (const [index, { path, sizeBytes, sha256 }] of model.files.entries()) {
    signal.throwIfAborted();
    const actual = await digestOf(join(folder, path), { sizeBytes, digest: (file) => transfers.digest(file, sizeBytes, signal) });
    if (actual !== sha256) wrong.push({ path, expected: `sha256 ${sha256}`, actual });
    doneBytes += sizeBytes;
    context.report({ doneBytes, totalBytes: model.sizeBytes, files: { done: index + 1, total: model.files.length } });
  }
  const [first] = wrong;
  if (!first) return context.note(`All ${model.files.length} files are as they were installed.`);
  const named = wrong
    .slice(0, mostNamed)
    .map(({ path }) => path)
    .join(', ');
  const more = wrong.length > mostNamed ? ' and others' : '';
  context.note(
    `${wrong.length} of ${model.files.length} files differ from what was installed: ${named}${more}. Delete the files and download them again.`,
  );
  throw new ChecksumMismatchError({ file: named + more, expected: first.expected, actual: first.actual });
}

async function digestOf(
  path: string,
  { sizeBytes, digest }: { sizeBytes: number; digest: (path: string) => Promise<string> },
): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) return 'no file';
  return found.size === sizeBytes ? await digest(path) : `${found.size} bytes in place of ${sizeBytes}`;
}
