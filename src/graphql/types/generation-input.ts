import { InvalidInputError } from '../../errors.ts';
import { generateLimits } from '../../inference/generate-limits.ts';
import { samplingDefaults as defaults, type GenerateRequest, type RequestMessage } from '../../inference/generate-work.ts';
import type { ResponseFormat, ToolChoice } from '../../scheduler/scheduler.ts';
import { builder } from '../builder.ts';
import { enumOf } from './enums.ts';
import { ImageInput } from './image-input.ts';
import { withoutNulls } from './without-nulls.ts';

const ChatRoleEnum = enumOf('ChatRole', ['SYSTEM', 'USER', 'ASSISTANT', 'TOOL'], {
  description: 'Who says a message.',
  about: {
    SYSTEM: 'Whoever set the conversation up. Where a template knows no system, it goes in front of what the user says first.',
    USER: 'The person.',
    ASSISTANT: 'The model. As the last message it is the beginning of the answer, which goes on from there.',
    TOOL: 'A tool that was called, with what it found.',
  },
});

const ToolCallInput = builder.inputType('ToolCallInput', {
  description: 'A call that an earlier answer made.',
  fields: (t) => ({
    id: t.string({ required: true, description: 'Its id, at most 128 characters.' }),
    name: t.string({ required: true, description: 'Name of the tool.' }),
    arguments: t.string({ required: true, description: 'Its arguments as JSON text of an object.' }),
  }),
});

const ChatMessageInput = builder.inputType('ChatMessageInput', {
  description: 'One message of a conversation. Special tokens in its text are plain text.',
  fields: (t) => ({
    role: t.field({ type: ChatRoleEnum, required: true, description: 'Who says it.' }),
    content: t.string({ required: true, description: 'What is said; may be empty beside calls.' }),
    images: t.field({
      type: [ImageInput],
      description: 'Images in front of what is said, of a message of the USER; for models with `GENERATE_FROM_IMAGE`.',
    }),
    toolCalls: t.field({ type: [ToolCallInput], description: 'Calls that it made, of a message of the ASSISTANT.' }),
    toolCallId: t.string({ description: 'Which call it answers, of a message of a TOOL.' }),
    name: t.string({ description: 'Name of the tool or of the person, 1 to 64 letters, digits, dots, dashes or underscores.' }),
  }),
});

const ToolInput = builder.inputType('ToolInput', {
  description: 'A function that the model may ask to be called.',
  fields: (t) => ({
    name: t.string({ required: true, description: 'Its name, 1 to 64 letters, digits, dots, dashes or underscores.' }),
    description: t.string({ description: 'What it is for, in words for the model.' }),
    parameters: t.field({ type: 'JSONObject', description: 'JSON schema of its arguments, of type object; none by default.' }),
  }),
});

const ToolChoiceModeEnum = enumOf('ToolChoiceMode', ['AUTO', 'NONE', 'REQUIRED'], {
  description: 'Whether tools are called.',
  about: { AUTO: 'The model decides.', NONE: 'It is not told of them.', REQUIRED: 'It must call one or more.' },
});

const ToolChoiceInput = builder.inputType('ToolChoiceInput', {
  description: 'Whether tools are called, or the one that must be.',
  isOneOf: true,
  fields: (t) => ({
    mode: t.field({ type: ToolChoiceModeEnum, description: 'Whether any is.' }),
    name: t.string({ description: 'Name of the tool that must be called, once.' }),
  }),
});

const ResponseFormatInput = builder.inputType('ResponseFormatInput', {
  description: 'What the answer must look like. A grammar holds it while it is written; JSON is checked once more at the end.',
  isOneOf: true,
  fields: (t) => ({
    json: t.boolean({ description: '`true` for any JSON object.' }),
    jsonSchema: t.field({
      type: 'JSONObject',
      description:
        'A JSON schema; what cannot be held is INVALID_INPUT that names it. Properties come in their order, others only where additionalProperties is said. ' +
        'Lengths above 1000, and those beside a pattern, are only checked at the end.',
    }),
    grammar: t.string({ description: 'A grammar in the GBNF of llama.cpp.' }),
  }),
});

const PromptTruncationEnum = enumOf('PromptTruncation', ['NONE', 'START'], {
  description: 'What happens to a conversation that does not fit the context.',
  about: { NONE: 'It is refused with `INPUT_TOO_LONG`.', START: 'The oldest turns are left out, never what the SYSTEM says.' },
});

/** What a generation is asked for. */
export const GenerateInput = builder.inputType('GenerateInput', {
  description: 'What is generated, and how.',
  fields: (t) => ({
    model: t.string({ required: true, description: 'Name or alias of a loaded model.' }),
    id: t.id({ description: 'An id of your own for the generation, a UUID that is not in use; by default a new one.' }),
    prompt: t.string({ description: 'A raw text to go on from, in which special tokens count. Give exactly one of this and `messages`.' }),
    messages: t.field({
      type: [ChatMessageInput],
      description: `A conversation to answer, at most ${generateLimits.maxMessages} messages, through the model's chat template.`,
    }),
    images: t.field({
      type: [ImageInput],
      description:
        'Images of the prompt, in the order of their places in it, or in front of it where it has none; with `messages`, those of the last message of the USER. ' +
        'For models with `GENERATE_FROM_IMAGE`. Errors count these first, then those of each message.',
    }),
    system: t.string({ description: 'A message of the SYSTEM in front of `messages`.' }),
    template: t.string({ description: "A Jinja template in place of the model's own; the model then need not have one." }),
    maxTokens: t.int({ description: 'The most tokens to write, from 1; default is what the context has room for.' }),
    temperature: t.float({ description: `How evenly tokens are drawn, 0 to 5; 0 takes the likeliest. Default ${defaults.temperature}.` }),
    topP: t.float({
      description: `Draw from the likeliest tokens that have this much probability together, 0 to 1; 1 for off. Default ${defaults.topP}.`,
    }),
    topK: t.int({ description: `Draw from so many of the likeliest tokens, 0 to 1000000; 0 for off. Default ${defaults.topK}.` }),
    minP: t.float({
      description: `Leave out tokens less likely than this share of the likeliest, 0 to 1; 0 for off. Default ${defaults.minP}.`,
    }),
    seed: t.field({ type: 'SafeInt', description: 'Makes the answer repeatable, 0 to 4294967295; drawn by default.' }),
    stop: t.stringList({
      description: `Texts that end the answer and are no part of it, at most ${generateLimits.maxStopTexts} of 1 to ${generateLimits.maxStopLength} characters.`,
    }),
    repeatPenalty: t.float({
      description: `Divides the odds of tokens that were there before, 0.01 to 10; 1 for off. Default ${defaults.repeatPenalty}.`,
    }),
    presencePenalty: t.float({
      description: `Taken from the odds of tokens that were there before, -2 to 2. Default ${defaults.presencePenalty}.`,
    }),
    frequencyPenalty: t.float({
      description: `Taken from the odds of a token for each time that it was there, -2 to 2. Default ${defaults.frequencyPenalty}.`,
    }),
    responseFormat: t.field({ type: ResponseFormatInput, description: 'What the answer must look like; free text by default.' }),
    tools: t.field({ type: [ToolInput], description: `Functions that it may ask to be called, at most ${generateLimits.maxTools}.` }),
    toolChoice: t.field({ type: ToolChoiceInput, description: 'Whether it calls them; default is the mode `AUTO`.' }),
    logprobs: t.int({
      description: `Tell the log-probability of each token, and of so many alternatives, 0 to ${generateLimits.maxLogprobs}; by default none of it.`,
    }),
    echo: t.boolean({
      defaultValue: false,
      description: 'Whether the answer begins with the text of the prompt, which has no log-probabilities; default false.',
    }),
    truncate: t.field({
      type: PromptTruncationEnum,
      defaultValue: 'NONE',
      description: 'What happens to messages that do not fit; default `NONE`.',
    }),
    conversation: t.boolean({
      defaultValue: false,
      description:
        "Go on from the model's conversation (`Model.conversation`): its system and its messages go in front of `messages`, the oldest turns give way where they do not fit, and the turn is kept once the answer is whole. Default false.",
    }),
    detached: t.boolean({
      defaultValue: false,
      description:
        'Go on when the client leaves, and keep what is written for 5 minutes after the end: see `Subscription.generation`. Default false.',
    }),
  }),
});

/** The use case's request. A client's `null` is the default. */
export function generateRequest(input: typeof GenerateInput.$inferInput): GenerateRequest {
  const { messages, tools, toolChoice, responseFormat, ...rest } = withoutNulls(input);
  return {
    ...rest,
    model: input.model,
    messages: messages?.map((message): RequestMessage => ({ ...withoutNulls(message), role: message.role, content: message.content })),
    tools: tools?.map(({ name, description, parameters }) => ({ name, description: description ?? null, parameters: parameters ?? null })),
    toolChoice: toolChoice && toToolChoice(toolChoice),
    responseFormat: responseFormat && toResponseFormat(responseFormat),
  };
}

function toToolChoice({ mode, name }: typeof ToolChoiceInput.$inferInput): ToolChoice {
  return mode ?? { name: name ?? '' };
}

function toResponseFormat({ json, jsonSchema, grammar }: typeof ResponseFormatInput.$inferInput): ResponseFormat {
  if (jsonSchema) return { type: 'jsonSchema', schema: jsonSchema };
  if (typeof grammar === 'string') return { type: 'gbnf', grammar };
  if (json) return { type: 'json' };
  throw new InvalidInputError({ field: 'input.responseFormat.json', message: 'expected true; leave responseFormat out for free text.' });
}
