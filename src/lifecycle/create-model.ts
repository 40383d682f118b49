import { InvalidInputError, UnsupportedModelError } from '../errors.ts';
import type { Model } from '../models/model.ts';
import { foldName } from '../models/names.ts';
import type { Task, TaskContext } from '../tasks/task.ts';
import { convertStep, quantizeStep, requireConvertedType } from './convert-model.ts';
import { type AdapterReference, type CustomModelRequest, readCustomModel } from './custom-settings.ts';
import type { LifecycleContext } from './dependencies.ts';
import { gatherFiles } from './gather-step.ts';
import { type InstallInput, type InstallJournal, installStep, verifyStep } from './install-steps.ts';
import { pushStep } from './push-step.ts';
import { requireRequestedName } from './requested-name.ts';
import { removeStaging } from './staging.ts';
import { takeOver } from './take-over.ts';

export interface CreateModelRequest extends CustomModelRequest {
  name: string;
  /** Store the weights in another type: F32, F16, BF16 or Q8_0. */
  quantization?: string | undefined;
}

interface CreateInput extends InstallInput {
  fromId: string;
  /** Its name when this began. */
  from: string;
  adapters: readonly AdapterReference[];
  quantization: string | null;
}

/** CREATE: a custom model from a stored one, with adapters and settings. Its files are the stored one's: nothing is copied. */
export function defineCreate(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<CreateInput, InstallJournal>('CREATE', {
    resumesByItself: true,
    steps: [
      { name: 'GATHER', run: (context) => gather(lifecycle, context) },
      convertStep<CreateInput, InstallJournal>(lifecycle, { applies: () => true, quantizationOf: () => null }),
      quantizeStep<CreateInput, InstallJournal>(lifecycle, { quantizationOf: ({ quantization }) => quantization }),
      verifyStep<CreateInput, InstallJournal>(lifecycle, () => true),
      pushStep<CreateInput, InstallJournal>(lifecycle),
      installStep<CreateInput, InstallJournal>(lifecycle, {
        applies: () => true,
        open: (context, opening) => takeOver(lifecycle, context, opening),
      }),
    ],
    cleanUp: (context) => removeStaging(lifecycle, context.taskId),
  });
}

async function gather(lifecycle: LifecycleContext, context: TaskContext<CreateInput, InstallJournal>): Promise<void> {
  const { input, taskId, signal } = context;
  await lifecycle.claims.hold(input.name, taskId, signal);
  const base = await lifecycle.catalogue.require({ id: input.fromId });
  const { files, adapterScales } = await gatherFiles(lifecycle, context, { base, adapters: input.adapters });
  await context.record({
    fetched: Object.fromEntries(files.map((file) => [file.path, file])),
    source: { type: 'created', from: base.name },
    revision: null,
    settings: { ...input.settings, ...(Object.keys(adapterScales).length > 0 ? { adapterScales } : {}) },
  });
}

/** Starts to make a custom model. Throws MODEL_NOT_FOUND, INVALID_INPUT, NAME_TAKEN, UNSUPPORTED_MODEL. */
export async function createModel(lifecycle: LifecycleContext, request: CreateModelRequest): Promise<Task> {
  const { from, adapters, settings } = readCustomModel(request);
  if (from === null)
    throw new InvalidInputError({
      field: 'input.from',
      message: 'expected the model that it is made from, here or as FROM of the Modelfile.',
    });
  requireConvertedType(request.quantization);
  const base = await lifecycle.catalogue.require({ name: from });
  requireBase(base, adapters.length > 0 || request.quantization !== undefined);
  for (const { model } of adapters) await lifecycle.catalogue.require({ name: model });
  await requireRequestedName(lifecycle.catalogue, request.name, { type: 'created', from: base.name });
  // What it is made from has settings of its own, such as the adapters that were put on it.
  const input: CreateInput = {
    name: request.name,
    library: null,
    fromId: base.id,
    from: base.name,
    adapters,
    quantization: request.quantization ?? null,
    settings: { ...base.settings, ...settings },
    custom: true,
  };
  const { task } = await lifecycle.tasks.start({
    kind: 'CREATE',
    input,
    workKey: `create:${foldName(request.name)}:${JSON.stringify(input)}`,
  });
  return task;
}

function requireBase({ name, folder, facts }: Model, mustBeGguf: boolean): void {
  if (folder === null) throw new InvalidInputError({ field: 'input.from', message: `${JSON.stringify(name)} has no files here yet.` });
  if (!mustBeGguf || facts?.library === 'LLAMA_CPP') return;
  throw new UnsupportedModelError({
    reason: `Adapters and quantization are for GGUF models, and ${JSON.stringify(name)} is of ${facts?.library}.`,
    remedy: 'Upload a language model as GGUF or as safetensors, which become one.',
  });
}
