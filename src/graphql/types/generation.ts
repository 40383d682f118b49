import { GenerationNotFoundError, InvalidInputError } from '../../errors.ts';
import type { GenerationAnswer } from '../../inference/generate.ts';
import { builder } from '../builder.ts';
import {
  eventsOf,
  GenerationEndReasonEnum,
  type GenerationEventOf,
  GenerationEventUnion,
  GenerationTimingRef,
  GenerationUsageRef,
  TokenLogprobRef,
  ToolCallRef,
} from './generation-events.ts';
import { GenerateInput, generateRequest } from './generation-input.ts';
import { ModelRef } from './model.ts';

const GenerationRef = builder.objectRef<GenerationAnswer>('Generation').implement({
  description: 'A whole answer.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Id of the generation, a bare UUID.' }),
    model: t.expose('model', { type: ModelRef, nullable: true, description: 'The model that wrote it.' }),
    text: t.exposeString('text', { description: 'The answer, without calls.' }),
    toolCalls: t.expose('toolCalls', { type: [ToolCallRef], description: 'Tools that it asks to be called, in order.' }),
    reason: t.expose('reason', { type: GenerationEndReasonEnum, description: 'Why it ended.' }),
    usage: t.expose('usage', { type: GenerationUsageRef, description: 'What it used.' }),
    timing: t.expose('timing', { type: GenerationTimingRef, description: 'Where its time went.' }),
    logprobs: t.expose('logprobs', {
      type: [TokenLogprobRef],
      nullable: true,
      description: 'One for each token of the text; null where they were not asked for.',
    }),
  }),
});

builder.queryField('generate', (t) =>
  t.field({
    type: GenerationRef,
    nullable: true,
    description: 'Generates a text with a loaded model, and waits for all of it. A client that leaves stops it, unless it is detached.',
    args: { input: t.arg({ type: GenerateInput, required: true, description: 'What is generated, and how.' }) },
    resolve: (_, { input }, { services, signal }) => services.inference.generate(generateRequest(input), signal),
  }),
);

builder.subscriptionFields((t) => ({
  generate: t.field({
    type: GenerationEventUnion,
    nullable: true,
    description:
      'Generates a text with a loaded model, and tells it as it is written. A client that leaves stops it, unless it is detached.',
    args: { input: t.arg({ type: GenerateInput, required: true, description: 'What is generated, and how.' }) },
    subscribe: async (_, { input }, { services, signal }) => {
      const { id, events } = await services.inference.streamGeneration(generateRequest(input), signal);
      return eventsOf(id, events);
    },
    resolve: (event: GenerationEventOf) => event,
  }),
  generation: t.field({
    type: GenerationEventUnion,
    nullable: true,
    description:
      'A detached generation again: what it has told, then what it tells, until its end; for 5 minutes after that, at most 64 of them.',
    args: {
      id: t.arg.id({ required: true, description: 'Id of the generation, a bare UUID.' }),
      fromIndex: t.arg.int({ defaultValue: 0, description: 'Index of the first delta that is wanted; default 0.' }),
    },
    subscribe: (_, { id, fromIndex }, { services, signal }) => {
      if ((fromIndex ?? 0) < 0) throw new InvalidInputError({ field: 'fromIndex', message: `expected 0 or more, got ${fromIndex}.` });
      return eventsOf(id, services.inference.generations.follow(id, { fromIndex: fromIndex ?? 0, signal }));
    },
    resolve: (event: GenerationEventOf) => event,
  }),
}));

const CancelGenerationInput = builder.inputType('CancelGenerationInput', {
  description: 'The generation to stop.',
  fields: (t) => ({ id: t.id({ required: true, description: 'Its id, a bare UUID.' }) }),
});

const CancelGenerationPayload = builder.objectRef<{ id: string; canceled: boolean }>('CancelGenerationPayload').implement({
  description: 'A generation that was stopped, or had ended.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id.' }),
    canceled: t.exposeBoolean('canceled', { description: 'Whether this stopped it; false where it had ended before.' }),
  }),
});

builder.mutationField('cancelGeneration', (t) =>
  t.field({
    type: CancelGenerationPayload,
    nullable: true,
    errors: { types: [GenerationNotFoundError] },
    description: 'Stops a generation; what it has written so far stays with whoever reads it.',
    args: { input: t.arg({ type: CancelGenerationInput, required: true, description: 'Which one.' }) },
    resolve: (_, { input }, { services }) => ({ id: input.id, canceled: services.inference.generations.cancel(input.id) }),
  }),
);
