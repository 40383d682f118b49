import type { ModelRuntime } from '../../scheduler/scheduler.ts';
import { builder } from '../builder.ts';
import { ErrorInterface, errorValue } from '../errors.ts';
import { PrecisionEnum, RuntimeStateEnum } from './enums.ts';
import { ModelRef } from './model.ts';

const ModelRuntimeRef = builder.objectRef<ModelRuntime>('ModelRuntime').implement({
  description: 'A model in memory.',
  fields: (t) => ({
    state: t.expose('state', { type: RuntimeStateEnum, description: 'Where it stands.' }),
    instances: t.exposeInt('instances', { description: 'How many processes run it.' }),
    memoryBytes: t.expose('memoryBytes', { type: 'SafeInt', description: 'Memory of those processes, in bytes.' }),
    queueDepth: t.exposeInt('queueDepth', { description: 'How many requests wait.' }),
    keepAliveUntil: t.expose('keepAliveUntil', {
      type: 'DateTime',
      nullable: true,
      description: 'When it leaves memory if nobody uses it; null for never.',
    }),
    pinned: t.exposeBoolean('pinned', { description: 'Whether it is never evicted.' }),
    precision: t.expose('precision', { type: PrecisionEnum, description: 'How its weights are kept in memory.' }),
    batchInvariant: t.boolean({
      description:
        'Whether it is promised that a text has the same vector, to 1e-5, whatever shares its batch: so it is in F32, and not in INT8.',
      resolve: ({ precision }) => precision === 'F32',
    }),
    lastUsedAt: t.expose('lastUsedAt', { type: 'DateTime', nullable: true, description: 'When a request last ran.' }),
    loadedAt: t.expose('loadedAt', { type: 'DateTime', nullable: true, description: 'When it became ready.' }),
    error: t.field({
      type: ErrorInterface,
      nullable: true,
      description: 'Why it failed, or what one of its processes last died of while it goes on; null when none did since it was loaded.',
      resolve: ({ error }) => (error === null ? null : errorValue(error)),
    }),
  }),
});

builder.objectField(ModelRef, 'runtime', (t) =>
  t.field({
    type: ModelRuntimeRef,
    nullable: true,
    description: 'Its life in memory; null when it is not loaded.',
    resolve: (model, _, { services }) => services.scheduler.runtime(model.id),
  }),
);
