import { isRecord, jsonEnd, parseJson, skipBlanks } from './json-span.ts';
import type { ToolFormat, WrittenCall } from './tool-format.ts';

const callsBegin = '<｜tool▁calls▁begin｜>';
const callsEnd = '<｜tool▁calls▁end｜>';
const callBegin = '<｜tool▁call▁begin｜>';
const callEnd = '<｜tool▁call▁end｜>';
const separator = '<｜tool▁sep｜>';

/** DeepSeek V3 and R1 write `function`, the name, and the arguments in a code fence; V3.1 only name and arguments. */
export const deepseekFormat: ToolFormat = {
  openers: [callsBegin, callBegin],
  controlTokens: [callsBegin, callsEnd, callBegin, callEnd, separator],
  read(text, { isEnd }) {
    const calls: WrittenCall[] = [];
    let at = text.startsWith(callsBegin) ? skipBlanks(text, callsBegin.length) : 0;
    while (text.startsWith(callBegin, at)) {
      const end = text.indexOf(callEnd, at);
      const call = end < 0 ? null : readCall(text.slice(at + callBegin.length, end));
      if (!call) break;
      calls.push(call);
      at = skipBlanks(text, end + callEnd.length);
    }
    if (text.startsWith(callsEnd, at)) return calls.length > 0 ? { type: 'calls', calls, length: at + callsEnd.length } : { type: 'text' };
    if (!isEnd) return { type: 'more' };
    return calls.length > 0 ? { type: 'calls', calls, length: at } : { type: 'text' };
  },
  grammar: {
    before: `${callBegin}function${separator}`,
    between: '\n```json\n',
    after: `\n\`\`\`${callEnd}`,
    opening: callsBegin,
    separator: '\n',
    closing: callsEnd,
  },
};

/** As V3.1 writes it. */
export const deepseekBareFormat: ToolFormat = {
  ...deepseekFormat,
  grammar: { before: callBegin, between: separator, after: callEnd, opening: callsBegin, separator: '', closing: callsEnd },
};

function readCall(text: string): WrittenCall | null {
  const start = text.indexOf('{');
  const end = start < 0 ? null : jsonEnd(text, start);
  const value = end === null || end === -1 ? undefined : parseJson(text.slice(start, end));
  const [first = '', second] = text.slice(0, Math.max(start, 0)).split(separator);
  const name = (first.trim() === 'function' && second !== undefined ? second : first).replace(/```(?:json)?\s*$/, '').trim();
  return name !== '' && isRecord(value) ? { name, arguments: JSON.stringify(value) } : null;
}
