import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { modalityOf, type Work } from '../engines/engine.ts';
import { CanceledError, errorFromWire, errorToWire, ModelkeepError, ModelLoadingError, ModelNotLoadedError } from '../errors.ts';
import type { Log } from '../log.ts';
import type { Outside } from '../request-scope.ts';
import type { Resident } from './eviction.ts';
import { createInstancePool } from './instance-pool.ts';
import { createKeepAlive } from './keep-alive.ts';
import { createLeases } from './leases.ts';
import type { SchedulerLimits } from './limits.ts';
import type { MemoryLedger, MemoryPlace } from './memory-ledger.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { createModelQueue } from './model-queue.ts';
import { estimateMemory, type LoadOptions, type ModelRuntime, type RuntimeState, type SchedulableModel } from './model-runtime.ts';
import type { SchedulerObserver } from './observer.ts';
import type { RunAnswer } from './queued-request.ts';
import type { StatisticsCounter } from './statistics.ts';

/** One model on its way into memory, in it, or on its way out. */
export interface LoadedModel {
  readonly model: SchedulableModel;
  readonly state: RuntimeState;
  /** What it was loaded with, and what was changed since. */
  readonly options: LoadOptions;
  /** Resolves when it has left memory. */
  readonly gone: Promise<void>;
  /** Ids of its processes. */
  readonly processIds: number[];
  /** What each of its processes takes, or is estimated to take. */
  readonly runnerBytes: number[];
  runtime(): ModelRuntime;
  /** How it looks to the choice of what to evict; null while it takes no memory. */
  resident(): Resident | null;
  /** Takes over what may change while it is loaded: pinning and keep-alive. */
  configure(options: LoadOptions): void;
  /** Until the answer is called it is neither evicted nor unloaded by its keep-alive: one revision takes over from another. */
  hold(): () => void;
  /** Goes on as the one that served before: it was used when that one was. */
  succeed(before: LoadedModel): void;
  /** Opens the first instance in memory entered for it. Throws typed, leaving nothing. */
  open(place: MemoryPlace, signal: AbortSignal): Promise<void>;
  run(work: Work, signal: AbortSignal): Promise<RunAnswer>;
  /** Runs without counting as use. */
  probe(work: Work, signal: AbortSignal): Promise<RunAnswer>;
  /** Resolves when no request is in hand. */
  idle(): Promise<void>;
  /** Takes no more requests, waits for those in hand up to `waitMs`, cancels the rest, ends the processes. */
  unload(waitMs: number): Promise<void>;
}

export interface LoadedModelOptions {
  model: SchedulableModel;
  options: LoadOptions;
  config: Pick<Config, 'threads' | 'maxBatchTokens' | 'maxQueue' | 'keepAliveSeconds' | 'maxImagePixels'>;
  entry: string;
  limits: SchedulerLimits;
  ledger: MemoryLedger;
  memoryWatch: MemoryWatch;
  statistics: StatisticsCounter;
  clock: Clock;
  log: Log;
  observer: SchedulerObserver;
  /** Where its processes are started: they serve many requests. */
  outside: Outside;
  onChange: () => void;
  /** Its keep-alive ended. */
  onExpired: () => void;
}

/** More processes than this gain little: they share the memory's bandwidth. */
const mostInstances = 4;

/** Puts the parts of a loaded model together: queue, processes, leases, keep-alive. Begins LOADING. */
export function createLoadedModel(parts: LoadedModelOptions): LoadedModel {
  const { model, config, entry, limits, ledger, memoryWatch, statistics, clock, log, observer, outside, onChange, onExpired } = parts;
  let options = parts.options;
  const { precision = 'F32' } = options;
  let state: RuntimeState = 'LOADING';
  let error: ModelkeepError | null = null;
  let loadedAt: Date | null = null;
  let lastUsed: { at: Date; ms: number } | null = null;
  let hasEntered = false;
  let isHeld = false;
  const gone = Promise.withResolvers<void>();
  const waitedEnough = Promise.withResolvers<void>();

  const queue = createModelQueue({
    maxQueue: config.maxQueue,
    maxQueuedSize: limits.queuedSize,
    sliceTokens: config.maxBatchTokens,
    maxTokens: model.facts?.maxTokens ?? null,
    clock,
    onWork: () => pool.pump(),
    onCancel: (slice) => pool.cancel(slice),
  });
  const pool = createInstancePool({
    name: model.name,
    folder: model.folder,
    entry,
    threads: options.threads ?? 1,
    precision,
    fast: options.fast ?? false,
    maxImagePixels: config.maxImagePixels,
    instances: options.instances ?? Math.min(config.threads, mostInstances),
    maxBatchTokens: config.maxBatchTokens,
    queue,
    memoryWatch,
    limits,
    clock,
    log,
    enterMemory(isOnly) {
      const bytes = estimateMemory(model, { precision });
      return isOnly || ledger.freeBytes >= bytes ? ledger.enter(model.id, bytes) : null;
    },
    outside,
    onBatch(report, processId) {
      statistics.executed(report, clock.now());
      observer.batchEnded(model.name, report, processId);
    },
    onFailure(failure) {
      error = failure;
      observer.runnerFailed(model.name);
    },
    onChange,
    onGivenUp(failure) {
      error = failure;
      keepAlive.disarm();
      queue.abandonAll(failure);
      setState('FAILED');
    },
  });
  const keepAlive = createKeepAlive({ clock, onExpired });
  const leases = createLeases({ onIdle: armKeepAlive });

  function setState(next: RuntimeState): void {
    state = next;
    onChange();
  }

  function keepAliveSeconds(): number | null {
    if (options.pinned) return null;
    return options.keepAliveSeconds === undefined ? config.keepAliveSeconds : options.keepAliveSeconds;
  }

  function armKeepAlive(): void {
    if (state !== 'READY' || leases.count > 0 || isHeld) return;
    const seconds = keepAliveSeconds();
    // Zero means "after its next request": a model that was never used waits for one.
    if (seconds === 0 && !lastUsed) keepAlive.disarm();
    else keepAlive.arm(seconds);
  }

  function refuseUnlessReady(): void {
    switch (state) {
      case 'READY':
        return;
      case 'LOADING':
        throw new ModelLoadingError({ model: model.name, taskId: null });
      case 'UNLOADING':
        throw new ModelNotLoadedError({ model: model.name });
      case 'FAILED':
        // A copy: the same error must not collect the stacks of many requests.
        throw errorFromWire(errorToWire(error, 'unknown'));
      default:
        state satisfies never;
    }
  }

  function use(): void {
    lastUsed = { at: clock.now(), ms: clock.monotonicMs() };
  }

  function staysBecause(): string | null {
    if (state === 'LOADING') return 'being loaded';
    if (state === 'UNLOADING') return 'being unloaded';
    if (isHeld) return 'changing revision';
    if (options.pinned) return 'pinned';
    return leases.count > 0 ? 'in use' : null;
  }

  async function leave(): Promise<void> {
    keepAlive.disarm();
    const hasRequests = state === 'READY';
    setState('UNLOADING');
    if (hasRequests) await Promise.race([leases.idle(), waitedEnough.promise]);
    queue.abandonAll(new CanceledError({ what: `A request to ${model.name}, which is being unloaded,` }));
    await pool.end();
    gone.resolve();
  }

  return {
    model,
    gone: gone.promise,
    get state() {
      return state;
    },
    get options() {
      return options;
    },
    get processIds() {
      return pool.processIds;
    },
    get runnerBytes() {
      return pool.runnerBytes;
    },
    runtime: () => ({
      state,
      instances: pool.readyCount,
      memoryBytes: ledger.bytesOf(model.id),
      queueDepth: queue.depth,
      keepAliveUntil: keepAlive.until,
      pinned: options.pinned ?? false,
      precision,
      lastUsedAt: lastUsed?.at ?? null,
      loadedAt,
      error: error && errorToWire(error, 'unknown'),
    }),
    resident() {
      if (!hasEntered || state === 'FAILED') return null;
      const idleMs = lastUsed ? clock.monotonicMs() - lastUsed.ms : Number.POSITIVE_INFINITY;
      // Not the ledger's sum over the model: two revisions of it may be in memory.
      const bytes = pool.runnerBytes.reduce((sum, each) => sum + each, 0);
      return { modelId: model.id, name: model.name, bytes, idleMs, staysBecause: staysBecause() };
    },
    configure(changes) {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      options = { ...options, ...Object.fromEntries(given) };
      armKeepAlive();
      onChange();
    },
    hold() {
      isHeld = true;
      keepAlive.disarm();
      return () => {
        isHeld = false;
        armKeepAlive();
      };
    },
    succeed(before) {
      const { lastUsedAt } = before.runtime();
      if (!lastUsed && lastUsedAt) lastUsed = { at: lastUsedAt, ms: clock.monotonicMs() - (clock.now().getTime() - lastUsedAt.getTime()) };
    },
    async open(place, signal) {
      hasEntered = true;
      try {
        await pool.start(place, signal);
      } catch (failure) {
        await pool.end();
        gone.resolve();
        throw failure;
      }
      loadedAt = clock.now();
      lastUsed = null;
      state = 'READY';
      armKeepAlive();
      onChange();
    },
    async run(work, signal) {
      refuseUnlessReady();
      const startedMs = clock.monotonicMs();
      const release = leases.acquire();
      const ended = { model: model.name, items: work.items.length };
      keepAlive.disarm();
      use();
      try {
        const answer = await queue.submit(work, signal, observer.origin());
        statistics.succeeded(answer.timing, modalityOf(work));
        observer.requestEnded({ ...ended, outcome: 'OK', totalMs: answer.timing.totalMs, timing: answer.timing });
        return answer;
      } catch (failure) {
        const outcome = failure instanceof ModelkeepError ? failure.code : 'INTERNAL';
        const totalMs = clock.monotonicMs() - startedMs;
        if (outcome !== 'CANCELED') statistics.failed(totalMs, modalityOf(work));
        observer.requestEnded({ ...ended, outcome, totalMs, timing: null });
        throw failure;
      } finally {
        use();
        release();
      }
    },
    async probe(work, signal) {
      refuseUnlessReady();
      return queue.submit(work, signal);
    },
    idle: () => leases.idle(),
    async unload(waitMs) {
      // Whoever has the least patience decides: a server that stops does not wait as long as a keep-alive would.
      const cancelTimer = waitMs > 0 ? clock.setTimeout(waitedEnough.resolve, waitMs) : waitedEnough.resolve();
      if (state !== 'UNLOADING') await leave();
      await gone.promise;
      cancelTimer?.();
    },
  };
}
