import { InvalidInputError, ModelBusyError, TaskNotFoundError } from '../../errors.ts';
import type { Task } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { parseId } from '../global-id.ts';
import { taskReferenceInput } from './inputs.ts';
import { TaskRef } from './task.ts';

const CancelTaskInput = builder.inputType('CancelTaskInput', {
  description: 'The task to cancel.',
  fields: (t) => ({
    id: t.id({ required: true, description: 'Id of the task, global or bare UUID.' }),
    keepPartial: t.boolean({
      defaultValue: false,
      description: 'Keep what it has fetched, for 7 days: `retryTask`, or asking for the same again, goes on with it. Default false.',
    }),
  }),
});
const PauseTaskInput = taskReferenceInput('PauseTaskInput', 'The task to pause.');
const ResumeTaskInput = taskReferenceInput('ResumeTaskInput', 'The task to go on with.');
const RetryTaskInput = taskReferenceInput('RetryTaskInput', 'The task to try again.');
const CancelTaskPayload = taskPayload('CancelTaskPayload', 'A task that was cancelled, or had ended.');
const PauseTaskPayload = taskPayload('PauseTaskPayload', 'A task that is paused.');
const ResumeTaskPayload = taskPayload('ResumeTaskPayload', 'A task that goes on.');
const RetryTaskPayload = taskPayload('RetryTaskPayload', 'A task that is tried again.');

builder.mutationFields((t) => ({
  cancelTask: t.field({
    type: CancelTaskPayload,
    nullable: true,
    errors: { types: [InvalidInputError, TaskNotFoundError] },
    description: 'Stops a task, for everybody who asked for it, and cleans up unless told otherwise. One that has ended stays as it is.',
    args: { input: t.arg({ type: CancelTaskInput, required: true, description: 'The task.' }) },
    resolve: async (_, { input }, { services }) => ({
      task: await services.tasks.cancel(parseId('Task', input.id, 'input.id'), { keepPartial: input.keepPartial ?? false }),
    }),
  }),
  pauseTask: t.field({
    type: PauseTaskPayload,
    nullable: true,
    errors: { types: [InvalidInputError, TaskNotFoundError] },
    description: 'Stops a download, or the verifying of a model, until `resumeTask`; what it has is kept, also over a restart.',
    args: { input: t.arg({ type: PauseTaskInput, required: true, description: 'The task.' }) },
    resolve: async (_, { input }, { services }) => ({ task: await services.tasks.pause(parseId('Task', input.id, 'input.id')) }),
  }),
  resumeTask: t.field({
    type: ResumeTaskPayload,
    nullable: true,
    errors: { types: [InvalidInputError, TaskNotFoundError] },
    description: 'Goes on with a paused task; one that is at work stays as it is.',
    args: { input: t.arg({ type: ResumeTaskInput, required: true, description: 'The task.' }) },
    resolve: async (_, { input }, { services }) => ({ task: await services.tasks.unpause(parseId('Task', input.id, 'input.id')) }),
  }),
  retryTask: t.field({
    type: RetryTaskPayload,
    nullable: true,
    errors: { types: [InvalidInputError, TaskNotFoundError, ModelBusyError] },
    description:
      'Tries a failed or cancelled task again; steps that had finished before a failure (or a cancel that kept them) are not done again.',
    args: { input: t.arg({ type: RetryTaskInput, required: true, description: 'The task.' }) },
    resolve: async (_, { input }, { services }) => ({ task: await services.tasks.retry(parseId('Task', input.id, 'input.id')) }),
  }),
}));

function taskPayload(name: string, description: string) {
  return builder.objectRef<{ task: Task }>(name).implement({
    description,
    fields: (t) => ({ task: t.expose('task', { type: TaskRef, description: 'The task as it is now.' }) }),
  });
}
