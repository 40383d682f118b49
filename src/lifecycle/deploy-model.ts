import { InvalidInputError, RunnerCrashedError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { OpenedInstall } from '../models/install.ts';
import type { Model } from '../models/model.ts';
import { checkName, foldName } from '../models/names.ts';
import type { Task, TaskContext, TaskStep } from '../tasks/task.ts';
import { convertStep, requireConvertedType } from './convert-model.ts';
import { type CustomModelRequest, readCustomModel } from './custom-settings.ts';
import type { LifecycleContext } from './dependencies.ts';
import { gatherFiles } from './gather-step.ts';
import { type InstallJournal, installStep, requireServable, verifyStep } from './install-steps.ts';
import { schedulable } from './load-model.ts';
import { loadOptionsOf } from './load-settings.ts';
import { pushStep } from './push-step.ts';
import { requireRequestedName } from './requested-name.ts';
import { takeOver } from './take-over.ts';
import { removeAll, type UnpackInput, unpackStep } from './unpack-step.ts';
import { claimUnless, nameOfFile, receiveUpload, startWithUpload, type UploadedModelFile } from './upload-model.ts';

export interface DeployModelRequest extends UploadedModelFile, Omit<CustomModelRequest, 'from' | 'adapters'> {
  /** The name that it is deployed under; default the file's. */
  name?: string | undefined;
  /** Keep what was uploaded as a model of its own too, under this name. */
  uploadName?: string | undefined;
  library?: ModelLibrary | undefined;
  quantization?: string | undefined;
  /** Equal for requests that are the same one, asked again: they get the same task, also after its end. */
  idempotencyKey?: string | undefined;
  signal: AbortSignal;
}

interface DeployInput extends UnpackInput {
  uploadName: string | null;
  quantization: string | null;
}

type Context = TaskContext<DeployInput, DeployJournal>;

interface DeployJournal extends InstallJournal {
  /** Id of the model that the upload is kept as. */
  storedId: string;
}

/**
 * DEPLOY: a client's file is unpacked, converted, checked, opened, tried, and only then takes the name: whatever fails, the model that
 * had the name before goes on. Every step can be tried again. Goes on by itself after a restart.
 */
export function defineDeploy(lifecycle: LifecycleContext): void {
  const isStored = ({ input }: Context) => input.uploadName !== null;
  lifecycle.tasks.define<DeployInput, DeployJournal>('DEPLOY', {
    resumesByItself: true,
    concurrency: 2,
    steps: [
      unpackStep<DeployInput, DeployJournal>(lifecycle),
      convertStep<DeployInput, DeployJournal>(lifecycle, { applies: () => true, quantizationOf: ({ quantization }) => quantization }),
      verifyWhole(lifecycle),
      { name: 'STORE', applies: isStored, run: (context) => store(lifecycle, context) },
      { name: 'GATHER', applies: isStored, run: (context) => gather(lifecycle, context) },
      pushStep<DeployInput, DeployJournal>(lifecycle),
      installStep<DeployInput, DeployJournal>(lifecycle, {
        applies: () => true,
        open: (context, opening) => openAndTry(lifecycle, context, opening),
      }),
      { name: 'LOAD', weight: 2, run: (context) => load(lifecycle, context) },
      { name: 'TRY', run: (context) => tryModel(lifecycle, context) },
    ],
    cleanUp: ({ taskId, input }) => removeAll(lifecycle, { taskId, uploadId: input.uploadId }),
  });
}

/** VERIFY, which here also refuses what can be stored and not served. */
function verifyWhole(lifecycle: LifecycleContext): TaskStep<DeployInput, DeployJournal> {
  const verify = verifyStep<DeployInput, DeployJournal>(lifecycle, () => true);
  return {
    ...verify,
    async run(context) {
      await verify.run(context);
      if (context.journal.facts) requireServable(context.input.name, context.journal.facts);
    },
  };
}

/** Keeps the upload as a model of its own. */
async function store(lifecycle: LifecycleContext, context: Context): Promise<void> {
  const { input, journal } = context;
  const name = input.uploadName ?? input.name;
  const { settings: _settings, ...asUploaded } = input;
  const step = installStep<DeployInput, DeployJournal>(lifecycle, {
    applies: () => true,
    open: (_, opening) => takeOver(lifecycle, context, opening),
  });
  await step.run({ ...context, input: { ...asUploaded, name }, journal, setModel: async () => {} });
  const stored = await lifecycle.catalogue.require({ name });
  await context.record({ storedId: stored.id });
}

async function gather(lifecycle: LifecycleContext, context: Context): Promise<void> {
  const { input, journal, taskId, signal } = context;
  await lifecycle.claims.hold(input.name, taskId, signal);
  const base = await lifecycle.catalogue.require({ id: journal.storedId ?? '' });
  const { files } = await gatherFiles(lifecycle, context, { base, adapters: [] });
  await context.record({
    fetched: Object.fromEntries(files.map((file) => [file.path, file])),
    source: { type: 'created', from: base.name },
  });
}

/** The new folder answers before it has the name. Where the name is in memory, it takes over without a refused request. */
async function openAndTry(lifecycle: LifecycleContext, context: Context, opening: OpenedInstall): Promise<void> {
  const { scheduler } = lifecycle;
  const { model, folder, commit } = opening;
  if (scheduler.loadedIds().includes(model.id)) return takeOver(lifecycle, context, opening);
  const { id, name, facts, sizeBytes } = model;
  const notes: string[] = [];
  try {
    await scheduler.load({ id, name, facts, sizeBytes, folder }, loadOptionsOf(model, {}), {
      signal: context.signal,
      onNote: (note) => notes.push(note),
    });
    await requireAnswer(lifecycle, model, context.signal);
    await commit();
  } catch (error) {
    await scheduler.unload(id);
    throw error;
  }
  if (notes.length > 0) context.note(notes.join(' '));
}

async function load(lifecycle: LifecycleContext, { input, signal }: Context): Promise<void> {
  const model = await lifecycle.catalogue.require({ name: input.name });
  await lifecycle.scheduler.load(schedulable(lifecycle, model), loadOptionsOf(model, {}), { signal });
}

async function tryModel(lifecycle: LifecycleContext, context: Context): Promise<void> {
  // After a restart nothing is in memory, though the step before is done.
  await load(lifecycle, context);
  const model = await lifecycle.catalogue.require({ name: context.input.name });
  await requireAnswer(lifecycle, model, context.signal);
}

/** One real, tiny inference. */
async function requireAnswer(
  { scheduler }: LifecycleContext,
  { id, name }: Pick<Model, 'id' | 'name'>,
  signal: AbortSignal,
): Promise<void> {
  if (await scheduler.probe(id, signal)) return;
  throw new RunnerCrashedError({
    model: name,
    detail: 'it was opened, but does not answer',
    advice: 'Try the task again, or check the files.',
  });
}

/** Starts a deployment, or answers the one with the same key. Throws INVALID_INPUT, NAME_TAKEN, INSUFFICIENT_DISK. */
export async function deployModel(lifecycle: LifecycleContext, request: DeployModelRequest): Promise<Task> {
  const workKey = request.idempotencyKey === undefined ? null : `deploy-key:${checkKey(request.idempotencyKey)}`;
  const before = workKey === null ? null : await lifecycle.tasks.findByWorkKey(workKey);
  if (before) return before;
  const { settings, adapters, from } = readCustomModel(request);
  if (from !== null || adapters.length > 0) {
    throw new InvalidInputError({ field: 'input.modelfile', message: 'FROM and ADAPTER are what is uploaded; leave them out.' });
  }
  requireConvertedType(request.quantization);
  const received = await receiveUpload(lifecycle, request);
  const { uploadId, fileName, name, uploadName } = await claimUnless(lifecycle, request, received, () =>
    checkNames(lifecycle, request, received.fileName),
  );
  const input: DeployInput = {
    name,
    uploadName,
    library: request.library ?? null,
    uploadId,
    fileName,
    quantization: request.quantization ?? null,
    settings,
    custom: true,
  };
  return startWithUpload(lifecycle, uploadId, { kind: 'DEPLOY', input, ...(workKey === null ? {} : { workKey }) });
}

/** The name that it is served under, and the one that it is kept under; null where they are one. Throws INVALID_INPUT, NAME_TAKEN. */
async function checkNames({ catalogue }: LifecycleContext, request: DeployModelRequest, fileName: string | null) {
  const name = request.name ?? nameOfFile(fileName);
  const source = { type: 'upload', fileName } as const;
  await requireRequestedName(catalogue, name, source);
  const uploadName = request.uploadName === undefined || foldName(request.uploadName) === foldName(name) ? null : request.uploadName;
  if (uploadName !== null) {
    checkName(uploadName, 'input.uploadName');
    await requireRequestedName(catalogue, uploadName, source);
  }
  return { name, uploadName };
}

function checkKey(key: string): string {
  if (key.length > 0 && key.length <= 200) return key;
  throw new InvalidInputError({ field: 'input.idempotencyKey', message: `expected 1 to 200 characters, got ${key.length}.` });
}
