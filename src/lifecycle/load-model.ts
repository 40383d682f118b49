import { InvalidInputError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { Model } from '../models/model.ts';
import { foldName } from '../models/names.ts';
import type { LoadOptions, LoadPlan, SchedulableModel } from '../scheduler/scheduler.ts';
import type { Task, TaskContext } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import { repositoryName } from './download-model.ts';
import type { FetchSource } from './fetch-source.ts';
import { type FetchInput, type FetchJournal, fetchSteps } from './fetch-steps.ts';
import { startWithToken } from './hub-token.ts';
import { requireLibrary, requireServable } from './install-steps.ts';
import { loadOptionsOf } from './load-settings.ts';
import { requireRequestedName } from './requested-name.ts';
import { inheritStaging, removeStaging } from './staging.ts';

export interface LoadModelRequest {
  name?: string | undefined;
  id?: string | undefined;
  /** Where to fetch it from when it is not stored; its repository is also the name that is looked for. */
  source?: { repository: string; revision: string } | undefined;
  downloadIfMissing: boolean;
  /** For the download, in place of the server's own. */
  token?: string | undefined;
  library?: ModelLibrary | undefined;
  options: LoadOptions;
}

interface LoadInput extends FetchInput {
  options: LoadOptions;
}

/**
 * LOAD: fetches what is missing where that was asked for, then takes the model into memory. It does not go on by itself after
 * a restart, so that a model that kills the server cannot do so again at every start.
 */
export function defineLoad(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<LoadInput, FetchJournal>('LOAD', {
    resumesByItself: false,
    steps: [
      ...fetchSteps<LoadInput>(lifecycle),
      {
        name: 'LOAD',
        run: (context) => load(lifecycle, context),
      },
    ],
    cleanUp: (context) => removeStaging(lifecycle, context.taskId),
    inherit: (from, to) => inheritStaging(lifecycle, from, to),
  });
}

/** Takes the model into memory; what had to go for it is left on the task, also where it was not enough. */
async function load(lifecycle: LifecycleContext, context: TaskContext<LoadInput, FetchJournal>): Promise<void> {
  const model = await lifecycle.catalogue.require({ name: context.input.name });
  requirePrecision(model, context.input.options);
  const notes: string[] = [];
  try {
    await lifecycle.scheduler.load(schedulable(lifecycle, model), loadOptionsOf(model, context.input.options), {
      signal: context.signal,
      onNote: (note) => notes.push(note),
    });
  } finally {
    if (notes.length > 0 && !context.signal.aborted) context.note(notes.join(' '));
  }
}

/**
 * Starts a load, or joins the one under way. For a model that is in memory already the answer is a finished task.
 * Throws MODEL_NOT_FOUND, INVALID_INPUT (also for a precision that it cannot have), NAME_TAKEN, UNSUPPORTED_MODEL for another
 * library than the expected one.
 */
export async function loadModel(
  lifecycle: LifecycleContext,
  request: LoadModelRequest,
): Promise<{ task: Task; model: Model | null; alreadyLoaded: boolean }> {
  const model = await wantedModel(lifecycle, request);
  if (model) requireLibrary(model.name, model.library, request.library ?? null);
  if (model) requirePrecision(model, request.options);
  if (
    model?.folder != null &&
    lifecycle.scheduler.plan(schedulable(lifecycle, model), loadOptionsOf(model, request.options)).alreadyLoaded
  ) {
    return { task: await finishedLoad(lifecycle, model, request), model, alreadyLoaded: true };
  }
  return { task: await startLoad(lifecycle, model, request), model, alreadyLoaded: false };
}

/** What a load would do, without doing it. */
export async function planLoad(lifecycle: LifecycleContext, request: LoadModelRequest): Promise<{ model: Model; plan: LoadPlan }> {
  const model = await lifecycle.catalogue.require(request.source ? { name: repositoryName(request.source.repository) } : request);
  if (model.folder === null) throw notInstalled(model);
  requirePrecision(model, request.options);
  return { model, plan: lifecycle.scheduler.plan(schedulable(lifecycle, model), loadOptionsOf(model, request.options)) };
}

/** INT8 weights are made from safetensors; what an ONNX file computes with was settled when it was exported. */
function requirePrecision({ name, facts }: Model, { precision }: LoadOptions): void {
  if (precision !== 'INT8' || facts?.int8MemoryBytes !== null) return;
  throw new InvalidInputError({
    field: 'input.precision',
    message: `model ${JSON.stringify(name)} runs from its own ONNX file, which cannot be made INT8 here. Load it as F32, or use a repository with model.safetensors.`,
  });
}

async function startLoad(lifecycle: LifecycleContext, model: Model | null, request: LoadModelRequest): Promise<Task> {
  const source = model?.folder != null ? null : missingSource(model, request);
  const name = model?.name ?? repositoryName(request.source?.repository ?? '');
  if (source?.type === 'hub') await requireRequestedName(lifecycle.catalogue, name, source);
  const input: LoadInput = { name, library: request.library ?? null, source, options: request.options };
  const { task } = await startWithToken(lifecycle, source === null ? undefined : request.token, {
    kind: 'LOAD',
    input,
    ...(model ? { modelId: model.id } : {}),
    workKey: `load:${foldName(name)}`,
  });
  return task;
}

/** The task that loaded it, so that asking again and again leaves no trail; a new one where history has none. */
async function finishedLoad(lifecycle: LifecycleContext, model: Model, request: LoadModelRequest): Promise<Task> {
  const { signal } = new AbortController();
  // Takes over what may change while it is in memory: pinning, keep-alive.
  await lifecycle.scheduler.load(schedulable(lifecycle, model), loadOptionsOf(model, request.options), { signal });
  const { items } = await lifecycle.tasks.list({ kind: 'LOAD', state: 'SUCCEEDED', modelId: model.id }, { limit: 1, fromEnd: true });
  if (items[0]) return items[0].item;
  const task = await startLoad(lifecycle, model, request);
  return lifecycle.tasks.settled(task.id, { timeoutMs: 10_000, signal });
}

async function wantedModel({ catalogue }: LifecycleContext, request: LoadModelRequest): Promise<Model | null> {
  const given = [request.name, request.id, request.source].filter((reference) => reference !== undefined).length;
  if (given !== 1) {
    throw new InvalidInputError({
      field: 'input.name',
      message: `expected exactly one of name, id and source, got ${given || 'none'} of them.`,
    });
  }
  if (request.source) {
    const name = repositoryName(request.source.repository);
    return request.downloadIfMissing ? catalogue.find(name) : catalogue.require({ name });
  }
  return catalogue.require(request);
}

function missingSource(model: Model | null, { source, downloadIfMissing }: LoadModelRequest): FetchSource {
  const known = source ?? (model?.source.type === 'hub' ? model.source : undefined);
  if (!downloadIfMissing || !known) {
    if (model) throw notInstalled(model);
    throw new InvalidInputError({ field: 'input.source', message: 'expected a source to download from.' });
  }
  return { type: 'hub', repository: repositoryName(known.repository), revision: known.revision };
}

function notInstalled(model: Model): InvalidInputError {
  return new InvalidInputError({
    field: 'input.downloadIfMissing',
    message: `model ${JSON.stringify(model.name)} has no files here yet. Download it with downloadModel, or set downloadIfMissing.`,
  });
}

/** As the scheduler knows it. */
export function schedulable({ catalogue }: LifecycleContext, model: Model): SchedulableModel {
  if (model.facts) requireServable(model.name, model.facts);
  return { id: model.id, name: model.name, facts: model.facts, sizeBytes: model.sizeBytes, folder: catalogue.folderOf(model) };
}
