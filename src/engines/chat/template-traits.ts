import type { CompiledTemplate } from './jinja.ts';

/** What a template can do with a conversation. Templates do not say; a small conversation shows. */
export interface TemplateTraits {
  /** Whether a system message shows. Where not, it goes in front of the first user's text. */
  hasSystem: boolean;
  /** TEXT: a message's content is a string. PARTS: a list of `{ type: 'text', text }`. */
  content: 'TEXT' | 'PARTS';
  /** Whether a part `{ type: 'image' }` shows. Where not, the image's mark goes in front of the text. */
  hasImages: boolean;
  /** Whether tool definitions show. Where not, the system message tells of them. */
  hasTools: boolean;
  /** How calls of an earlier answer are given: their arguments as an object or as JSON text; NONE where they do not show. */
  toolCalls: 'OBJECT' | 'TEXT' | 'NONE';
  /** Whether a tool's answer shows. */
  hasToolResults: boolean;
}

const needle = 'qzneedleqz';
/** In a property that no template knows. */
const hiddenNeedle = 'qzhiddenqz';
const user = { role: 'user', content: 'Hi' };

/** Looks what becomes of a needle in each place. Throws where the template cannot even show what a user says. */
export function probeTemplate(template: CompiledTemplate): TemplateTraits {
  const shows = (messages: object[], tools?: object[]) => {
    try {
      return render(template, messages, tools).includes(needle);
    } catch {
      return false;
    }
  };
  const content =
    shows([{ role: 'user', content: needle }]) || !shows([{ role: 'user', content: [{ type: 'text', text: needle }] }]) ? 'TEXT' : 'PARTS';
  const said = (message: { role: string; content: string }) =>
    content === 'TEXT' ? message : { ...message, content: [{ type: 'text', text: message.content }] };
  const definition = { type: 'function', function: { name: 'look', description: needle, parameters: { type: 'object', properties: {} } } };
  const plain = { type: 'function', function: { name: 'look', description: 'Looks.', parameters: { type: 'object', properties: {} } } };
  const call = (argument: unknown) => ({
    role: 'assistant',
    content: '',
    tool_calls: [{ id: 'call00001', type: 'function', function: { name: 'look', arguments: argument } }],
  });
  const withCall = (argument: unknown) => [
    said(user),
    call(argument),
    { role: 'tool', name: 'look', tool_call_id: 'call00001', content: 'seen' },
  ];
  const showsArguments = (argument: unknown) => {
    try {
      // JSON text that was written as JSON once more has its quotes escaped.
      const text = render(template, withCall(argument), [plain]);
      return text.includes(needle) && !text.includes(`\\"${needle}`);
    } catch {
      return false;
    }
  };
  const toolCalls = showsArguments({ [needle]: 'x' }) ? 'OBJECT' : showsArguments(JSON.stringify({ [needle]: 'x' })) ? 'TEXT' : 'NONE';
  const argument = toolCalls === 'TEXT' ? '{}' : {};
  const parts = [{ type: 'text', text: needle }];
  const isSeen = () => {
    // A line for each part is no mark of an image.
    const written = (content: object[]) => render(template, [{ role: 'user', content }]).replaceAll(/\s+/g, '');
    const seen = written([{ type: 'image', unknown: hiddenNeedle }, ...parts]);
    // Where a list is written as its JSON, nothing was seen, though all of it shows.
    return seen.includes(needle) && !seen.includes(hiddenNeedle) && seen !== written(parts);
  };
  return {
    content,
    hasImages: orFalse(isSeen),
    hasSystem: shows([said({ role: 'system', content: needle }), said(user)]),
    hasTools: shows([said(user)], [definition]) || shows([said({ role: 'system', content: 'Be kind.' }), said(user)], [definition]),
    toolCalls,
    hasToolResults:
      toolCalls !== 'NONE' &&
      shows([said(user), call(argument), { role: 'tool', name: 'look', tool_call_id: 'call00001', content: needle }], [plain]),
  };
}

function orFalse(look: () => boolean): boolean {
  try {
    return look();
  } catch {
    return false;
  }
}

function render(template: CompiledTemplate, messages: object[], tools?: object[]): string {
  const values = { messages, bos_token: '', eos_token: '', add_generation_prompt: true };
  return template.render(tools ? { ...values, tools } : values);
}
