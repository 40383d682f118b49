import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { CanceledError, GenerationNotFoundError, InvalidInputError, OverloadedError } from '../errors.ts';
import type { GenerationEvent } from '../scheduler/scheduler.ts';
import { createGenerationLog, type GenerationLog } from './generation-log.ts';

/** All generations that run, and the detached ones that are kept for a while. */
export interface Generations {
  /**
   * Starts one. `write` tells its events until it resolves; its signal aborts when somebody cancels it, or when `signal` does and it is
   * not detached. Throws INVALID_INPUT for an id that is in use, OVERLOADED where too many detached ones run.
   */
  start(options: StartOptions): RunningGeneration;
  /** A detached one's events from an index on, and those to come. Throws GENERATION_NOT_FOUND. */
  follow(id: string, options: { fromIndex: number; signal: AbortSignal }): AsyncIterableIterator<GenerationEvent>;
  /** Stops one; false where it had ended. Throws GENERATION_NOT_FOUND. */
  cancel(id: string): boolean;
  /** Stops all. */
  close(): void;
}

export interface StartOptions {
  /** A client's own; null for a new one. */
  id: string | null;
  detached: boolean;
  signal: AbortSignal;
  write: (signal: AbortSignal, onEvent: (event: GenerationEvent) => void) => Promise<void>;
}

export interface RunningGeneration {
  id: string;
  /** For its own client: leaving these ends a generation that is not detached. */
  events: AsyncIterableIterator<GenerationEvent>;
}

export interface GenerationsOptions {
  clock: Clock;
  /** Detached ones, running and kept. */
  maxDetached?: number;
  /** UTF-16 units of text that one detached generation may have; longer ones end with LENGTH. */
  maxDetachedText?: number;
  /** How long a detached one is kept after its end. */
  keepMs?: number;
}

interface Entry {
  log: GenerationLog;
  detached: boolean;
  stop(): void;
  forget(): void;
}

/** Makes an empty registry. */
export function createGenerations({
  clock,
  maxDetached = 64,
  maxDetachedText = 1024 ** 2,
  keepMs = 300_000,
}: GenerationsOptions): Generations {
  const entries = new Map<string, Entry>();

  function require(id: string): Entry {
    const entry = entries.get(id);
    if (!entry) throw new GenerationNotFoundError({ id });
    return entry;
  }

  /** The detached one that ended first makes room; one that runs does not. */
  function makeRoom(): void {
    const detached = [...entries].filter(([, entry]) => entry.detached);
    if (detached.length < maxDetached) return;
    const [, ended] = detached.find(([, { log }]) => log.isEnded) ?? [];
    if (!ended) throw new OverloadedError({ retryAfterMs: 1000, message: `${maxDetached} detached generations run already.` });
    ended.forget();
  }

  return {
    start({ id: given, detached, signal, write }) {
      const id = given ?? randomUUID();
      if (entries.has(id)) throw new InvalidInputError({ field: 'input.id', message: 'is the id of another generation.' });
      if (detached) makeRoom();
      const log = createGenerationLog({ keeps: detached });
      const stopping = new AbortController();
      let isFull = false;
      let cancelTimer = () => {};
      const stop = () => stopping.abort();
      const entry: Entry = {
        log,
        detached,
        stop,
        forget() {
          cancelTimer();
          if (entries.get(id) === entry) entries.delete(id);
        },
      };
      entries.set(id, entry);
      if (!detached) {
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      }

      function tell(event: GenerationEvent): void {
        if (isFull && event.type !== 'end') return;
        // An error before anything was told is a failure of the request, not the end of an answer.
        if (event.type === 'end' && event.error && log.count === 0) {
          log.fail(event.error);
          return;
        }
        log.push(isFull && event.type === 'end' && event.reason === 'CANCELED' ? { ...event, reason: 'LENGTH' } : event);
        if (detached && !isFull && log.textLength > maxDetachedText) {
          isFull = true;
          stop();
        }
      }

      const settled = write(stopping.signal, tell).then(
        () => log.fail(new CanceledError({ what: 'The generation' })),
        (error: Error) => log.fail(error),
      );
      void settled.then(() => {
        signal.removeEventListener('abort', stop);
        if (detached && entries.get(id) === entry) cancelTimer = clock.setTimeout(entry.forget, keepMs);
        else entry.forget();
      });
      const events = log.follow({ fromIndex: 0, signal });
      return { id, events: detached ? events : stopWithReader(events, stop) };
    },
    follow(id, { fromIndex, signal }) {
      const entry = require(id);
      if (!entry.detached) throw new GenerationNotFoundError({ id });
      return entry.log.follow({ fromIndex, signal });
    },
    cancel(id) {
      const { log, stop } = require(id);
      if (log.isEnded) return false;
      stop();
      return true;
    },
    close() {
      for (const entry of [...entries.values()]) {
        entry.stop();
        if (entry.log.isEnded) entry.forget();
      }
    },
  };
}

/** The same events; whoever stops reading stops the writing. */
function stopWithReader(events: AsyncIterableIterator<GenerationEvent>, stop: () => void): AsyncIterableIterator<GenerationEvent> {
  return {
    next: () => events.next(),
    async return() {
      stop();
      return (await events.return?.()) ?? { done: true, value: undefined };
    },
    async throw(error) {
      stop();
      if (events.throw) return events.throw(error);
      throw error;
    },
    [Symbol.asyncIterator]() {
      return this;
    },
  };
}
