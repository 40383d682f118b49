import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { InvalidInputError, quote } from '../errors.ts';
import { convertFolder } from '../sources/conversion/convert-folder.ts';
import { asConvertedType, convertedTypes, defaultConvertedType } from '../sources/conversion/converted-type.ts';
import type { TaskContext, TaskStep } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import type { InstallInput, InstallJournal } from './install-steps.ts';
import { stagingFolder } from './staging.ts';

export interface ConvertStepOptions<Input extends InstallInput, Journal extends InstallJournal> {
  applies(context: TaskContext<Input, Journal>): boolean;
  /** How the weights are to be stored, in a client's words; null for F16. */
  quantizationOf(input: Input): string | null;
}

/**
 * CONVERT: safetensors that only llama.cpp can run become a GGUF in the staging folder. The GGUF is there whole or not at all, and
 * the safetensors go only when the journal says that they are not needed: killed at any moment, the step can run again.
 */
export function convertStep<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
  { applies, quantizationOf }: ConvertStepOptions<Input, Journal>,
): TaskStep<Input, Journal> {
  return {
    name: 'CONVERT',
    applies: (context) => applies(context) && mayNeedConversion(Object.keys(context.journal.fetched ?? {})),
    run: (context) => convert(lifecycle, context, { quantization: quantizationOf(context.input), kind: 'CONVERT' }),
  };
}

/** QUANTIZE: a GGUF's weights are stored in another type, beside what it was made of: killed at any moment, the step can run again. */
export function quantizeStep<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
  { quantizationOf }: Pick<ConvertStepOptions<Input, Journal>, 'quantizationOf'>,
): TaskStep<Input, Journal> {
  return {
    name: 'QUANTIZE',
    applies: ({ input }) => quantizationOf(input) !== null,
    run: (context) => convert(lifecycle, context, { quantization: quantizationOf(context.input), kind: 'REQUANTIZE' }),
  };
}

/** Throws INVALID_INPUT for a type that weights cannot be stored in here. */
export function requireConvertedType(quantization: string | undefined): void {
  if (quantization === undefined || asConvertedType(quantization)) return;
  const message = `expected one of ${convertedTypes.join(', ')}, got ${quote(quantization)}.`;
  throw new InvalidInputError({ field: 'input.quantization', message });
}

/** By the names alone: whether there are safetensors and no GGUF, or an adapter of PEFT. The files themselves decide later. */
function mayNeedConversion(paths: readonly string[]): boolean {
  const isAdapter = paths.some((path) => path.endsWith('adapter_model.safetensors'));
  const isModel =
    paths.includes('config.json') && !paths.includes('modules.json') && paths.some((path) => /^[^/]+\.safetensors$/.test(path));
  return isAdapter || (isModel && !paths.some((path) => /\.gguf$/i.test(path)));
}

async function convert<Input extends InstallInput, Journal extends InstallJournal>(
  lifecycle: LifecycleContext,
  context: TaskContext<Input, Journal>,
  { quantization, kind }: { quantization: string | null; kind: 'CONVERT' | 'REQUANTIZE' },
): Promise<void> {
  const { input, journal, signal, taskId } = context;
  if (journal.upToDate || !journal.fetched) return;
  const folder = stagingFolder(lifecycle, taskId);
  // A GGUF that was finished right before a kill is not written down: it is made again.
  for (const name of await readdir(folder, { recursive: true }))
    if (/\.gguf$/i.test(name) && !journal.fetched[name]) await rm(join(folder, name));
  using space = new DisposableStack();
  const converted = await convertFolder({
    folder,
    name: input.name,
    type: asConvertedType(quantization) ?? defaultConvertedType,
    kind,
    requireSpace: async (needBytes) => void space.use(await lifecycle.disk.reserve(folder, needBytes)),
    onProgress: (progress) => context.report(progress),
    signal,
  });
  if (!converted) return;
  const replaced = Object.values(journal.fetched).filter(({ path }) => converted.replaced.includes(path));
  const kept = Object.values(journal.fetched).filter((file) => !replaced.includes(file));
  const fetched = Object.fromEntries([...kept, ...converted.files].map((file) => [file.path, file]));
  const madeFrom = [...(journal.madeFrom ?? []), ...replaced];
  await context.record({ fetched, madeFrom } satisfies Partial<InstallJournal> as Partial<Journal>);
  for (const { path } of replaced) await rm(join(folder, path), { force: true });
}
