import { taggedFormat } from './hermes.ts';
import { jsonEnd, parseJson, skipBlanks } from './json-span.ts';
import type { ReadContext, ReadResult, ToolFormat, WrittenCall } from './tool-format.ts';
import { callOf } from './written-call.ts';

const pythonTag = '<|python_tag|>';
/** What runs Python, by the names that people give it. */
const interpreters = ['python', 'code_interpreter', 'ipython'];

/** Llama 3.1 and later: bare JSON objects with `parameters`, `<|python_tag|>` before them or before Python, or `<function=name>` with JSON. */
export const llamaFormat: ToolFormat = {
  openers: [pythonTag, '<function='],
  controlTokens: [pythonTag],
  read(text, context) {
    if (!text.startsWith(pythonTag)) return taggedFormat.read(text, context);
    const start = skipBlanks(text, pythonTag.length);
    if (text.charAt(start) === '{') return readObjects(text, start, context);
    // Python has no end of its own but that of the answer.
    if (!context.isEnd) return { type: 'more' };
    const call = builtInCall(text.slice(start), context);
    return call ? { type: 'calls', calls: [call], length: text.length } : { type: 'text' };
  },
  grammar: { before: '{"name": "', between: '", "parameters": ', after: '}', opening: '', separator: '; ', closing: '' },
};

/** Objects behind each other, with semicolons between them. */
function readObjects(text: string, from: number, { isEnd }: ReadContext): ReadResult {
  const calls: WrittenCall[] = [];
  let start = from;
  for (;;) {
    const end = jsonEnd(text, start);
    if (end === null || end === -1) {
      if (calls.length > 0) return { type: 'calls', calls, length: start };
      return end === null && !isEnd ? { type: 'more' } : { type: 'text' };
    }
    const call = callOf(parseJson(text.slice(start, end)));
    if (!call) return calls.length > 0 ? { type: 'calls', calls, length: start } : { type: 'text' };
    calls.push(call);
    const next = skipBlanks(text, end);
    if (text.charAt(next) !== ';') return next < text.length || isEnd ? { type: 'calls', calls, length: end } : { type: 'more' };
    start = skipBlanks(text, next + 1);
    if (start >= text.length && !isEnd) return { type: 'more' };
  }
}

function builtInCall(code: string, { tools }: ReadContext): WrittenCall | null {
  const [, name, argument, value] = /^(\w{1,64})\.call\((\w{1,64})="([^"]*)"\)\s*$/.exec(code) ?? [];
  if (name !== undefined && argument !== undefined) return { name, arguments: JSON.stringify({ [argument]: value ?? '' }) };
  const interpreter = tools.find((tool) => interpreters.includes(tool.name));
  return interpreter ? { name: interpreter.name, arguments: JSON.stringify({ code }) } : null;
}
