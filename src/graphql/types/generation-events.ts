import { errorToWire } from '../../errors.ts';
import type { GenerationEnd, TextDelta, TokenLogprob, ToolCall, ToolCallDelta } from '../../scheduler/scheduler.ts';
import { type GenerationEndReason, generationEndReasons } from '../../scheduler/scheduler.ts';
import { builder } from '../builder.ts';
import { ErrorInterface, errorValue } from '../errors.ts';
import { enumOf } from './enums.ts';

/** An event with the generation that it is of. */
type Of<Event> = Event & { generationId: string };
export type GenerationEventOf = Of<TextDelta> | Of<ToolCallDelta> | Of<GenerationEnd>;

export const GenerationEndReasonEnum = enumOf<GenerationEndReason>('GenerationEndReason', generationEndReasons, {
  description: 'Why a generation ended.',
  about: {
    STOP: 'The model ended it, or a stop text did.',
    LENGTH: '`maxTokens` or the context came to its end; of a detached one also the room for what is kept, 1048576 characters.',
    CANCELED: '`cancelGeneration` ended it.',
    TOOL_CALLS: 'It waits for the tools that it calls.',
    ERROR: 'It failed: `error` says how.',
  },
});

const AlternativeTokenRef = builder.objectRef<TokenLogprob['top'][number]>('AlternativeToken').implement({
  description: 'A token that could have stood in a place.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'Its text.' }),
    logprob: t.exposeFloat('logprob', { description: 'Natural logarithm of its probability.' }),
  }),
});

export const TokenLogprobRef = builder.objectRef<TokenLogprob>('TokenLogprob').implement({
  description: 'How likely a token was, before temperature and the other settings of sampling.',
  fields: (t) => ({
    token: t.exposeString('token', { description: 'Its text; part of a character is shown as a replacement.' }),
    logprob: t.exposeFloat('logprob', { description: 'Natural logarithm of its probability.' }),
    top: t.expose('top', {
      type: [AlternativeTokenRef],
      description: 'The likeliest tokens in its place, best first, as many as were asked for.',
    }),
  }),
});

export const ToolCallRef = builder.objectRef<ToolCall>('ToolCall').implement({
  description: 'A function that the model asks to be called.',
  fields: (t) => ({
    id: t.exposeID('id', { description: 'Its id: the message of the TOOL that answers it gives it as `toolCallId`.' }),
    name: t.exposeString('name', { description: 'Name of the function.' }),
    arguments: t.exposeString('arguments', { description: 'Its arguments as JSON text of an object. Check them: the model wrote them.' }),
  }),
});

export const GenerationUsageRef = builder.objectRef<GenerationEnd['usage']>('GenerationUsage').implement({
  description: 'What a generation used.',
  fields: (t) => ({
    promptTokens: t.exposeInt('promptTokens', { description: 'Tokens of the prompt.' }),
    cachedPromptTokens: t.exposeInt('cachedPromptTokens', { description: 'How many of those were in memory from a request before.' }),
    completionTokens: t.exposeInt('completionTokens', { description: 'Tokens that were written.' }),
  }),
});

export const GenerationTimingRef = builder.objectRef<GenerationEnd['timing']>('GenerationTiming').implement({
  description: "Where a generation's time went.",
  fields: (t) => ({
    queueMs: t.exposeFloat('queueMs', { description: 'Waiting for its turn, in milliseconds.' }),
    promptMs: t.exposeFloat('promptMs', { description: 'Reading the prompt, in milliseconds.' }),
    firstTokenMs: t.exposeFloat('firstTokenMs', {
      nullable: true,
      description: 'From arrival to the first token, in milliseconds; null where none came.',
    }),
    generationMs: t.exposeFloat('generationMs', { description: 'From the first token to the last, in milliseconds.' }),
    tokensPerSecond: t.exposeFloat('tokensPerSecond', {
      nullable: true,
      description: 'Tokens written in a second of that; null where there were fewer than two.',
    }),
  }),
});

const generationIdAbout = 'Id of the generation, a bare UUID.';
const indexAbout = 'Rises by one with every delta of a generation, from 0.';

const TextDeltaRef = builder.objectRef<Of<TextDelta>>('TextDelta').implement({
  description: 'More of the answer.',
  fields: (t) => ({
    generationId: t.exposeID('generationId', { description: generationIdAbout }),
    index: t.exposeInt('index', { description: indexAbout }),
    text: t.exposeString('text', {
      description:
        'What follows the deltas before: whole characters, never part of a stop text. Thoughts of a model that shows them are part of it.',
    }),
    logprobs: t.expose('logprobs', {
      type: [TokenLogprobRef],
      nullable: true,
      description: 'One for each token of it; null where they were not asked for.',
    }),
  }),
});

const ToolCallDeltaRef = builder.objectRef<Of<ToolCallDelta>>('ToolCallDelta').implement({
  description: 'A whole call of a tool.',
  fields: (t) => ({
    generationId: t.exposeID('generationId', { description: generationIdAbout }),
    index: t.exposeInt('index', { description: indexAbout }),
    call: t.expose('call', { type: ToolCallRef, description: 'The call.' }),
  }),
});

const GenerationEndRef = builder.objectRef<Of<GenerationEnd>>('GenerationEnd').implement({
  description: 'The end of a generation; nothing follows it.',
  fields: (t) => ({
    generationId: t.exposeID('generationId', { description: generationIdAbout }),
    reason: t.expose('reason', { type: GenerationEndReasonEnum, description: 'Why it ended.' }),
    usage: t.expose('usage', { type: GenerationUsageRef, description: 'What it used.' }),
    timing: t.expose('timing', { type: GenerationTimingRef, description: 'Where its time went.' }),
    error: t.field({
      type: ErrorInterface,
      nullable: true,
      description: 'What failed; only with the reason ERROR.',
      resolve: ({ error }) => error && errorValue(errorToWire(error, 'unknown')),
    }),
  }),
});

const refOf = { text: TextDeltaRef, toolCall: ToolCallDeltaRef, end: GenerationEndRef };

export const GenerationEventUnion = builder.unionType('GenerationEvent', {
  description: 'What a generation tells: any number of deltas, then exactly one end.',
  types: [TextDeltaRef, ToolCallDeltaRef, GenerationEndRef],
  resolveType: (event) => refOf[(event as GenerationEventOf).type],
});

/** The same events, each with the id of its generation. Leaving these leaves those. */
export function eventsOf(
  generationId: string,
  events: AsyncIterableIterator<TextDelta | ToolCallDelta | GenerationEnd>,
): AsyncIterableIterator<GenerationEventOf> {
  const named = async (
    step: Promise<IteratorResult<TextDelta | ToolCallDelta | GenerationEnd>>,
  ): Promise<IteratorResult<GenerationEventOf>> => {
    const { done, value } = await step;
    return done ? { done, value: undefined } : { done: false, value: { ...value, generationId } };
  };
  return {
    next: () => named(events.next()),
    return: () => named(events.return?.() ?? Promise.resolve({ done: true, value: undefined })),
    throw: (error) => named(events.throw?.(error) ?? Promise.reject(error)),
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
