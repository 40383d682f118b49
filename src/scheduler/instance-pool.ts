import type { Clock } from '../clock.ts';
import { CanceledError, type ModelkeepError, RunnerCrashedError, TimeoutError } from '../errors.ts';
import type { Outside } from '../request-scope.ts';
import type { BatchReport } from '../runner/protocol.ts';
import type { GenerationQueue, QueuedGeneration } from './generation-queue.ts';
import { type Instance, type InstanceFailure, type InstanceOptions, startInstance } from './instance.ts';
import type { SchedulerLimits } from './limits.ts';
import type { MemoryPlace } from './memory-ledger.ts';
import type { Slice } from './queued-request.ts';

/** The runners of one loaded model. They pull slices from its queue as far as their credit goes. */
export interface InstancePool {
  /** Starts the first instance, in memory that was already entered. Rejects with the typed reason, leaving nothing. */
  start(place: MemoryPlace, signal: AbortSignal): Promise<void>;
  /** Hands out what waits, and starts another instance where all are busy. */
  pump(): void;
  /** Tells the instance that has the slice. */
  cancel(slice: Slice): void;
  /** Tells the instance that writes it. */
  stopWriting(generation: QueuedGeneration): void;
  readonly readyCount: number;
  /** Ids of the processes, for supervision from outside. */
  readonly processIds: number[];
  /** What each process takes, or is estimated to take. */
  readonly runnerBytes: number[];
  /** Ends every process; resolves when all are gone. */
  end(): Promise<void>;
}

export interface InstancePoolOptions
  extends Pick<
    InstanceOptions,
    'name' | 'folder' | 'entry' | 'threads' | 'precision' | 'images' | 'maxBatchTokens' | 'generation' | 'queue' | 'memoryWatch' | 'log'
  > {
  /** Generations that wait for a slot. */
  generations: GenerationQueue;
  /** Most instances at once. */
  instances: number;
  limits: SchedulerLimits;
  clock: Clock;
  /** Memory for a further instance, or null where there is none; a model's only instance always gets it. */
  enterMemory: (isOnly: boolean) => MemoryPlace | null;
  /** Where instances are started: each serves many requests. */
  outside: Outside;
  onBatch: (report: BatchReport, processId: number | undefined) => void;
  /** An instance has ended unexpectedly. */
  onFailure: (failure: ModelkeepError) => void;
  /** An instance came up or went. */
  onChange: () => void;
  /** Too many crashes in a row: the pool has ended. */
  onGivenUp: (failure: ModelkeepError) => void;
}

/** Batches that an instance may have in hand, so that it need not wait for the next one. */
const batchesAhead = 2;

/** Makes a pool without instances. */
export function createInstancePool(options: InstancePoolOptions): InstancePool {
  const { queue, generations, limits, clock, log, enterMemory, outside, onBatch, onFailure, onChange, onGivenUp } = options;
  const creditTokens = batchesAhead * options.maxBatchTokens;
  const instances = new Set<Instance>();
  const ending = new AbortController();
  let hasStarted = false;
  let crashes = 0;
  let failedStarts = 0;
  let mayStartAtMs = 0;
  let cancelRestart: (() => void) | null = null;

  function add(place: MemoryPlace, signal: AbortSignal): Instance {
    const instance: Instance = outside(() =>
      startInstance(
        {
          ...options,
          place,
          onReply({ isAnswer, report }) {
            if (isAnswer) crashes = 0;
            if (report) onBatch(report, instance.pid);
            pump();
          },
          onExit(failure) {
            instances.delete(instance);
            if (failure && hasStarted && !ending.signal.aborted) recover(failure);
            onChange();
          },
        },
        signal,
      ),
    );
    instances.add(instance);
    // `onExit` has dealt with one that does not open; the first instance's caller gets the rejection too.
    instance.ready.then(
      () => {
        failedStarts = 0;
        onChange();
      },
      () => {},
    );
    return instance;
  }

  function recover({ error, detail, wasReady }: InstanceFailure): void {
    // A further instance that does not come up costs nobody a request: it only has to be tried less often.
    if (!wasReady && instances.size > 0) failedStarts += 1;
    else crashes += 1;
    onFailure(error);
    log.warn({ crashes, failedStarts, reason: error.message }, 'a runner ended unexpectedly');
    if (crashes >= limits.crashes) {
      void end();
      onGivenUp(givenUp(error, detail));
      return;
    }
    const setbacks = Math.max(crashes, failedStarts);
    mayStartAtMs = clock.monotonicMs() + Math.min(limits.firstRestartMs * 2 ** (setbacks - 1), limits.longestRestartMs);
    pump();
  }

  function givenUp(error: ModelkeepError, detail: string): ModelkeepError {
    if (!(error instanceof RunnerCrashedError || error instanceof TimeoutError)) return error;
    const advice = 'It is not started again; load the model again to try.';
    return new RunnerCrashedError({ model: options.name, detail: `${crashes} times in a row, the last time because ${detail}`, advice });
  }

  /** At most one opens at a time: opening takes a core, and what waits may be done by then. */
  function startMore(): void {
    const isOnly = instances.size === 0;
    const isOpening = [...instances].some((instance) => !instance.isReady);
    const isWanted = isOnly || (queue.waitingCount + generations.waitingCount > 0 && instances.size < options.instances && !isOpening);
    if (!isWanted || cancelRestart) return;
    const delayMs = mayStartAtMs - clock.monotonicMs();
    if (delayMs > 0) {
      cancelRestart = clock.setTimeout(() => {
        cancelRestart = null;
        pump();
      }, delayMs);
      return;
    }
    const place = enterMemory(isOnly);
    if (place) add(place, ending.signal);
  }

  function pump(): void {
    if (!hasStarted || ending.signal.aborted) return;
    for (;;) {
      const [instance] = [...instances]
        .filter((candidate) => candidate.isReady)
        .sort((first, second) => first.outstandingTokens - second.outstandingTokens);
      if (!instance) break;
      const credit = instance.outstandingTokens === 0 ? Number.POSITIVE_INFINITY : creditTokens - instance.outstandingTokens;
      const slice = queue.take(credit);
      if (!slice) break;
      instance.dispatch(slice);
    }
    handOutGenerations();
    startMore();
  }

  /** Each goes where most slots are free, and stays there: what it has read is in that process. */
  function handOutGenerations(): void {
    for (;;) {
      const [instance] = [...instances]
        .filter((candidate) => candidate.isReady)
        .sort((first, second) => second.freeSlots - first.freeSlots);
      const generation = instance && instance.freeSlots > 0 ? generations.take() : null;
      if (!instance || !generation) return;
      instance.write(generation);
    }
  }

  async function end(): Promise<void> {
    ending.abort();
    cancelRestart?.();
    await Promise.all([...instances].map((instance) => instance.end()));
  }

  return {
    pump,
    end,
    async start(place, signal) {
      if (ending.signal.aborted || signal.aborted) {
        place.release();
        throw new CanceledError({ what: `Loading ${options.name}` });
      }
      await add(place, signal).ready;
      hasStarted = true;
      pump();
    },
    cancel(slice) {
      for (const instance of instances) instance.cancel(slice);
    },
    stopWriting(generation) {
      for (const instance of instances) instance.stopWriting(generation);
    },
    get readyCount() {
      return [...instances].filter((instance) => instance.isReady).length;
    },
    get processIds() {
      return [...instances].flatMap((instance) => instance.pid ?? []);
    },
    get runnerBytes() {
      return [...instances].map((instance) => instance.memoryBytes);
    },
  };
}
