import { InvalidInputError, ModelNotFoundError } from '../../errors.ts';
import type { Conversation, ConversationMessage } from '../../models/conversations.ts';
import type { Model } from '../../models/model.ts';
import { builder } from '../builder.ts';
import { enumOf } from './enums.ts';
import { ModelRef, modelReference } from './model.ts';

const ConversationRoleEnum = enumOf('ConversationRole', ['USER', 'ASSISTANT'], {
  description: 'Who said something in a conversation that is kept.',
  about: { USER: 'The person.', ASSISTANT: 'The model.' },
});

const ConversationMessageRef = builder.objectRef<ConversationMessage>('ConversationMessage').implement({
  description: 'Something that was said.',
  fields: (t) => ({
    role: t.expose('role', { type: ConversationRoleEnum, description: 'By whom.' }),
    content: t.exposeString('content', { description: 'What.' }),
  }),
});

const ConversationRef = builder.objectRef<Conversation>('Conversation').implement({
  description:
    'What was said with a model so far; `generate` with `conversation: true` goes on from it. The oldest turns go above 400 messages or 1000000 characters.',
  fields: (t) => ({
    system: t.exposeString('system', { nullable: true, description: 'What goes in front of every answer; null for nothing.' }),
    messages: t.expose('messages', { type: [ConversationMessageRef], description: 'What was said, oldest first.' }),
    updatedAt: t.expose('updatedAt', { type: 'DateTime', description: 'When it last changed.' }),
  }),
});

builder.objectField(ModelRef, 'conversation', (t) =>
  t.field({
    type: ConversationRef,
    nullable: true,
    description: 'What was said with it so far; null where nothing was.',
    resolve: ({ id }, _, { services }) => services.conversations.get(id),
  }),
);

const ConversationMessageInput = builder.inputType('ConversationMessageInput', {
  description: 'Something that was said.',
  fields: (t) => ({
    role: t.field({ type: ConversationRoleEnum, required: true, description: 'By whom.' }),
    content: t.string({ required: true, description: 'What.' }),
  }),
});

const SetConversationInput = builder.inputType('SetConversationInput', {
  description: "What changes of a model's conversation; what is left out stays.",
  fields: (t) => ({
    name: t.string({ description: 'Name or alias of the model. Give one of `name` and `id`.' }),
    id: t.id({ description: 'Id of the model, global or bare UUID.' }),
    system: t.string({ description: 'What goes in front of every answer, at most 100000 characters; the empty text for nothing.' }),
    messages: t.field({
      type: [ConversationMessageInput],
      description: 'What was said, oldest first, at most 400 messages; takes the place of all.',
    }),
  }),
});

const ClearConversationInput = builder.inputType('ClearConversationInput', {
  description: 'The conversation to forget.',
  fields: (t) => ({
    name: t.string({ description: 'Name or alias of the model. Give one of `name` and `id`.' }),
    id: t.id({ description: 'Id of the model, global or bare UUID.' }),
    keepSystem: t.boolean({ defaultValue: false, description: 'Keep what goes in front of every answer; default false.' }),
  }),
});

const SetConversationPayload = conversationPayload('SetConversationPayload', 'A conversation that was changed.');
const ClearConversationPayload = conversationPayload('ClearConversationPayload', 'A conversation that was forgotten.');
const errors = { types: [InvalidInputError, ModelNotFoundError] };

builder.mutationFields((t) => ({
  setConversation: t.field({
    type: SetConversationPayload,
    nullable: true,
    errors,
    description: "Changes what a model's next answers go on from.",
    args: { input: t.arg({ type: SetConversationInput, required: true, description: 'The model, and what changes.' }) },
    resolve: async (_, { input: { name, id, system, messages } }, { services: { catalogue, conversations } }) => {
      const model = await catalogue.require(modelReference({ name, id }));
      await conversations.set(model.id, {
        ...(system == null ? {} : { system: system === '' ? null : system }),
        ...(messages ? { messages } : {}),
      });
      return { model };
    },
  }),
  clearConversation: t.field({
    type: ClearConversationPayload,
    nullable: true,
    errors,
    description: 'Forgets what was said with a model.',
    args: { input: t.arg({ type: ClearConversationInput, required: true, description: 'The model.' }) },
    resolve: async (_, { input: { name, id, keepSystem } }, { services: { catalogue, conversations } }) => {
      const model = await catalogue.require(modelReference({ name, id }));
      await conversations.clear(model.id, { keepsSystem: keepSystem ?? false });
      return { model };
    },
  }),
}));

function conversationPayload(name: string, description: string) {
  return builder.objectRef<{ model: Model }>(name).implement({
    description,
    fields: (t) => ({ model: t.expose('model', { type: ModelRef, description: 'The model, with its conversation as it is now.' }) }),
  });
}
