import type { ModelSettings } from '../../models/model.ts';
import { builder } from '../builder.ts';
import { enumOf } from './enums.ts';
import { ModelRef } from './model.ts';
import { withoutNulls } from './without-nulls.ts';

type Parameters = NonNullable<ModelSettings['parameters']>;
type Message = NonNullable<ModelSettings['messages']>[number];

const about = {
  maxTokens: 'The most tokens to write.',
  temperature: 'How evenly tokens are drawn.',
  topP: 'Draw from the likeliest tokens that have this much probability together.',
  topK: 'Draw from so many of the likeliest tokens.',
  minP: 'Leave out tokens less likely than this share of the likeliest.',
  seed: 'Makes answers repeatable.',
  stop: 'Texts that end an answer.',
  repeatPenalty: 'Divides the odds of tokens that were there before.',
  presencePenalty: 'Taken from the odds of tokens that were there before.',
  frequencyPenalty: 'Taken from the odds of a token for each time that it was there.',
} as const;

const ParametersRef = builder.objectRef<Parameters>('ModelParameters').implement({
  description: 'Defaults of a generation; null where the server has its own.',
  fields: (t) => ({
    maxTokens: t.int({ nullable: true, description: about.maxTokens, resolve: ({ maxTokens = null }) => maxTokens }),
    temperature: t.float({ nullable: true, description: about.temperature, resolve: ({ temperature = null }) => temperature }),
    topP: t.float({ nullable: true, description: about.topP, resolve: ({ topP = null }) => topP }),
    topK: t.int({ nullable: true, description: about.topK, resolve: ({ topK = null }) => topK }),
    minP: t.float({ nullable: true, description: about.minP, resolve: ({ minP = null }) => minP }),
    seed: t.field({ type: 'SafeInt', nullable: true, description: about.seed, resolve: ({ seed = null }) => seed }),
    stop: t.stringList({ description: about.stop, resolve: ({ stop = [] }) => stop }),
    repeatPenalty: t.float({ nullable: true, description: about.repeatPenalty, resolve: ({ repeatPenalty = null }) => repeatPenalty }),
    presencePenalty: t.float({
      nullable: true,
      description: about.presencePenalty,
      resolve: ({ presencePenalty = null }) => presencePenalty,
    }),
    frequencyPenalty: t.float({
      nullable: true,
      description: about.frequencyPenalty,
      resolve: ({ frequencyPenalty = null }) => frequencyPenalty,
    }),
  }),
});

const SettingsRoleEnum = enumOf('SettingsRole', ['USER', 'ASSISTANT'], {
  description: 'Who says a message that every conversation begins with.',
  about: { USER: 'The person.', ASSISTANT: 'The model.' },
});

const MessageRef = builder.objectRef<Message>('SettingsMessage').implement({
  description: 'A message that every conversation begins with.',
  fields: (t) => ({
    role: t.expose('role', { type: SettingsRoleEnum, description: 'Who says it.' }),
    content: t.exposeString('content', { description: 'What is said.' }),
  }),
});

const ModelSettingsRef = builder.objectRef<ModelSettings>('ModelSettings').implement({
  description: 'What a custom model does unless a request says otherwise.',
  fields: (t) => ({
    template: t.string({
      nullable: true,
      description: 'A Jinja chat template in place of its own.',
      resolve: ({ template = null }) => template,
    }),
    system: t.string({ nullable: true, description: 'Goes in front of every conversation.', resolve: ({ system = null }) => system }),
    messages: t.field({
      type: [MessageRef],
      description: 'Come after that, in front of what a client says.',
      resolve: ({ messages = [] }) => messages,
    }),
    parameters: t.field({ type: ParametersRef, description: 'Defaults of a generation.', resolve: ({ parameters = {} }) => parameters }),
    contextSize: t.int({
      nullable: true,
      description: 'Tokens that a prompt and its answer may have together, when it is loaded.',
      resolve: ({ contextSize = null }) => contextSize,
    }),
    license: t.string({ nullable: true, description: 'Its licence, as a text.', resolve: ({ license = null }) => license }),
  }),
});

builder.objectField(ModelRef, 'settings', (t) =>
  t.field({ type: ModelSettingsRef, description: 'What it does unless a request says otherwise.', resolve: ({ settings }) => settings }),
);

const ParametersInput = builder.inputType('ModelParametersInput', {
  description: 'Defaults of a generation; what is left out is as the server has it.',
  fields: (t) => ({
    maxTokens: t.int({ description: about.maxTokens }),
    temperature: t.float({ description: about.temperature }),
    topP: t.float({ description: about.topP }),
    topK: t.int({ description: about.topK }),
    minP: t.float({ description: about.minP }),
    seed: t.field({ type: 'SafeInt', description: about.seed }),
    stop: t.stringList({ description: about.stop }),
    repeatPenalty: t.float({ description: about.repeatPenalty }),
    presencePenalty: t.float({ description: about.presencePenalty }),
    frequencyPenalty: t.float({ description: about.frequencyPenalty }),
  }),
});

const MessageInput = builder.inputType('SettingsMessageInput', {
  description: 'A message that every conversation begins with.',
  fields: (t) => ({
    role: t.field({ type: SettingsRoleEnum, required: true, description: 'Who says it.' }),
    content: t.string({ required: true, description: 'What is said.' }),
  }),
});

/** What a client says that a custom model does. */
export const ModelSettingsInput = builder.inputType('ModelSettingsInput', {
  description: 'What a custom model does unless a request says otherwise.',
  fields: (t) => ({
    template: t.string({ description: 'A Jinja chat template in place of its own.' }),
    system: t.string({ description: 'Goes in front of every conversation.' }),
    messages: t.field({ type: [MessageInput], description: 'Come after that, in front of what a client says; at most 100.' }),
    parameters: t.field({ type: ParametersInput, description: 'Defaults of a generation.' }),
    contextSize: t.int({ description: 'Tokens that a prompt and its answer may have together, when it is loaded.' }),
    license: t.string({ description: 'Its licence, as a text.' }),
  }),
});

/** A client's `null` is what is left out. */
export function toSettings(input: typeof ModelSettingsInput.$inferInput | null | undefined): ModelSettings | undefined {
  if (!input) return undefined;
  const { parameters, ...rest } = withoutNulls(input);
  return { ...rest, ...(parameters ? { parameters: withoutNulls(parameters) } : {}) } as ModelSettings;
}
