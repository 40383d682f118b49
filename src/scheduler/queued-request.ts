import type { Work, WorkResult } from '../engines/engine.ts';
import type { ModelkeepError } from '../errors.ts';
import { costOfImage, type ParcelTiming, type RequestOrigin } from '../runner/protocol.ts';
import { createResultMerger } from './merge-results.ts';

/** Where a request's time went, in milliseconds. */
export interface RunTiming {
  /** Until its first batch began, preparing apart. */
  queueMs: number;
  preprocessMs: number;
  /** The batches that it was part of; parts that ran side by side count once each, up to the time that passed. */
  inferenceMs: number;
  totalMs: number;
  /** Items in the largest batch that it was part of; 0 for work without batches. */
  batchSize: number;
  /** Padded tokens of that batch; 0 for images. */
  batchTokens: number;
}

export interface RunAnswer {
  result: WorkResult;
  timing: RunTiming;
}

/** Consecutive items of one request, sent to a runner as one parcel. */
export interface Slice {
  readonly id: number;
  readonly request: QueuedRequest;
  readonly start: number;
  readonly count: number;
  /** Estimated. */
  readonly tokens: number;
}

/** A request that is not answered yet. */
export interface QueuedRequest {
  readonly work: Work;
  readonly submittedMs: number;
  readonly origin: RequestOrigin | undefined;
  /** Estimated tokens of the items that no runner has yet. */
  readonly waitingTokens: number;
  /** Characters of those texts, bytes of those images. */
  readonly waitingSize: number;
  readonly inFlight: ReadonlySet<Slice>;
  readonly isSettled: boolean;
  /** What `take` would take; null when nothing waits. */
  peek(): { count: number; tokens: number } | null;
  /** Takes the next slice off. */
  take(id: number, nowMs: number): Slice;
  /** A slice was answered. Settles the request when it was the last. */
  deliver(slice: Slice, result: WorkResult, timing: ParcelTiming, nowMs: number): void;
  /** A slice failed: nothing more of the request is sent. It fails with the failure of its first item that fails. */
  fail(slice: Slice, error: ModelkeepError): void;
  /** Fails the request at once; answers of slices in flight come too late. */
  abandon(error: ModelkeepError): void;
}

export interface QueuedRequestOptions {
  work: Work;
  submittedMs: number;
  origin?: RequestOrigin | undefined;
  /** Estimated tokens after which a slice is full. */
  sliceTokens: number;
  /** The most tokens that a text can cost, as the rest is cut; null for no limit. */
  maxTokens: number | null;
  resolve: (answer: RunAnswer) => void;
  reject: (error: ModelkeepError) => void;
}

/** Characters and bytes that a request brings along. */
export function sizeOf(work: Work): number {
  const items: readonly (string | Uint8Array)[] = work.items;
  return items.reduce((sum, item) => sum + item.length, sharedSize(work));
}

/** A query is read again with each document. */
function sharedSize(work: Work): number {
  return work.kind === 'scorePairs' ? work.query.length : 0;
}

/** Tokens of so many characters before anybody tokenised them: four characters each, and the special ones. */
function estimateTokens(characters: number, maxTokens: number | null): number {
  return Math.min(Math.ceil(characters / 4) + 2, maxTokens ?? Number.POSITIVE_INFINITY);
}

/** Holds one request while its slices wait, run and come back. */
export function createQueuedRequest(options: QueuedRequestOptions): QueuedRequest {
  const { work, submittedMs, origin, sliceTokens, maxTokens, resolve, reject } = options;
  const items: readonly (string | Uint8Array)[] = work.items;
  const shared = sharedSize(work);
  const imageTokens = costOfImage(sliceTokens);
  const tokensOf = (item: string | Uint8Array) =>
    typeof item === 'string' ? estimateTokens(item.length + shared, maxTokens) : imageTokens;
  const merger = createResultMerger(work);
  const inFlight = new Set<Slice>();
  const timing: RunTiming = { queueMs: 0, preprocessMs: 0, inferenceMs: 0, totalMs: 0, batchSize: 0, batchTokens: 0 };
  let next = 0;
  let missing = items.length;
  let waitingTokens = items.reduce((sum, item) => sum + tokensOf(item), 0);
  let waitingSize = sizeOf(work);
  let failure: { start: number; error: ModelkeepError } | null = null;
  let isSettled = false;

  function dropWaiting(): void {
    next = items.length;
    waitingTokens = 0;
    waitingSize = 0;
  }

  function settleFailure(): void {
    if (isSettled || !failure) return;
    const { start, error } = failure;
    // A slice before it may still find an earlier item that fails: the same request fails the same way every time.
    if ([...inFlight].some((slice) => slice.start < start)) return;
    isSettled = true;
    reject(error);
  }

  function peek(): { count: number; tokens: number } | null {
    let tokens = 0;
    let count = 0;
    while (next + count < items.length) {
      const cost = tokensOf(items[next + count] ?? '');
      if (count > 0 && tokens + cost > sliceTokens) break;
      tokens += cost;
      count += 1;
    }
    return count === 0 ? null : { count, tokens };
  }

  return {
    work,
    submittedMs,
    origin,
    inFlight,
    get waitingTokens() {
      return waitingTokens;
    },
    get waitingSize() {
      return waitingSize;
    },
    get isSettled() {
      return isSettled;
    },
    peek,
    take(id, nowMs) {
      const size = peek() ?? { count: 0, tokens: 0 };
      if (next === 0) timing.queueMs = nowMs - submittedMs;
      const slice: Slice = { id, request: this, start: next, ...size };
      for (const item of items.slice(next, next + size.count)) waitingSize -= item.length;
      waitingTokens -= size.tokens;
      next += size.count;
      inFlight.add(slice);
      return slice;
    },
    deliver(slice, result, parcel, nowMs) {
      inFlight.delete(slice);
      settleFailure();
      if (isSettled || failure) return;
      const tooLarge = merger.accept(slice.start, result);
      if (tooLarge) return this.fail(slice, tooLarge);
      missing -= slice.count;
      if (slice.start === 0) timing.queueMs += parcel.queueMs;
      timing.preprocessMs += parcel.preprocessMs;
      timing.inferenceMs += parcel.inferenceMs;
      if (parcel.batchSize > timing.batchSize) Object.assign(timing, { batchSize: parcel.batchSize, batchTokens: parcel.batchTokens });
      if (missing > 0) return;
      isSettled = true;
      const totalMs = nowMs - submittedMs;
      resolve({ result: merger.finish(), timing: { ...timing, totalMs, inferenceMs: Math.min(timing.inferenceMs, totalMs) } });
    },
    fail(slice, error) {
      inFlight.delete(slice);
      dropWaiting();
      if (!failure || slice.start < failure.start) failure = { start: slice.start, error };
      settleFailure();
    },
    abandon(error) {
      dropWaiting();
      if (isSettled) return;
      isSettled = true;
      reject(error);
    },
  };
}

/** The part of the request's work that a slice is. */
export function sliceWork({ request, start, count }: Slice): Work {
  const { work } = request;
  // The items of a work are of its own kind.
  return { ...work, items: work.items.slice(start, start + count), firstIndex: work.firstIndex + start } as Work;
}
