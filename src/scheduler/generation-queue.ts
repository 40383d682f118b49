import type { Clock } from '../clock.ts';
import type { GenerateWork, GenerationEnd, GenerationEvent } from '../engines/generation.ts';
import { CanceledError, type ModelkeepError, OverloadedError } from '../errors.ts';
import type { RequestOrigin } from '../runner/protocol.ts';
import { onAbort } from './abort.ts';

/** The generations of one model: those that wait for a slot, and those that a runner writes. */
export interface GenerationQueue {
  /**
   * Waits for the end, which is told as an event too, like all before it. Throws `OVERLOADED` at once when too many wait, or too large ones, and
   * `CANCELED` where the signal has aborted before; whatever comes later is an end.
   */
  submit(work: GenerateWork, context: SubmitContext): Promise<GenerationEnd>;
  /** Takes the one that has waited longest; null when none waits. */
  take(): QueuedGeneration | null;
  /** Ends all with a failure. */
  abandonAll(error: ModelkeepError): void;
  readonly waitingCount: number;
  /** Generations that have not ended. */
  readonly depth: number;
}

export interface SubmitContext {
  signal: AbortSignal;
  /** Takes an event at once, and does not throw. */
  onEvent: (event: GenerationEvent) => void;
  origin?: RequestOrigin | undefined;
}

/** A generation that has not ended. */
export interface QueuedGeneration {
  readonly id: number;
  readonly work: GenerateWork;
  readonly origin: RequestOrigin | undefined;
  readonly hasEnded: boolean;
  /** A runner has it. */
  started(): void;
  /** What the runner tells. */
  tell(event: GenerationEvent): void;
  /** Ends it without the runner: CANCELED for a cancelled one, else ERROR. */
  abandon(error: ModelkeepError): void;
}

export interface GenerationQueueOptions {
  /** Most generations that wait. */
  maxQueue: number;
  clock: Clock;
  /** Something was put in. */
  onWork: () => void;
  /** The reader of one that a runner has left. */
  onCancel: (generation: QueuedGeneration) => void;
}

const unknownRetryMs = 1000;
const longestRetryMs = 60_000;
/** What the images of all generations that have not ended may have together, encoded; one alone may have more. */
const mostImageBytes = 256 * 1024 ** 2;
/** Share of a new measurement. */
const weight = 0.2;

/** Makes the queue of one model. It outlives the processes that run the model. */
export function createGenerationQueue({ maxQueue, clock, onWork, onCancel }: GenerationQueueOptions): GenerationQueue {
  const generations = new Set<QueuedGeneration>();
  let waiting: QueuedGeneration[] = [];
  let ids = 0;
  /** How long one has been written, lately. */
  let typicalMs: number | null = null;

  function retryAfterMs(): number {
    const atOnce = Math.max(1, generations.size - waiting.length);
    const estimate = typicalMs === null ? unknownRetryMs : (typicalMs * (waiting.length + 1)) / atOnce;
    return Math.round(Math.min(Math.max(estimate, 1), longestRetryMs));
  }

  function hasTooManyImages(work: GenerateWork): boolean {
    const bytes = imageBytes(work);
    const others = [...generations].reduce((sum, generation) => sum + imageBytes(generation.work), 0);
    return bytes > 0 && others > 0 && bytes + others > mostImageBytes;
  }

  function ended(generation: QueuedGeneration, { timing, reason }: GenerationEnd): void {
    generations.delete(generation);
    waiting = waiting.filter((other) => other !== generation);
    if (reason === 'ERROR') return;
    const runMs = timing.promptMs + timing.generationMs;
    typicalMs = typicalMs === null ? runMs : typicalMs + weight * (runMs - typicalMs);
  }

  async function submit(work: GenerateWork, { signal, onEvent, origin }: SubmitContext): Promise<GenerationEnd> {
    if (signal.aborted) throw new CanceledError({ what: 'The generation' });
    if (waiting.length >= maxQueue || hasTooManyImages(work)) throw new OverloadedError({ retryAfterMs: retryAfterMs() });
    const { promise, resolve } = Promise.withResolvers<GenerationEnd>();
    ids += 1;
    const generation = createGeneration({
      id: ids,
      work,
      origin,
      clock,
      onEvent,
      onEnd(end) {
        ended(generation, end);
        resolve(end);
      },
    });
    generations.add(generation);
    waiting.push(generation);
    onWork();
    const stopListening = onAbort(signal, () => {
      if (waiting.includes(generation)) generation.abandon(new CanceledError({ what: 'The generation' }));
      else onCancel(generation);
    });
    try {
      return await promise;
    } finally {
      stopListening();
    }
  }

  return {
    submit,
    take() {
      const generation = waiting.shift() ?? null;
      generation?.started();
      return generation;
    },
    abandonAll(error) {
      for (const generation of [...generations]) generation.abandon(error);
    },
    get waitingCount() {
      return waiting.length;
    },
    get depth() {
      return generations.size;
    },
  };
}

function imageBytes({ images = [] }: GenerateWork): number {
  return images.reduce((sum, image) => sum + image.length, 0);
}

interface GenerationParts extends Pick<QueuedGeneration, 'id' | 'work' | 'origin'> {
  clock: Clock;
  onEvent: (event: GenerationEvent) => void;
  onEnd: (end: GenerationEnd) => void;
}

/** Sees to it that there is one end, and that its time began when the request came to the server. */
function createGeneration({ id, work, origin, clock, onEvent, onEnd }: GenerationParts): QueuedGeneration {
  const submittedMs = clock.monotonicMs();
  let startedMs: number | null = null;
  let firstMs: number | null = null;
  let deltas = 0;
  let hasEnded = false;

  function finish(end: GenerationEnd): void {
    if (hasEnded) return;
    hasEnded = true;
    onEvent(end);
    onEnd(end);
  }

  return {
    id,
    work,
    origin,
    get hasEnded() {
      return hasEnded;
    },
    started() {
      startedMs ??= clock.monotonicMs();
    },
    tell(event) {
      if (hasEnded) return;
      if (event.type !== 'end') {
        deltas += 1;
        firstMs ??= clock.monotonicMs();
        onEvent(event);
        return;
      }
      const waitedMs = (startedMs ?? submittedMs) - submittedMs;
      const { queueMs, firstTokenMs } = event.timing;
      const timing = { ...event.timing, queueMs: queueMs + waitedMs, firstTokenMs: firstTokenMs === null ? null : firstTokenMs + waitedMs };
      finish({ ...event, timing });
    },
    abandon(error) {
      const nowMs = clock.monotonicMs();
      finish({
        type: 'end',
        reason: error instanceof CanceledError ? 'CANCELED' : 'ERROR',
        error: error instanceof CanceledError ? null : error,
        // Nobody is left who knows better.
        usage: { promptTokens: 0, cachedPromptTokens: 0, completionTokens: deltas },
        timing: {
          queueMs: (startedMs ?? nowMs) - submittedMs,
          promptMs: startedMs === null ? 0 : (firstMs ?? nowMs) - startedMs,
          firstTokenMs: firstMs === null ? null : firstMs - submittedMs,
          generationMs: firstMs === null ? 0 : nowMs - firstMs,
          tokensPerSecond: null,
        },
      });
    },
  };
}
