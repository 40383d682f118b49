import { InvalidInputError } from '../errors.ts';
import type { ChatMessage, ToolCall, ToolChoice, ToolDefinition } from '../scheduler/scheduler.ts';
import { generateLimits, requireCount, requireLength, requireSchema } from './generate-limits.ts';

const namePattern = /^[a-zA-Z0-9_.-]{1,64}$/;

/** Throws INVALID_INPUT for tools that no call could name. */
export function checkTools(tools: readonly ToolDefinition[], choice: ToolChoice): ToolDefinition[] {
  requireCount('input.tools', tools, generateLimits.maxTools);
  const names = new Set<string>();
  let length = 0;
  for (const [index, { name, description, parameters }] of tools.entries()) {
    const field = `input.tools[${index}]`;
    requireName(`${field}.name`, name);
    if (names.has(name)) throw new InvalidInputError({ field: `${field}.name`, message: `there is another tool ${JSON.stringify(name)}.` });
    names.add(name);
    length += (description?.length ?? 0) + (parameters ? JSON.stringify(requireSchema(`${field}.parameters`, parameters)).length : 0);
    if (parameters && parameters.type !== undefined && parameters.type !== 'object') {
      throw new InvalidInputError({ field: `${field}.parameters`, message: 'expected the schema of an object.' });
    }
  }
  if (length > generateLimits.maxProgramLength) {
    throw new InvalidInputError({
      field: 'input.tools',
      message: `expected at most ${generateLimits.maxProgramLength} characters in all.`,
    });
  }
  if (typeof choice === 'object' && !names.has(choice.name)) {
    throw new InvalidInputError({
      field: 'input.toolChoice.name',
      message: `expected a name of input.tools, got ${JSON.stringify(choice.name.slice(0, 64))}.`,
    });
  }
  if (choice === 'REQUIRED' && tools.length === 0) {
    throw new InvalidInputError({ field: 'input.toolChoice', message: 'expected tools for it in input.tools.' });
  }
  return [...tools];
}

/** Throws INVALID_INPUT for messages that say too much, or nothing. */
export function checkMessages(messages: readonly ChatMessage[]): ChatMessage[] {
  if (messages.length === 0) throw new InvalidInputError({ field: 'input.messages', message: 'expected at least one.' });
  requireCount('input.messages', messages, generateLimits.maxMessages);
  let length = 0;
  for (const [index, message] of messages.entries()) {
    const field = `input.messages[${index}]`;
    const calls = message.toolCalls ?? [];
    length += message.content.length + calls.reduce((sum, call) => sum + call.arguments.length, 0);
    if (length > generateLimits.maxTextLength) {
      throw new InvalidInputError({ field, message: `expected at most ${generateLimits.maxTextLength} characters in all messages.` });
    }
    if (calls.length > 0 && message.role !== 'ASSISTANT') {
      throw new InvalidInputError({ field: `${field}.toolCalls`, message: 'only a message of the ASSISTANT has them.' });
    }
    requireCount(`${field}.toolCalls`, calls, generateLimits.maxTools);
    for (const [place, call] of calls.entries()) checkCall(`${field}.toolCalls[${place}]`, call);
    if (message.toolCallId !== undefined && message.role !== 'TOOL') {
      throw new InvalidInputError({ field: `${field}.toolCallId`, message: 'only a message of a TOOL has one.' });
    }
    if (message.toolCallId !== undefined) requireLength(`${field}.toolCallId`, message.toolCallId, 128);
    if (message.name !== undefined) requireName(`${field}.name`, message.name);
  }
  return [...messages];
}

function checkCall(field: string, { id, name, arguments: json }: ToolCall): void {
  requireLength(`${field}.id`, id, 128);
  requireName(`${field}.name`, name);
  if (!isJsonObject(json)) throw new InvalidInputError({ field: `${field}.arguments`, message: 'expected JSON text of an object.' });
}

function requireName(field: string, name: string): void {
  if (namePattern.test(name)) return;
  throw new InvalidInputError({ field, message: 'expected 1 to 64 letters, digits, dots, dashes or underscores.' });
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
