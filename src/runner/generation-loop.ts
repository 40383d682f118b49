import { randomUUID } from 'node:crypto';
import type { GenerateWork, GenerationEvent } from '../engines/generation.ts';
import type { GenerationEngine } from '../engines/generation-engine.ts';
import { errorToWire, InternalError, ModelkeepError } from '../errors.ts';
import type { GeneratedEvent, RequestOrigin, RunnerReply, WireGenerationEvent } from './protocol.ts';

/** Takes generations and who leaves them; tells the events of each through `reply`, its end last. */
export interface GenerationLoop {
  generate(generationId: number, work: GenerateWork, origin?: RequestOrigin): void;
  stop(generationId: number): void;
}

export interface GenerationLoopOptions {
  engine: GenerationEngine;
  reply: (reply: RunnerReply) => void;
  /** Gets the cause of a failure nobody expected, under the id that the reader sees, and the request's id. */
  report: (id: string, cause: unknown, requestId?: string) => void;
}

/** How often the server hears of generations that have nothing to tell. */
const signEveryMs = 500;

/** Ties an engine that writes to the channel: what one step brings goes out as one message, and nothing waits for the channel. */
export function createGenerationLoop({ engine, reply, report }: GenerationLoopOptions): GenerationLoop {
  const running = new Map<number, AbortController>();
  const advanced = new Set<number>();
  let events: GeneratedEvent[] = [];
  let isFlushing = false;
  let lastSignMs = 0;

  function tell(generationId: number, event: GenerationEvent): void {
    events.push({ generationId, event: toWire(event) });
    flushSoon();
  }

  function flushSoon(): void {
    if (isFlushing) return;
    isFlushing = true;
    // All sequences take their step in one turn; what comes of it is together then.
    process.nextTick(flush);
  }

  function flush(): void {
    isFlushing = false;
    lastSignMs = performance.now();
    const message: RunnerReply = { type: 'generated', events, advanced: [...advanced], memoryBytes: process.memoryUsage.rss() };
    events = [];
    advanced.clear();
    reply(message);
  }

  function hasAdvanced(generationId: number): void {
    advanced.add(generationId);
    if (performance.now() - lastSignMs >= signEveryMs) flushSoon();
  }

  function explain(error: unknown, origin: RequestOrigin | undefined): ModelkeepError {
    if (error instanceof ModelkeepError) return error;
    const id = randomUUID();
    report(id, error, origin?.requestId);
    return new InternalError({ id });
  }

  return {
    generate(generationId, work, origin) {
      const leaving = new AbortController();
      running.set(generationId, leaving);
      void engine
        .generate(work, {
          signal: leaving.signal,
          emit: (event) => tell(generationId, event),
          advanced: () => hasAdvanced(generationId),
          explain: (error) => explain(error, origin),
        })
        .finally(() => running.delete(generationId));
    },
    stop(generationId) {
      running.get(generationId)?.abort();
    },
  };
}

function toWire(event: GenerationEvent): WireGenerationEvent {
  return event.type === 'end' ? { ...event, error: event.error && errorToWire(event.error, 'unknown') } : event;
}
