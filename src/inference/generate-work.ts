import { InvalidInputError } from '../errors.ts';
import type { ChatMessage, GenerateWork, GenerationInput, ResponseFormat, ToolChoice, ToolDefinition } from '../scheduler/scheduler.ts';
import { generateLimits, requireCount, requireLength, requireNumber, requireSchema } from './generate-limits.ts';
import { checkMessages, checkTools } from './generate-tools.ts';
import type { ImageSource } from './image-source.ts';

/** What a client may say about a generation. What is left out has its default. */
export interface GenerateRequest {
  /** Name or alias. */
  model: string;
  /** An id of the client's own, a UUID; a new one by default. */
  id?: string | undefined;
  /** A raw prompt. Exactly one of this and `messages`. */
  prompt?: string | undefined;
  messages?: readonly RequestMessage[] | undefined;
  /** Belong to the prompt, or to what the user says last. */
  images?: readonly ImageSource[] | undefined;
  /** Goes in front of the messages. */
  system?: string | undefined;
  /** A Jinja template in place of the model's own. */
  template?: string | undefined;
  maxTokens?: number | undefined;
  temperature?: number | undefined;
  topP?: number | undefined;
  topK?: number | undefined;
  minP?: number | undefined;
  seed?: number | undefined;
  stop?: readonly string[] | undefined;
  repeatPenalty?: number | undefined;
  presencePenalty?: number | undefined;
  frequencyPenalty?: number | undefined;
  responseFormat?: ResponseFormat | undefined;
  tools?: readonly ToolDefinition[] | undefined;
  toolChoice?: ToolChoice | undefined;
  logprobs?: number | undefined;
  echo?: boolean | undefined;
  truncate?: 'NONE' | 'START' | undefined;
  detached?: boolean | undefined;
  /** Go on from what was said with the model before, and keep this turn too. */
  conversation?: boolean | undefined;
}

/** A message, with images that are still to be read. */
export type RequestMessage = Omit<ChatMessage, 'images'> & { images?: readonly ImageSource[] | undefined };

/** A request whose images are told by number. */
export type WorkRequest = Omit<GenerateRequest, 'messages' | 'images'> & { messages?: readonly ChatMessage[] | undefined };

/** llama.cpp's own, without penalties. */
export const samplingDefaults = {
  temperature: 0.8,
  topP: 0.95,
  topK: 40,
  minP: 0.05,
  repeatPenalty: 1,
  presencePenalty: 0,
  frequencyPenalty: 0,
} as const;

/** Checks all that can be checked without the model. Throws INVALID_INPUT with the field. */
export function generateWork(request: WorkRequest): GenerateWork {
  const given = { ...samplingDefaults, ...withoutUndefined(request) };
  const input = generationInput(request);
  const responseFormat = checkFormat(request.responseFormat ?? null, input);
  return {
    kind: 'generate',
    input,
    maxTokens:
      given.maxTokens === undefined
        ? null
        : requireNumber('input.maxTokens', given.maxTokens, { least: 1, most: 10_000_000, isWhole: true }),
    sampling: {
      temperature: requireNumber('input.temperature', given.temperature, { least: 0, most: 5 }),
      topP: requireNumber('input.topP', given.topP, { least: 0, most: 1 }),
      topK: requireNumber('input.topK', given.topK, { least: 0, most: 1_000_000, isWhole: true }),
      minP: requireNumber('input.minP', given.minP, { least: 0, most: 1 }),
      seed: given.seed === undefined ? null : requireNumber('input.seed', given.seed, { least: 0, most: 2 ** 32 - 1, isWhole: true }),
      repeatPenalty: requireNumber('input.repeatPenalty', given.repeatPenalty, { least: 0.01, most: 10 }),
      presencePenalty: requireNumber('input.presencePenalty', given.presencePenalty, { least: -2, most: 2 }),
      frequencyPenalty: requireNumber('input.frequencyPenalty', given.frequencyPenalty, { least: -2, most: 2 }),
    },
    stop: checkStop(request.stop ?? []),
    responseFormat,
    logprobs:
      given.logprobs === undefined
        ? null
        : requireNumber('input.logprobs', given.logprobs, { least: 0, most: generateLimits.maxLogprobs, isWhole: true }),
    echo: request.echo ?? false,
    truncate: request.truncate ?? 'NONE',
  };
}

function generationInput(request: WorkRequest): GenerationInput {
  const { prompt, messages, system, template, tools = [], toolChoice = 'AUTO' } = request;
  if ((prompt === undefined) === (messages === undefined)) {
    throw new InvalidInputError({ field: 'input.prompt', message: 'expected exactly one of prompt and messages.' });
  }
  if (prompt !== undefined) {
    const onlyOfMessages = {
      system,
      template,
      tools: tools.length > 0 || undefined,
      toolChoice: request.toolChoice,
      truncate: request.truncate === 'START' || undefined,
    };
    const foreign = Object.entries(onlyOfMessages).find(([, value]) => value !== undefined);
    if (foreign) throw new InvalidInputError({ field: `input.${foreign[0]}`, message: 'goes with messages, not with a raw prompt.' });
    return { type: 'prompt', text: requireLength('input.prompt', prompt, generateLimits.maxTextLength) };
  }
  if (template !== undefined) requireLength('input.template', template, generateLimits.maxProgramLength);
  if (system !== undefined) requireLength('input.system', system, generateLimits.maxTextLength);
  const said = checkMessages(messages ?? []);
  return {
    type: 'chat',
    messages: system === undefined ? said : [{ role: 'SYSTEM', content: system }, ...said],
    template: template ?? null,
    tools: checkTools(tools, toolChoice),
    toolChoice,
  };
}

function checkStop(stop: readonly string[]): string[] {
  requireCount('input.stop', stop, generateLimits.maxStopTexts);
  for (const [index, text] of stop.entries()) {
    if (text === '' || !text.isWellFormed())
      throw new InvalidInputError({ field: `input.stop[${index}]`, message: 'expected a text of whole characters.' });
    requireLength(`input.stop[${index}]`, text, generateLimits.maxStopLength);
  }
  return [...stop];
}

function checkFormat(format: ResponseFormat | null, input: GenerationInput): ResponseFormat | null {
  if (format === null) return null;
  const { tools, toolChoice } = input.type === 'chat' ? input : { tools: [], toolChoice: 'NONE' as const };
  if (toolChoice === 'REQUIRED' || typeof toolChoice === 'object') {
    throw new InvalidInputError({
      field: 'input.responseFormat',
      message: 'a forced call has a form of its own; leave one of the two out.',
    });
  }
  if (format.type === 'gbnf') {
    if (format.grammar.trim() === '') throw new InvalidInputError({ field: 'input.responseFormat.grammar', message: 'is empty.' });
    if (tools.length > 0 && toolChoice !== 'NONE') {
      throw new InvalidInputError({ field: 'input.responseFormat.grammar', message: 'leaves no room for calls; ask for toolChoice NONE.' });
    }
    requireLength('input.responseFormat.grammar', format.grammar, generateLimits.maxProgramLength);
  }
  if (format.type === 'jsonSchema') requireSchema('input.responseFormat.jsonSchema', format.schema);
  return format;
}

function withoutUndefined<Value extends object>(value: Value): { [Key in keyof Value]: Exclude<Value[Key], undefined> } {
  return Object.fromEntries(Object.entries(value).filter(([, item]) => item !== undefined)) as {
    [Key in keyof Value]: Exclude<Value[Key], undefined>;
  };
}
