import type { ModelkeepError } from '../../errors.ts';
import type { TokenLogprob, ToolDefinition } from '../generation.ts';
import type { Answer, AnswerDelta, AnswerEnd } from './chat.ts';
import { type GrammarGuard, grammarError } from './grammar/grammar-guard.ts';
import { createStopMatcher } from './stop-matcher.ts';
import { type CallScanner, createCallScanner, type Scanned } from './tools/call-scanner.ts';
import type { ToolFormat } from './tools/tool-format.ts';

export interface AnswerOptions {
  /** What the answer begins with, before anything is written; '' for nothing. */
  echo: string;
  stop: readonly string[];
  /** How calls are written; null where no tools were shown. */
  tools: { format: ToolFormat; definitions: readonly ToolDefinition[]; readsBare: boolean } | null;
  /** What is wrong with the whole of what was written as text; null for nothing. */
  check: ((text: string) => Promise<ModelkeepError | null>) | null;
  /** Follows what is written, and throws RangeError where going on would cost too much; null where no grammar binds it. */
  guard: GrammarGuard | null;
  newCallId: () => string;
}

/** Kept for `check`; an answer that is longer fits no schema that is worth checking. */
const maxCheckedLength = 4 * 1024 ** 2;

/**
 * Turns tokens into deltas. Bytes become whole characters, then calls are told from text, then stop texts end it: each step
 * holds back only what it cannot know yet, always the end of what has come.
 */
export function createAnswer({ echo, stop, tools, check, guard, newCallId }: AnswerOptions): Answer {
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  const stops = createStopMatcher(stop);
  const scanner: CallScanner | null = tools && createCallScanner(tools.format, { tools: tools.definitions, readsBare: tools.readsBare });
  const controlTokens = new Set(tools?.format.controlTokens);
  const logprobs = createLogprobQueue();
  let index = 0;
  let written = '';
  let isOver = false;
  let hasCalls = false;
  let failure: ModelkeepError | null = null;

  function textDelta(text: string): AnswerDelta[] {
    if (text === '') return [];
    if (check && written.length <= maxCheckedLength) written += text;
    const delta: AnswerDelta = { type: 'text', index, text, logprobs: logprobs.shown(text.length) };
    index += 1;
    return [delta];
  }

  function visible(text: string): AnswerDelta[] {
    const step = stops.push(text);
    isOver ||= step.isStopped;
    return textDelta(step.text);
  }

  function scanned(pieces: readonly Scanned[]): AnswerDelta[] {
    const deltas: AnswerDelta[] = [];
    for (const piece of pieces) {
      if (isOver) break;
      if (piece.type === 'text') {
        deltas.push(...visible(piece.text));
        continue;
      }
      deltas.push(...textDelta(stops.flush()));
      logprobs.skipped(piece.length);
      for (const call of piece.calls) {
        hasCalls = true;
        deltas.push({ type: 'toolCall', index, call: { id: newCallId(), ...call } });
        index += 1;
      }
    }
    return deltas;
  }

  /** A grammar follows control tokens too, by their names. */
  function follow(text: string): void {
    try {
      guard?.push(text);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      failure = grammarError(error);
      isOver = true;
    }
  }

  return {
    begin: () => {
      if (echo === '') return [];
      index += 1;
      return [{ type: 'text', index: 0, text: echo, logprobs: null }];
    },
    push({ bytes, isControl, logprob }) {
      if (isOver) return { deltas: [], isOver };
      const isShown = !isControl || controlTokens.has(Buffer.from(bytes).toString());
      const text = isShown ? decoder.decode(bytes, { stream: true }) : '';
      logprobs.add(text.length, isShown ? logprob : undefined);
      const deltas = scanner ? scanned(scanner.push(text)) : visible(text);
      if (!isOver) follow(isShown ? text : Buffer.from(bytes).toString());
      return { deltas, isOver };
    },
    async end(cause): Promise<AnswerEnd> {
      const deltas: AnswerDelta[] = [];
      if (!isOver) {
        const rest = decoder.decode();
        const isCut = cause !== 'eog';
        if (scanner) deltas.push(...scanned([...scanner.push(rest), ...scanner.end({ isCut })]));
        else deltas.push(...visible(rest));
      }
      // A stop text may have come with what was held back.
      if (!isOver) deltas.push(...textDelta(stops.flush()));
      if (failure) return { deltas, reason: 'ERROR', error: failure };
      if (cause === 'canceled') return { deltas, reason: 'CANCELED', error: null };
      if (cause === 'length' && !isOver) return { deltas, reason: 'LENGTH', error: null };
      if (hasCalls) return { deltas, reason: 'TOOL_CALLS', error: null };
      const error = (await check?.(written)) ?? null;
      return { deltas, reason: error ? 'ERROR' : 'STOP', error };
    },
  };
}

/** Which token's log-probability belongs to which text: a token counts once its last character is shown. */
function createLogprobQueue() {
  const waiting: { length: number; logprob: TokenLogprob }[] = [];
  let isWanted = false;
  /** Characters that are shown of the first that waits. */
  let credit = 0;
  return {
    add(length: number, logprob: TokenLogprob | undefined): void {
      if (logprob) {
        isWanted = true;
        waiting.push({ length, logprob });
      } else if (isWanted && waiting.length > 0) {
        const last = waiting.at(-1);
        if (last) last.length += length;
      }
    },
    shown(length: number): TokenLogprob[] | null {
      if (!isWanted) return null;
      credit += length;
      const ready: TokenLogprob[] = [];
      while (waiting[0] && credit > 0 && waiting[0].length <= credit) {
        const [first] = waiting.splice(0, 1);
        credit -= first?.length ?? 0;
        if (first) ready.push(first.logprob);
      }
      return ready;
    },
    /** What became a call is told without. */
    skipped(length: number): void {
      if (isWanted) this.shown(length);
    },
  };
}
