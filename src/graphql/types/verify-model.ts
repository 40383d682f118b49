import { InvalidInputError, ModelNotFoundError } from '../../errors.ts';
import type { Task } from '../../tasks/task.ts';
import { builder } from '../builder.ts';
import { modelReferenceInput } from './inputs.ts';
import { modelReference } from './model.ts';
import { TaskRef } from './task.ts';

const VerifyModelInput = modelReferenceInput('VerifyModelInput', 'The model to verify.');

const VerifyModelPayload = builder.objectRef<{ task: Task }>('VerifyModelPayload').implement({
  description: 'A verification that was started, or joined.',
  fields: (t) => ({
    task: t.expose('task', {
      type: TaskRef,
      description: 'The task; where files differ it fails with `CHECKSUM_MISMATCH`, and its note names them.',
    }),
  }),
});

builder.mutationField('verifyModel', (t) =>
  t.field({
    type: VerifyModelPayload,
    nullable: true,
    errors: { types: [InvalidInputError, ModelNotFoundError] },
    description: 'Reads all files of a model again and compares their sha256 with what was installed, as a task.',
    args: { input: t.arg({ type: VerifyModelInput, required: true, description: 'The model.' }) },
    resolve: async (_, { input }, { services }) => ({ task: await services.lifecycle.verifyModel(modelReference(input)) }),
  }),
);
