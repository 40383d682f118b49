import { InvalidInputError, ModelBusyError, TaskNotFoundError } from '../../errors.ts';
import type { Task } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { parseId } from '../global-id.ts';
import { taskReferenceInput } from './inputs.ts';
import { TaskRef } from './task.ts';

const CancelTaskInput = taskReferenceInput('CancelTaskInput', 'The task to cancel.');
const RetryTaskInput = taskReferenceInput('RetryTaskInput', 'The task to try again.');
const CancelTaskPayload = taskPayload('CancelTaskPayload', 'A task that was cancelled, or had ended.');
const RetryTaskPayload = taskPayload('RetryTaskPayload', 'A task that is tried again.');

builder.mutationFields((t) => ({
  cancelTask: t.field({
    type: CancelTaskPayload,
    nullable: true,
    errors: { types: [InvalidInputError, TaskNotFoundError] },
    description: 'Stops a task, for everybody who asked for it, and cleans up. One that has ended stays as it is.',
    args: { input: t.arg({ type: CancelTaskInput, required: true, description: 'The task.' }) },
    resolve: async (_, { input }, { services }) => ({ task: await services.tasks.cancel(parseId('Task', input.id, 'input.id')) }),
  }),
  retryTask: t.field({
    type: RetryTaskPayload,
    nullable: true,
    errors: { types: [InvalidInputError, TaskNotFoundError, ModelBusyError] },
    description: 'Tries a failed or cancelled task again; steps that had finished before a failure are not done again.',
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
