import type { ModelStatistics } from '../../scheduler/scheduler.ts';
import { builder } from '../builder.ts';
import { enumOf } from './enums.ts';
import { ModelRef } from './model.ts';

type Duration = ModelStatistics['success'];
type Batch = ModelStatistics['batches'][number];

const ModalityEnum = enumOf('Modality', ['TEXT', 'IMAGE'], {
  description: 'What an item is.',
  about: { TEXT: 'A text.', IMAGE: 'An image.' },
});

const DurationStatisticsRef = builder.objectRef<Duration>('DurationStatistics').implement({
  description: 'How often something was done, and how long it took in all.',
  fields: (t) => ({
    count: t.expose('count', { type: 'SafeInt', description: 'How often.' }),
    totalNs: t.expose('totalNs', { type: 'SafeInt', description: 'How long in all, in nanoseconds.' }),
  }),
});

const BatchStatisticsRef = builder.objectRef<Batch>('BatchStatistics').implement({
  description: 'The batches of one size.',
  fields: (t) => ({
    size: t.exposeInt('size', { description: 'Items in each batch.' }),
    computeInput: t.expose('computeInput', { type: DurationStatisticsRef, description: 'Tokenising, padding and copying in.' }),
    computeInference: t.expose('computeInference', { type: DurationStatisticsRef, description: 'The model itself.' }),
    computeOutput: t.expose('computeOutput', { type: DurationStatisticsRef, description: 'Copying out.' }),
  }),
});

const ModelStatisticsRef = builder.objectRef<ModelStatistics>('ModelStatistics').implement({
  description: 'What a model has done since the server started.',
  fields: (t) => ({
    inferenceCount: t.expose('inferenceCount', { type: 'SafeInt', description: 'Items that it ran.' }),
    executionCount: t.expose('executionCount', { type: 'SafeInt', description: 'Batches that it ran.' }),
    lastInferenceAt: t.expose('lastInferenceAt', { type: 'DateTime', nullable: true, description: 'When it last ran.' }),
    success: t.expose('success', { type: DurationStatisticsRef, description: 'Requests that succeeded.' }),
    failure: t.expose('failure', { type: DurationStatisticsRef, description: 'Requests that failed.' }),
    queue: t.expose('queue', { type: DurationStatisticsRef, description: 'Waiting for a free process.' }),
    preprocess: t.expose('preprocess', { type: DurationStatisticsRef, description: 'Tokenising, or decoding and resizing images.' }),
    computeInput: t.expose('computeInput', { type: DurationStatisticsRef, description: 'Padding and copying in.' }),
    computeInference: t.expose('computeInference', { type: DurationStatisticsRef, description: 'The model itself.' }),
    computeOutput: t.expose('computeOutput', { type: DurationStatisticsRef, description: 'Copying out.' }),
    batches: t.expose('batches', { type: [BatchStatisticsRef], description: 'The same per size of batch, smallest first.' }),
  }),
});

builder.objectField(ModelRef, 'statistics', (t) =>
  t.field({
    type: ModelStatisticsRef,
    nullable: true,
    description: 'What it has done since the server started.',
    args: { modality: t.arg({ type: ModalityEnum, description: 'Count the work on texts or on images alone; default both.' }) },
    resolve: (model, { modality }, { services }) => services.scheduler.statistics(model.id, modality),
  }),
);
