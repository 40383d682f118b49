import type { Clock } from '../clock.ts';
import type { Work, WorkResult } from '../engines/engine.ts';
import { CanceledError, type ModelkeepError, OverloadedError } from '../errors.ts';
import type { ParcelTiming, RequestOrigin } from '../runner/protocol.ts';
import { onAbort } from './abort.ts';
import { emptyResult } from './merge-results.ts';
import { createQueuedRequest, type QueuedRequest, type RunAnswer, type Slice, sizeOf } from './queued-request.ts';
import { createThroughput } from './throughput.ts';

/** The requests of one model: those that wait and those that runners have. */
export interface ModelQueue {
  /** Waits for the answer. `OVERLOADED` at once when too many wait; `CANCELED` as soon as the signal aborts. */
  submit(work: Work, signal: AbortSignal, origin?: RequestOrigin): Promise<RunAnswer>;
  /**
   * Takes the next slice, of each request in turn: a long request does not hold up a short one. Null when nothing waits, or
   * when the next one has more than `tokens`; nothing is passed over, so nothing starves.
   */
  take(tokens: number): Slice | null;
  deliver(slice: Slice, result: WorkResult, timing: ParcelTiming): void;
  fail(slice: Slice, error: ModelkeepError): void;
  /** Fails the requests that these slices belong to, whatever else of them is in hand. */
  abandon(slices: Iterable<Slice>, error: ModelkeepError): void;
  /** Fails every request. */
  abandonAll(error: ModelkeepError): void;
  /** Requests of which something waits for a runner. */
  readonly waitingCount: number;
  /** Requests that are not answered yet. */
  readonly depth: number;
}

export interface ModelQueueOptions {
  /** Most requests that wait. */
  maxQueue: number;
  /** Most characters of texts and bytes of images that wait; one request alone may have more. */
  maxQueuedSize: number;
  sliceTokens: number;
  maxTokens: number | null;
  clock: Clock;
  /** Something was put in. */
  onWork: () => void;
  /** The caller of a slice in flight has left. */
  onCancel: (slice: Slice) => void;
}

const unknownRetryMs = 1000;
const longestRetryMs = 60_000;

/** Makes the queue of one model. It outlives the processes that run the model. */
export function createModelQueue(options: ModelQueueOptions): ModelQueue {
  const { maxQueue, maxQueuedSize, sliceTokens, maxTokens, clock, onWork, onCancel } = options;
  const throughput = createThroughput(clock.monotonicMs);
  const requests = new Set<QueuedRequest>();
  let waiting: QueuedRequest[] = [];
  let tokensInFlight = 0;
  let sliceIds = 0;

  function refuseIfFull(work: Work): void {
    if (waiting.length === 0) return;
    const waitingSize = waiting.reduce((sum, request) => sum + request.waitingSize, 0);
    if (waiting.length >= maxQueue || waitingSize + sizeOf(work) > maxQueuedSize)
      throw new OverloadedError({ retryAfterMs: retryAfterMs() });
  }

  function retryAfterMs(): number {
    const backlog = waiting.reduce((sum, request) => sum + request.waitingTokens, tokensInFlight);
    const estimate = throughput.estimateMs(backlog) ?? unknownRetryMs;
    return Math.round(Math.min(Math.max(estimate, 1), longestRetryMs));
  }

  /** What is left of a request that was answered: nothing waits any more, and runners may drop their part. */
  function release(request: QueuedRequest): void {
    requests.delete(request);
    waiting = waiting.filter((other) => other !== request);
    for (const slice of request.inFlight) onCancel(slice);
  }

  function returned(slice: Slice): void {
    tokensInFlight -= slice.tokens;
    throughput.done(slice.tokens, tokensInFlight > 0 || waiting.length > 0);
  }

  async function submit(work: Work, signal: AbortSignal, origin?: RequestOrigin): Promise<RunAnswer> {
    if (signal.aborted) throw new CanceledError({ what: 'The request' });
    const submittedMs = clock.monotonicMs();
    if (work.items.length === 0) return { result: emptyResult(work), timing: { ...noTime } };
    refuseIfFull(work);
    const { promise, resolve, reject } = Promise.withResolvers<RunAnswer>();
    const request = createQueuedRequest({ work, submittedMs, origin, sliceTokens, maxTokens, resolve, reject });
    requests.add(request);
    waiting.push(request);
    throughput.begin();
    const stopListening = onAbort(signal, () => request.abandon(new CanceledError({ what: 'The request' })));
    try {
      onWork();
      return await promise;
    } finally {
      stopListening();
      release(request);
    }
  }

  return {
    submit,
    take(tokens) {
      const request = waiting.find((candidate) => !candidate.isSettled);
      const size = request?.peek();
      if (!request || !size || size.tokens > tokens) return null;
      sliceIds += 1;
      const slice = request.take(sliceIds, clock.monotonicMs());
      tokensInFlight += slice.tokens;
      waiting = waiting.filter((other) => other !== request);
      if (request.peek()) waiting.push(request);
      return slice;
    },
    deliver(slice, result, timing) {
      returned(slice);
      slice.request.deliver(slice, result, timing, clock.monotonicMs());
    },
    fail(slice, error) {
      returned(slice);
      slice.request.fail(slice, error);
      waiting = waiting.filter((request) => request !== slice.request);
      for (const later of slice.request.inFlight) if (later.start > slice.start) onCancel(later);
    },
    abandon(slices, error) {
      for (const slice of slices) {
        tokensInFlight -= slice.tokens;
        slice.request.abandon(error);
      }
    },
    abandonAll(error) {
      for (const request of [...requests]) request.abandon(error);
      waiting = [];
    },
    get waitingCount() {
      return waiting.filter((request) => !request.isSettled).length;
    },
    get depth() {
      return requests.size;
    },
  };
}

const noTime = { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 0, batchSize: 0, batchTokens: 0 };
