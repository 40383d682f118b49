import { isRecord, jsonEnd, parseJson, skipBlanks } from './json-span.ts';
import type { ReadContext, ReadResult, ToolFormat, WrittenCall } from './tool-format.ts';
import { callOf } from './written-call.ts';

const opener = '[TOOL_CALLS]';
const argumentsMark = '[ARGS]';
const controlTokens = [opener, argumentsMark, '[CALL_ID]'];

/** Mistral up to Small 3.1: `[TOOL_CALLS][{"name": …, "arguments": …}]`. */
export const mistralFormat: ToolFormat = {
  openers: [opener],
  controlTokens,
  read,
  grammar: { before: '{"name": "', between: '", "arguments": ', after: '}', opening: `${opener}[`, separator: ', ', closing: ']' },
};

/** Mistral since then: `[TOOL_CALLS]name[ARGS]{…}`, once for each call. */
export const mistralNamedFormat: ToolFormat = {
  ...mistralFormat,
  grammar: { before: opener, between: argumentsMark, after: '', opening: '', separator: '', closing: '' },
};

function read(text: string, context: ReadContext): ReadResult {
  const start = skipBlanks(text, opener.length);
  if (start >= text.length) return context.isEnd ? { type: 'text' } : { type: 'more' };
  if (!'[{'.includes(text.charAt(start)) || text.startsWith('[ARGS]', start)) return readNamed(text, start, context);
  const end = jsonEnd(text, start);
  if (end === null || end === -1) return context.isEnd ? { type: 'text' } : { type: 'more' };
  const value = parseJson(text.slice(start, end));
  const calls = (Array.isArray(value) ? value : [value]).map(callOf);
  return calls.length > 0 && calls.every((call) => call !== null) ? { type: 'calls', calls, length: end } : { type: 'text' };
}

function readNamed(text: string, start: number, { isEnd }: ReadContext): ReadResult {
  const head = /^([\w.-]{1,128})(?:\[CALL_ID\][A-Za-z0-9]{1,64})?\s*(?:\[ARGS\])?\s*(?=\{)/.exec(text.slice(start, start + 320));
  const name = head?.[1];
  if (!head || name === undefined) {
    const isPossible = /^[\w.-]{1,128}(?:\[[A-Z_]{0,7}(?:\][A-Za-z0-9]{0,64}(?:\[[A-Z]{0,4}\]?)?)?)?\s*$/.test(
      text.slice(start, start + 320),
    );
    return isPossible && !isEnd ? { type: 'more' } : { type: 'text' };
  }
  const from = start + head[0].length;
  const end = jsonEnd(text, from);
  if (end === null || end === -1) return isEnd ? { type: 'text' } : { type: 'more' };
  const value = parseJson(text.slice(from, end));
  const call: WrittenCall | null = isRecord(value) ? { name, arguments: JSON.stringify(value) } : null;
  return call ? { type: 'calls', calls: [call], length: end } : { type: 'text' };
}
