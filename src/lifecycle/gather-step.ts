import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError, UnsupportedModelError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { linkFile } from '../sources/link-file.ts';
import type { FetchedFile } from '../sources/source.ts';
import type { TaskContext } from '../tasks/task.ts';
import type { AdapterReference } from './custom-settings.ts';
import type { LifecycleContext } from './dependencies.ts';
import type { InstallInput, InstallJournal } from './install-steps.ts';
import { stagingFolder } from './staging.ts';

/**
 * The files of a stored model and of adapters beside it, in the task's own folder: second names for the same bytes, nothing is copied. Answers
 * what is there, and the scale of each adapter by the file that it will be. Throws MODEL_NOT_FOUND, INVALID_INPUT, UNSUPPORTED_MODEL.
 */
export async function gatherFiles<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
  { taskId }: Pick<TaskContext<Input, Journal>, 'taskId'>,
  { base, adapters }: { base: Model; adapters: readonly AdapterReference[] },
): Promise<{ files: FetchedFile[]; adapterScales: Record<string, number> }> {
  const target = stagingFolder(lifecycle, taskId);
  await rm(target, { recursive: true, force: true });
  const files: FetchedFile[] = [];
  const adapterScales: Record<string, number> = {};

  async function take(model: Model, rename: (path: string) => string): Promise<void> {
    const folder = lifecycle.catalogue.folderOf(model);
    for (const file of model.files) {
      const path = rename(file.path);
      await linkFile(join(folder, file.path), { folder: target, path });
      files.push({ ...file, path });
    }
  }

  await take(base, (path) => path);
  for (const [index, { model: name, scale }] of adapters.entries()) {
    const adapter = await lifecycle.catalogue.require({ name });
    requireAdapter(adapter);
    const folder = `adapter-${index + 1}`;
    const isPeft = adapter.files.some(({ path }) => path.endsWith('adapter_config.json'));
    await take(adapter, (path) => (isPeft ? `${folder}/${path.slice(path.lastIndexOf('/') + 1)}` : `${folder}-lora.gguf`));
    // What a folder of PEFT becomes; see `planConversion`.
    adapterScales[`${folder}-lora.gguf`] = scale;
  }
  return { files, adapterScales };
}

function requireAdapter({ name, facts, folder }: Model): void {
  if (folder === null) throw new InvalidInputError({ field: 'input.adapters', message: `${JSON.stringify(name)} has no files here yet.` });
  if (facts?.architecture === 'LoRA') return;
  throw new UnsupportedModelError({
    reason: `${JSON.stringify(name)} is no LoRA adapter.`,
    remedy: 'Upload the adapter (a PEFT folder or a LoRA GGUF) as a model of its own, and name that.',
  });
}
