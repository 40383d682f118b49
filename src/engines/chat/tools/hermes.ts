import type { ToolDefinition } from '../../generation.ts';
import { isRecord, jsonEnd, parseJson, skipBlanks } from './json-span.ts';
import type { ReadResult, ToolFormat } from './tool-format.ts';
import { callOf } from './written-call.ts';

const opener = '<tool_call>';
const closer = '</tool_call>';

/** Hermes and Qwen 2.5/3: `<tool_call>{"name": …, "arguments": …}</tool_call>`; also what we teach models whose template knows no tools. */
export const hermesFormat: ToolFormat = {
  openers: [opener],
  controlTokens: [opener, closer],
  read(text, { isEnd, tools }) {
    const start = skipBlanks(text, opener.length);
    if (text.startsWith('<', start)) return readTagged(text, start, isEnd, tools);
    const end = jsonEnd(text, start);
    if (end === -1) return { type: 'text' };
    if (end === null) return isEnd ? { type: 'text' } : { type: 'more' };
    const after = skipBlanks(text, end);
    const rest = text.slice(after, after + closer.length);
    if (!isEnd && rest !== closer && closer.startsWith(rest)) return { type: 'more' };
    const call = callOf(parseJson(text.slice(start, end)));
    // Some leave the closing mark out.
    return call ? { type: 'calls', calls: [call], length: rest === closer ? after + closer.length : end } : { type: 'text' };
  },
  grammar: {
    before: `${opener}\n{"name": "`,
    between: '", "arguments": ',
    after: `}\n${closer}`,
    opening: '',
    separator: '\n',
    closing: '',
  },
};

/** Qwen3-Coder: `<tool_call><function=name><parameter=key>value</parameter></function></tool_call>`. */
export const taggedFormat: ToolFormat = {
  ...hermesFormat,
  openers: [opener, '<function='],
  read: (text, context) => (text.startsWith(opener) ? hermesFormat.read(text, context) : readTagged(text, 0, context.isEnd, context.tools)),
};

function readTagged(text: string, start: number, isEnd: boolean, tools: readonly ToolDefinition[]): ReadResult {
  const functionEnd = text.indexOf('</function>', start);
  if (functionEnd < 0) return isEnd ? { type: 'text' } : { type: 'more' };
  const after = skipBlanks(text, functionEnd + '</function>'.length);
  const rest = text.slice(after, after + closer.length);
  if (text.startsWith(opener) && !isEnd && rest !== closer && closer.startsWith(rest)) return { type: 'more' };
  const length = rest === closer ? after + closer.length : functionEnd + '</function>'.length;
  const head = /^<function=([^>\s]{1,128})>/.exec(text.slice(start, start + 160));
  const name = head?.[1];
  if (!head || name === undefined) return { type: 'text' };
  const body = text.slice(start + head[0].length, functionEnd);
  // Functionary and Llama's custom calls have JSON there.
  const json = parseJson(body);
  if (isRecord(json)) return { type: 'calls', calls: [{ name, arguments: JSON.stringify(json) }], length };
  const values = taggedValues(body, tools.find((tool) => tool.name === name)?.parameters ?? null);
  return { type: 'calls', calls: [{ name, arguments: JSON.stringify(values) }], length };
}

function taggedValues(body: string, schema: Record<string, unknown> | null): Record<string, unknown> {
  const properties = isRecord(schema?.properties) ? schema.properties : {};
  const values: [string, unknown][] = [];
  let at = 0;
  for (;;) {
    const start = body.indexOf('<parameter=', at);
    const nameEnd = start < 0 ? -1 : body.indexOf('>', start);
    if (nameEnd < 0) return Object.fromEntries(values);
    const closed = body.indexOf('</parameter>', nameEnd);
    const end = closed < 0 ? body.length : closed;
    const name = body.slice(start + '<parameter='.length, nameEnd).trim();
    const text = body
      .slice(nameEnd + 1, end)
      .replace(/^\n/, '')
      .replace(/\n$/, '');
    const declared = properties[name];
    const isText = isRecord(declared) && declared.type === 'string';
    values.push([name, isText ? text : (parseJson(text) ?? text)]);
    at = end;
  }
}
