import type { Task, TaskStepRecord } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { ErrorInterface, errorValue } from '../errors.ts';
import { parseId } from '../global-id.ts';
import { TaskKindEnum, TaskStateEnum } from './enums.ts';
import { ModelRef } from './model.ts';

const maxWaitMs = 3_600_000;

/** A piece of long work. */
export const TaskRef = builder.objectRef<Task>('Task');

builder.node(TaskRef, {
  description: 'A piece of long work: a journal of steps that survives a restart.',
  id: { resolve: (task) => task.id, description: 'Global id, `Task:<uuid>`.' },
  loadMany: (ids: string[], { loaders }) => ids.map((id) => loaders.task.load(id)),
  fields: (t) => ({
    uuid: t.exposeID('id', { description: 'The bare UUID.' }),
    kind: t.expose('kind', { type: TaskKindEnum, description: 'What it does.' }),
    state: t.expose('state', { type: TaskStateEnum, description: 'Where it stands.' }),
    progress: t.exposeFloat('progress', { description: 'How far it is, 0 to 1; never runs backwards within an attempt.' }),
    bytes: t.field({
      type: TaskBytesRef,
      nullable: true,
      description: 'What it has moved; null where it moves no bytes.',
      resolve: (task) => task.bytes,
    }),
    files: t.field({
      type: TaskFilesRef,
      nullable: true,
      description: 'Files that it has fetched or checked; null where it has none.',
      resolve: (task) => task.files,
    }),
    etaSeconds: t.exposeFloat('etaSeconds', { nullable: true, description: 'Seconds to its end; null where it would be a guess.' }),
    steps: t.field({ type: [TaskStepRef], description: 'Its steps, in order.', resolve: (task) => task.steps }),
    model: t.field({
      type: ModelRef,
      nullable: true,
      description: 'The model that it works on; null until there is one, or when it is gone.',
      resolve: (task, _, { loaders }) => (task.modelId === null ? null : loaders.model.load(task.modelId)),
    }),
    modelNames: t.exposeStringList('modelNames', {
      description: 'Names of the models that it works on: those it makes, also before there is one, and the one that they are made from.',
    }),
    attempt: t.exposeInt('attempt', { description: 'Which attempt this is, from 1.' }),
    error: t.field({
      type: ErrorInterface,
      nullable: true,
      description: 'Why it failed; null unless it did.',
      resolve: (task) => (task.error === null ? null : errorValue(task.error)),
    }),
    createdAt: t.expose('createdAt', { type: 'DateTime', description: 'When it was asked for.' }),
    startedAt: t.expose('startedAt', { type: 'DateTime', nullable: true, description: 'When it first ran.' }),
    finishedAt: t.expose('finishedAt', { type: 'DateTime', nullable: true, description: 'When it ended.' }),
    settled: t.field({
      type: TaskRef,
      nullable: true,
      description: 'Waits for the end, and gives the task as it then is; at the time-out as it is by then.',
      args: { timeoutMs: t.arg.int({ description: 'Longest wait in milliseconds, 0 to 3600000; default 60000.' }) },
      resolve: (task, { timeoutMs }, { services, signal }) =>
        services.tasks.settled(task.id, { timeoutMs: Math.min(Math.max(timeoutMs ?? 60_000, 0), maxWaitMs), signal }),
    }),
  }),
});

const TaskBytesRef = builder.objectRef<NonNullable<Task['bytes']>>('TaskBytes').implement({
  description: 'Bytes that a task has moved.',
  fields: (t) => ({
    done: t.expose('done', { type: 'SafeInt', description: 'How many are moved.' }),
    total: t.expose('total', { type: 'SafeInt', nullable: true, description: 'How many there are; null while unknown.' }),
    perSecond: t.exposeFloat('perSecond', { nullable: true, description: 'How many a second, smoothed; null while unknown.' }),
  }),
});

const TaskFilesRef = builder.objectRef<NonNullable<Task['files']>>('TaskFiles').implement({
  description: 'Files that a task works through.',
  fields: (t) => ({
    done: t.exposeInt('done', { description: 'How many are done.' }),
    total: t.exposeInt('total', { description: 'How many there are.' }),
  }),
});

const TaskStepRef = builder.objectRef<TaskStepRecord>('TaskStep').implement({
  description: 'One step of a task.',
  fields: (t) => ({
    name: t.exposeString('name', { description: 'Its name, e.g. `DOWNLOAD`.' }),
    state: t.expose('state', { type: TaskStateEnum, description: 'Where it stands.' }),
    progress: t.exposeFloat('progress', { description: 'How far it is, 0 to 1.' }),
    note: t.exposeString('note', {
      nullable: true,
      description: 'What is worth knowing about how it went, e.g. which model was evicted and why; null mostly.',
    }),
  }),
});

builder.queryField('task', (t) =>
  t.field({
    type: TaskRef,
    nullable: true,
    description: 'One task; null when there is none.',
    args: { id: t.arg.id({ required: true, description: 'Global id or bare UUID.' }) },
    resolve: (_, { id }, { loaders }) => loaders.task.load(parseId('Task', id)),
  }),
);

builder.subscriptionField('taskProgress', (t) =>
  t.field({
    type: TaskRef,
    nullable: true,
    description: 'A task as it is now, then as it changes (at most 10 times a second); ends after its end.',
    args: { id: t.arg.id({ required: true, description: 'Global id or bare UUID.' }) },
    subscribe: (_, { id }, { services, signal }) => services.tasks.watch(parseId('Task', id), signal),
    resolve: (task) => task,
  }),
);
