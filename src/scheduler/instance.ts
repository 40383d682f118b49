import type { Clock } from '../clock.ts';
import type { ImageOptions } from '../engines/engine.ts';
import type { GenerationOptions } from '../engines/generation.ts';
import { CanceledError, errorFromWire, type ModelkeepError, TimeoutError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Precision } from '../models/model.ts';
import type { BatchReport, RunnerReply } from '../runner/protocol.ts';
import { onAbort } from './abort.ts';
import type { QueuedGeneration } from './generation-queue.ts';
import { createInstanceGenerations } from './instance-generations.ts';
import type { SchedulerLimits } from './limits.ts';
import type { MemoryPlace } from './memory-ledger.ts';
import type { MemoryWatch } from './memory-watch.ts';
import type { ModelQueue } from './model-queue.ts';
import { type Slice, sliceWork } from './queued-request.ts';
import { crashed, tookTooMuch } from './runner-failures.ts';
import { startRunnerProcess } from './runner-process.ts';
import { createSilenceWatch } from './silence-watch.ts';

/** One runner of a model, with the slices that it has. */
export interface Instance {
  /** Resolves when the model is open; rejects with the typed reason when it does not open. */
  readonly ready: Promise<void>;
  readonly isReady: boolean;
  /** The system's id of its process. */
  readonly pid: number | undefined;
  /** Measured, or estimated until it is. */
  readonly memoryBytes: number;
  /** Estimated tokens of the slices that it has. */
  readonly outstandingTokens: number;
  /** Generations that it could take. */
  readonly freeSlots: number;
  dispatch(slice: Slice): void;
  write(generation: QueuedGeneration): void;
  /** Tells it that a generation's reader left. */
  stopWriting(generation: QueuedGeneration): void;
  /** Tells it that a slice's caller left. */
  cancel(slice: Slice): void;
  /** Ends the process on purpose; resolves when it is gone. */
  end(): Promise<void>;
}

/** Why an instance is gone. */
export interface InstanceFailure {
  error: ModelkeepError;
  /** The same in a few words. */
  detail: string;
  /** Whether it had opened the model. */
  wasReady: boolean;
}

export interface InstanceOptions {
  /** The model's name, for messages. */
  name: string;
  folder: string;
  entry: string;
  threads: number;
  precision: Precision;
  images: ImageOptions;
  maxBatchTokens: number;
  /** For a model that writes. */
  generation?: GenerationOptions | undefined;
  queue: ModelQueue;
  place: MemoryPlace;
  memoryWatch: MemoryWatch;
  limits: SchedulerLimits;
  clock: Clock;
  log: Log;
  /** A reply came: there may be credit again. */
  onReply: (reply: { isAnswer: boolean; report?: BatchReport }) => void;
  /** The process is gone; null when it was ended on purpose. */
  onExit: (failure: InstanceFailure | null) => void;
}

/** What a runner may take for each byte that was expected of it, before anybody asks whether the budget has room. */
const allowedShare = 2;

/** Starts a runner and opens the model in it. The signal kills it while it opens. */
export function startInstance(options: InstanceOptions, signal: AbortSignal): Instance {
  const {
    name,
    folder,
    entry,
    threads,
    precision,
    images,
    maxBatchTokens,
    generation,
    queue,
    place,
    memoryWatch,
    limits,
    clock,
    log,
    onReply,
    onExit,
  } = options;
  const slices = new Map<number, Slice>();
  const ready = Promise.withResolvers<void>();
  let isReady = false;
  let slots = 0;
  let outstandingTokens = 0;
  let endReason: ModelkeepError | 'on purpose' | null = null;

  const requestIds = () => [...[...slices.values()].flatMap(({ request }) => request.origin?.requestId ?? []), ...generations.requestIds];
  const runner = startRunnerProcess({ entry, threads, clock, log, onReply: receive, requestIds });

  const { inferenceMs } = limits;
  const onSilence = () => giveUp(new TimeoutError({ what: `A request to ${name}`, timeoutMs: inferenceMs }));
  const silence = createSilenceWatch({ clock, limitMs: inferenceMs, onSilence });
  const generations = createInstanceGenerations({
    send: (request) => runner.send(request),
    clock,
    silenceMs: inferenceMs,
    onSilence,
  });
  const expectedBytes = place.bytes;
  const stopMeasuring =
    runner.pid === undefined
      ? () => {}
      : memoryWatch.add({
          processId: runner.pid,
          place,
          allowedBytes: expectedBytes * allowedShare,
          stop: (bytes) => giveUp(tookTooMuch({ name, bytes, expectedBytes, wasReady: isReady })),
        });

  function giveUp(reason: ModelkeepError): void {
    endReason ??= reason;
    void runner.kill();
  }

  function receive(reply: RunnerReply): void {
    if (endReason) return;
    switch (reply.type) {
      case 'loaded':
        isReady = true;
        slots = reply.slots;
        cancelLoadTimer();
        place.measure(reply.memoryBytes);
        ready.resolve();
        onReply({ isAnswer: false });
        break;
      case 'failed':
        giveUp(errorFromWire(reply.error));
        break;
      case 'batch':
        place.measure(reply.memoryBytes);
        silence.heard(reply.prepared);
        onReply({ isAnswer: false, report: reply.report });
        break;
      case 'result':
        answered(reply.parcelId, (slice) => queue.deliver(slice, reply.result, reply.timing));
        break;
      case 'error':
        answered(reply.parcelId, (slice) => queue.fail(slice, errorFromWire(reply.error)));
        break;
      case 'generated':
        place.measure(reply.memoryBytes);
        if (generations.receive(reply)) onReply({ isAnswer: true });
        break;
      case 'inspected':
        break;
      default:
        reply satisfies never;
    }
  }

  function answered(parcelId: number, settle: (slice: Slice) => void): void {
    const slice = slices.get(parcelId);
    if (!slice) return;
    slices.delete(parcelId);
    outstandingTokens -= slice.tokens;
    silence.end(parcelId);
    settle(slice);
    onReply({ isAnswer: true });
  }

  const loadMs = limits.loadMs;
  const cancelLoadTimer = clock.setTimeout(() => giveUp(new TimeoutError({ what: `Loading ${name}`, timeoutMs: loadMs })), loadMs);
  const stopListening = onAbort(signal, () => giveUp(new CanceledError({ what: `Loading ${name}` })));
  void ready.promise.then(stopListening, stopListening);
  const load = { folder, threads, precision, images, maxBatchTokens, ...(generation ? { generation } : {}) };
  runner.send({ type: 'load', ...load });

  void runner.exited.then((detail) => {
    cancelLoadTimer();
    silence.stop();
    stopMeasuring();
    place.release();
    const wasReady = isReady;
    isReady = false;
    const failure = endReason ?? crashed(name, detail, wasReady);
    const typed = failure === 'on purpose' ? new CanceledError({ what: `Work on ${name}` }) : failure;
    ready.reject(typed);
    queue.abandon(slices.values(), typed);
    slices.clear();
    generations.abandon(typed);
    onExit(failure === 'on purpose' ? null : { error: failure, detail: endReason ? typed.message : detail, wasReady });
  });

  return {
    ready: ready.promise,
    pid: runner.pid,
    get memoryBytes() {
      return place.bytes;
    },
    get isReady() {
      return isReady && !endReason;
    },
    get outstandingTokens() {
      return outstandingTokens;
    },
    get freeSlots() {
      return slots - generations.count;
    },
    write: generations.dispatch,
    stopWriting: generations.cancel,
    dispatch(slice) {
      slices.set(slice.id, slice);
      outstandingTokens += slice.tokens;
      silence.begin(slice.id);
      const { origin } = slice.request;
      runner.send({ type: 'run', parcelId: slice.id, work: sliceWork(slice), ...(origin ? { origin } : {}) });
    },
    cancel(slice) {
      if (slices.has(slice.id)) runner.send({ type: 'cancel', parcelId: slice.id });
    },
    async end() {
      endReason ??= 'on purpose';
      // A runner that is still opening the model holds its thread in native code: nobody waits for that.
      await (isReady && slices.size === 0 && generations.count === 0 ? runner.end(limits.endMs) : runner.kill());
    },
  };
}
