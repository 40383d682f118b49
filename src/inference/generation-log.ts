import type { GenerationEnd, GenerationEvent } from '../scheduler/scheduler.ts';
import { watch } from '../watch.ts';

/** What a generation has told, for readers that come and go and may be slow. */
export interface GenerationLog {
  /** Adds an event. Text that nobody has read yet grows instead of becoming more, so who does not read costs no more than its text. */
  push(event: GenerationEvent): void;
  /** It failed before it told anything: that is what readers get. */
  fail(error: Error): void;
  /** The events from one on, then those that come, ending after the end; at once where the signal aborts. */
  follow(options: { fromIndex: number; signal: AbortSignal }): AsyncIterableIterator<GenerationEvent>;
  readonly isEnded: boolean;
  /** UTF-16 units of text that are kept. */
  readonly textLength: number;
  /** How many deltas it has told. */
  readonly count: number;
}

/** `keeps`: whether what has been read is kept for readers to come. */
export function createGenerationLog({ keeps }: { keeps: boolean }): GenerationLog {
  let deltas: Exclude<GenerationEvent, GenerationEnd>[] = [];
  /** How many are forgotten: the first that is kept has this index. */
  let firstIndex = 0;
  /** Deltas below this index have been read, so they stay as they are. */
  let readUpTo = 0;
  let end: GenerationEnd | null = null;
  let failure: Error | null = null;
  let textLength = 0;
  const readers = new Set<() => void>();

  function add(event: GenerationEvent): void {
    if (event.type === 'end') {
      end = event;
      return;
    }
    const index = firstIndex + deltas.length;
    if (event.type === 'text') textLength += event.text.length;
    const last = deltas.at(-1);
    const isOpen = last?.type === 'text' && readUpTo < index;
    if (event.type === 'text' && isOpen && (last.logprobs === null) === (event.logprobs === null)) {
      last.text += event.text;
      last.logprobs?.push(...(event.logprobs ?? []));
    } else if (event.type === 'text') deltas.push({ ...event, index, logprobs: event.logprobs && [...event.logprobs] });
    else deltas.push({ ...event, index });
  }

  function wakeAll(): void {
    for (const wake of readers) wake();
  }

  return {
    push(event) {
      if (end || failure) return;
      add(event);
      wakeAll();
    },
    fail(error) {
      if (end || failure) return;
      failure = error;
      wakeAll();
    },
    follow({ fromIndex, signal }) {
      let next = fromIndex;
      return watch<GenerationEvent>({
        signal,
        subscribe(wake) {
          readers.add(wake);
          return () => readers.delete(wake);
        },
        async read() {
          if (failure) throw failure;
          const items: GenerationEvent[] = deltas.slice(Math.max(next - firstIndex, 0));
          next = Math.max(next, firstIndex + deltas.length);
          readUpTo = Math.max(readUpTo, firstIndex + deltas.length);
          if (!keeps) {
            firstIndex += deltas.length;
            deltas = [];
          }
          return end ? { items: [...items, end], isLast: true } : { items, isLast: false };
        },
      });
    },
    get isEnded() {
      return end !== null || failure !== null;
    },
    get textLength() {
      return textLength;
    },
    get count() {
      return firstIndex + deltas.length;
    },
  };
}
