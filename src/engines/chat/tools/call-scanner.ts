import type { ToolDefinition } from '../../generation.ts';
import { overlap } from '../stop-matcher.ts';
import { jsonEnd, parseJson, skipBlanks } from './json-span.ts';
import type { ReadResult, ToolFormat, WrittenCall } from './tool-format.ts';
import { callOf } from './written-call.ts';

/** What a stretch of an answer turned out to be. */
export type Scanned = { type: 'text'; text: string } | { type: 'calls'; calls: WrittenCall[]; length: number };

/** Tells calls from text in a stream, without letting the text of a call go as text. */
export interface CallScanner {
  push(text: string): Scanned[];
  /** At the end: `isCut` where the answer was cut off, so that half a call is nobody's text. */
  end(options: { isCut: boolean }): Scanned[];
  readonly heldLength: number;
}

/** What a call may take; an answer that begins one and never ends it is text again. */
const maxCallLength = 256 * 1024;
/** With these an object that is a call begins. */
const callKeys = ['name', 'type', 'function', 'id', 'tool_name', 'arguments', 'parameters'];

/** `readsBare`: an answer that is nothing but a call's JSON counts as one, where it names a tool that there is. */
export function createCallScanner(
  format: ToolFormat,
  { tools, readsBare }: { tools: readonly ToolDefinition[]; readsBare: boolean },
): CallScanner {
  let buffer = '';
  /** Whether the buffer begins with an opener. */
  let isReading = false;
  /** Whether an object that stands here by itself may be a call: at the start, and behind another such. */
  let isBare = readsBare;
  /** Blanks between calls are nobody's text. */
  let isAfterCall = false;
  /** Reading a call again is only worth it once something closes. */
  let isUnread = true;

  function take(isEnd: boolean, out: Scanned[]): void {
    while (buffer !== '') {
      if (isBare && !isReading) {
        const bare = readBare(isEnd);
        if (bare === 'more') return;
        isBare = bare !== 'text';
        if (bare !== 'text') {
          calls(out, bare);
          continue;
        }
      }
      if (!isReading && !findOpener(isEnd, out)) return;
      if (!isReading) continue;
      if (!isEnd && !isUnread && buffer.length <= maxCallLength) return;
      const result = buffer.length > maxCallLength ? ({ type: 'text' } as const) : format.read(buffer, { isEnd, tools });
      isUnread = false;
      if (result.type === 'more') return;
      isReading = false;
      if (result.type === 'calls') calls(out, result);
      else text(out, take1());
    }
  }

  /** An opener that began no call: its first character goes as text, so that the rest is looked at anew. */
  function take1(): string {
    const [first = ''] = buffer;
    buffer = buffer.slice(first.length);
    return first;
  }

  function calls(out: Scanned[], result: Extract<ReadResult, { type: 'calls' }>): void {
    out.push({ type: 'calls', calls: result.calls, length: result.length });
    buffer = buffer.slice(result.length);
    isAfterCall = true;
  }

  function text(out: Scanned[], piece: string): void {
    if (piece === '') return;
    isAfterCall = false;
    const last = out.at(-1);
    if (last?.type === 'text') last.text += piece;
    else out.push({ type: 'text', text: piece });
  }

  /** Lets text go up to the next opener; false where there is none yet. */
  function findOpener(isEnd: boolean, out: Scanned[]): boolean {
    if (isAfterCall) {
      const start = skipBlanks(buffer, 0);
      if (start >= buffer.length) {
        if (isEnd) buffer = '';
        return false;
      }
      if (format.openers.some((opener) => buffer.startsWith(opener, start))) calls(out, { type: 'calls', calls: [], length: start });
      else if (!isEnd && format.openers.some((opener) => opener.startsWith(buffer.slice(start)))) return false;
    }
    const places = format.openers.map((opener) => buffer.indexOf(opener)).filter((place) => place >= 0);
    if (places.length > 0) {
      const place = Math.min(...places);
      text(out, buffer.slice(0, place));
      buffer = buffer.slice(place);
      isReading = true;
      isUnread = true;
      return true;
    }
    const held = isEnd ? 0 : Math.max(0, ...format.openers.map((opener) => overlap(buffer, opener)));
    text(out, buffer.slice(0, buffer.length - held));
    buffer = buffer.slice(buffer.length - held);
    return false;
  }

  function readBare(isEnd: boolean): 'more' | 'text' | Extract<ReadResult, { type: 'calls' }> {
    let start = skipBlanks(buffer, 0);
    if (isAfterCall && buffer.charAt(start) === ';') start = skipBlanks(buffer, start + 1);
    if (start >= buffer.length) return isEnd ? 'text' : 'more';
    if (buffer.charAt(start) !== '{') return 'text';
    const key = /^\{\s*"([^"]*)("?)/.exec(buffer.slice(start, start + 200));
    if (key) {
      const isPossible = callKeys.some((callKey) => (key[2] === '' ? callKey.startsWith(key[1] ?? '') : callKey === key[1]));
      if (!isPossible) return 'text';
    } else if (skipBlanks(buffer, start + 1) < buffer.length) return 'text';
    if (buffer.length > maxCallLength) return 'text';
    if (!isUnread && !isEnd) return 'more';
    isUnread = false;
    const end = jsonEnd(buffer, start);
    if (end === null || end === -1) return isEnd ? 'text' : 'more';
    const call = callOf(parseJson(buffer.slice(start, end)));
    if (!call || !tools.some(({ name }) => name === call.name)) return 'text';
    return { type: 'calls', calls: [call], length: end };
  }

  return {
    push(piece) {
      const out: Scanned[] = [];
      buffer += piece;
      if (/[}\]>]/.test(piece)) isUnread = true;
      take(false, out);
      return out;
    },
    end({ isCut }) {
      const out: Scanned[] = [];
      if (isCut && isReading) buffer = '';
      take(true, out);
      if (!isReading && buffer !== '') text(out, buffer);
      buffer = '';
      return out;
    },
    get heldLength() {
      return buffer.length;
    },
  };
}
