import { InvalidInputError, ModelBusyError, ModelNotFoundError, NameTakenError, UnsupportedModelError } from '../../errors.ts';
import type { LoadModelRequest } from '../../lifecycle/load-model.ts';
import type { Model } from '../../models/model.ts';
import type { LoadPlan } from '../../scheduler/scheduler.ts';
import type { Task } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { generationOptions } from './generation-load.ts';
import { hubSource, LoadModelInput } from './inputs.ts';
import { ModelRef, modelReference } from './model.ts';
import { TaskRef } from './task.ts';

const LoadModelPayload = builder.objectRef<{ task: Task; model: Model | null; alreadyLoaded: boolean }>('LoadModelPayload').implement({
  description: 'A load that was started, or joined, or has been done before.',
  fields: (t) => ({
    task: t.expose('task', { type: TaskRef, description: 'The task; a finished one where the model is in memory already.' }),
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model; null while it is still to be fetched.' }),
    alreadyLoaded: t.exposeBoolean('alreadyLoaded', { description: 'Whether it was in memory already.' }),
  }),
});

builder.mutationField('loadModel', (t) =>
  t.field({
    type: LoadModelPayload,
    nullable: true,
    errors: { types: [InvalidInputError, ModelNotFoundError, NameTakenError, UnsupportedModelError, ModelBusyError] },
    description: 'Takes a model into memory, as a task; with `source` and `downloadIfMissing` the same task fetches it first.',
    args: { input: t.arg({ type: LoadModelInput, required: true, description: 'Which model, and how.' }) },
    resolve: (_, { input }, { services }) => services.lifecycle.loadModel(toRequest(input)),
  }),
);

type Eviction = LoadPlan['evictions'][number];

const EvictionRef = builder.objectRef<Eviction>('Eviction').implement({
  description: 'A model that would be unloaded to make room.',
  fields: (t) => ({
    model: t.field({
      type: ModelRef,
      nullable: true,
      description: 'The model.',
      resolve: ({ modelId }, _, { loaders }) => loaders.model.load(modelId),
    }),
    freesBytes: t.expose('freesBytes', { type: 'SafeInt', description: 'Memory that this gives back, in bytes.' }),
    reason: t.exposeString('reason', { description: 'Why it is this one.' }),
  }),
});

const LoadPlanRef = builder.objectRef<{ model: Model; plan: LoadPlan }>('LoadPlan').implement({
  description: 'What loading a model would do now.',
  fields: (t) => ({
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model.' }),
    fits: t.boolean({ description: 'Whether it would be loaded.', resolve: ({ plan }) => plan.fits }),
    needBytes: t.field({ type: 'SafeInt', description: 'Memory that it needs, in bytes.', resolve: ({ plan }) => plan.needBytes }),
    freeBytes: t.field({ type: 'SafeInt', description: 'Memory that is free, in bytes.', resolve: ({ plan }) => plan.freeBytes }),
    alreadyLoaded: t.boolean({ description: 'Whether it is in memory already.', resolve: ({ plan }) => plan.alreadyLoaded }),
    evictions: t.field({
      type: [EvictionRef],
      description: 'Models that would be unloaded for it.',
      resolve: ({ plan }) => plan.evictions,
    }),
    reason: t.string({
      nullable: true,
      description: 'Why it would not be loaded; null when it would.',
      resolve: ({ plan }) => plan.reason,
    }),
  }),
});

builder.queryField('planLoad', (t) =>
  t.field({
    type: LoadPlanRef,
    nullable: true,
    description: 'What `loadModel` would do with a stored model, without doing it.',
    args: { input: t.arg({ type: LoadModelInput, required: true, description: 'Which model, and how.' }) },
    resolve: (_, { input }, { services }) => services.lifecycle.planLoad(toRequest(input)),
  }),
);

function toRequest({
  source,
  downloadIfMissing,
  token,
  library,
  pinned,
  keepAliveSeconds,
  instances,
  threads,
  precision,
  fast,
  generation,
  evict,
  ...reference
}: typeof LoadModelInput.$inferInput): LoadModelRequest {
  inRange('input.instances', instances, 1, 64);
  inRange('input.threads', threads, 1, 256);
  inRange('input.keepAliveSeconds', keepAliveSeconds, -1, 10 * 365 * 24 * 3600);
  return {
    ...modelReference(reference),
    source: hubSource(source),
    downloadIfMissing: downloadIfMissing ?? false,
    token: token ?? undefined,
    library: library ?? undefined,
    options: {
      pinned: pinned ?? undefined,
      evict: evict ?? undefined,
      keepAliveSeconds: keepAliveSeconds === -1 ? null : (keepAliveSeconds ?? undefined),
      instances: instances ?? undefined,
      threads: threads ?? undefined,
      precision: precision ?? undefined,
      fast: fast ?? undefined,
      generation: generationOptions(generation),
    },
  };
}

function inRange(field: string, value: number | null | undefined, least: number, most: number): void {
  if (value == null || (value >= least && value <= most)) return;
  throw new InvalidInputError({ field, message: `expected ${least} to ${most}, got ${value}.` });
}
