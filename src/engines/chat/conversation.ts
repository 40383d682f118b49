import type { ChatMessage, ToolCall, ToolDefinition } from '../generation.ts';
import type { TemplateTraits } from './template-traits.ts';

/** What a template is given, apart from the texts of special tokens. */
export interface TemplateValues {
  messages: Record<string, unknown>[];
  tools?: Record<string, unknown>[];
}

export interface Conversation {
  messages: readonly ChatMessage[];
  tools: readonly ToolDefinition[];
  /** Makes ids of calls such as the template takes. */
  callId: (id: string) => string;
  /** What stands for an image in a text. */
  imageMark?: string | undefined;
}

/**
 * A conversation as a template wants it. What the template cannot show is said in words instead: a system message where it knows
 * none goes in front of what the user said first; tools, calls and their results become text between `<tool_call>` marks.
 */
export function templateValues({ messages, tools, callId, imageMark = '' }: Conversation, traits: TemplateTraits): TemplateValues {
  const describesTools = tools.length > 0 && !traits.hasTools;
  const leading = messages.findIndex(({ role }) => role !== 'SYSTEM');
  const systemCount = leading < 0 ? messages.length : leading;
  const system = [...messages.slice(0, systemCount).map(({ content }) => content), ...(describesTools ? [toolsInWords(tools)] : [])].join(
    '\n\n',
  );
  const turns = joinToolResults(messages.slice(systemCount), traits);
  const first = turns.findIndex(({ role }) => role === 'USER');
  if (system !== '' && traits.hasSystem) turns.unshift({ role: 'SYSTEM', content: system });
  else if (system !== '' && first < 0) turns.unshift({ role: 'USER', content: system });
  else if (system !== '') {
    turns[first] = { ...(turns[first] as ChatMessage), content: `${system}\n\n${turns[first]?.content ?? ''}` };
  }
  const values = turns.map((message) => templateMessage(message, traits, { callId, imageMark }));
  return tools.length > 0 && traits.hasTools ? { messages: values, tools: tools.map(templateTool) } : { messages: values };
}

function templateMessage(
  message: ChatMessage,
  traits: TemplateTraits,
  { callId, imageMark }: { callId: (id: string) => string; imageMark: string },
): Record<string, unknown> {
  const calls = message.toolCalls ?? [];
  const isShown = calls.length > 0 && traits.toolCalls !== 'NONE';
  const images = message.images ?? [];
  const said = isShown ? message.content : [message.content, ...calls.map(callInWords)].filter((part) => part !== '').join('\n');
  const text = traits.hasImages ? said : imageMark.repeat(images.length) + said;
  const hasParts = message.role !== 'TOOL' && (traits.content === 'PARTS' || (traits.hasImages && images.length > 0));
  const value: Record<string, unknown> = {
    role: message.role.toLowerCase(),
    content: hasParts ? [...(traits.hasImages ? images.map(() => ({ type: 'image' })) : []), { type: 'text', text }] : text,
  };
  if (isShown) {
    value.tool_calls = calls.map(({ id, name, arguments: json }) => ({
      id: callId(id),
      type: 'function',
      function: { name, arguments: traits.toolCalls === 'OBJECT' ? (JSON.parse(json) as unknown) : json },
    }));
  }
  if (message.toolCallId !== undefined) value.tool_call_id = callId(message.toolCallId);
  if (message.name !== undefined) value.name = message.name;
  return value;
}

/** Results in the words of a user, one message for those that follow each other, where the template has no place for them. */
function joinToolResults(messages: readonly ChatMessage[], { hasToolResults }: TemplateTraits): ChatMessage[] {
  if (hasToolResults) return [...messages];
  const joined: ChatMessage[] = [];
  let isOpen = false;
  for (const message of messages) {
    const last = joined.at(-1);
    if (message.role !== 'TOOL') joined.push(isOpen && message.role === 'USER' && last ? joinTo(joined, last, message.content) : message);
    else {
      const text = `<tool_response>\n${message.content}\n</tool_response>`;
      joined.push(isOpen && last ? joinTo(joined, last, text) : { role: 'USER', content: text });
    }
    isOpen = message.role === 'TOOL';
  }
  return joined;
}

function joinTo(messages: ChatMessage[], last: ChatMessage, text: string): ChatMessage {
  messages.pop();
  return { ...last, content: `${last.content}\n${text}` };
}

function templateTool({ name, description, parameters }: ToolDefinition): Record<string, unknown> {
  return {
    type: 'function',
    function: { name, description: description ?? '', parameters: parameters ?? { type: 'object', properties: {} } },
  };
}

function callInWords({ name, arguments: json }: ToolCall): string {
  return `<tool_call>\n{"name": ${JSON.stringify(name)}, "arguments": ${json}}\n</tool_call>`;
}

/** The wording that models of the Hermes family were taught, and that others follow best. */
function toolsInWords(tools: readonly ToolDefinition[]): string {
  return [
    '# Tools',
    '',
    'You may call one or more of these functions to help with the request. Their signatures:',
    '<tools>',
    ...tools.map((tool) => JSON.stringify(templateTool(tool))),
    '</tools>',
    '',
    'For each call, answer with a JSON object with its name and arguments between <tool_call> marks:',
    '<tool_call>',
    '{"name": <function-name>, "arguments": <arguments-object>}',
    '</tool_call>',
  ].join('\n');
}
