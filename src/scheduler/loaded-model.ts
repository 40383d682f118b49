import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import { leastWork, type Work } from '../engines/engine.ts';
import { type GenerateWork, type GenerationEvent, leastGeneration } from '../engines/generation.ts';
import { CanceledError, errorFromWire, errorToWire, type ModelkeepError, ModelLoadingError, ModelNotLoadedError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';
import type { Log } from '../log.ts';
import type { Outside } from '../request-scope.ts';
import type { Resident } from './eviction.ts';
import { createGenerationQueue } from './generation-queue.ts';
import { createInstancePool } from './instance-pool.ts';
import type { SchedulerLimits } from './limits.ts';
import type { MemoryLedger, MemoryPlace } from './memory-ledger.ts';
import type { MemoryWatch } from './memory-watch.ts';
import { createModelQueue } from './model-queue.ts';
import {
  estimateMemory,
  type LoadOptions,
  type ModelRuntime,
  type RuntimeState,
  type SchedulableModel,
  settleGeneration,
  writes,
} from './model-runtime.ts';
import type { SchedulerObserver } from './observer.ts';
import type { RunAnswer } from './queued-request.ts';
import { createRequestAccounts } from './request-accounts.ts';
import type { StatisticsCounter } from './statistics.ts';
import { createUsage } from './usage.ts';

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
  /** Threads that its processes compute with. */
  readonly threads: number;
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
  /** Writes text. Throws before it begins, and is told afterwards what goes wrong, as an end. */
  generate(work: GenerateWork, signal: AbortSignal, onEvent: (event: GenerationEvent) => void): Promise<void>;
  /** Lets it do the least that it can, which does not count as use. Throws where it does not answer. */
  probe(signal: AbortSignal): Promise<void>;
  /** Resolves when no request is in hand. */
  idle(): Promise<void>;
  /** Takes no more requests, waits for those in hand up to `waitMs`, cancels the rest, ends the processes. */
  unload(waitMs: number): Promise<void>;
}

export interface LoadedModelOptions {
  model: SchedulableModel;
  options: LoadOptions;
  config: Pick<Config, 'threads' | 'maxBatchTokens' | 'maxQueue' | 'keepAliveSeconds' | 'maxImageBytes' | 'maxImagePixels'>;
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
  /** Threads of the server that no other model has. */
  threadsLeft: () => number;
  onChange: () => void;
  /** Its keep-alive ended. */
  onExpired: () => void;
}

/** Without facts a model is probed as a text embedder. */
const unknownFacts: Pick<CheckpointFacts, 'capabilities'> = { capabilities: ['EMBED_TEXT'] };

/** More processes than this gain little: they share the memory's bandwidth. */
const mostInstances = 4;

/** Puts the parts of a loaded model together: queue, processes, leases, keep-alive. Begins LOADING. */
export function createLoadedModel(parts: LoadedModelOptions): LoadedModel {
  const { model, config, entry, limits, ledger, memoryWatch, clock, log, observer, outside, onChange, onExpired } = parts;
  let options = parts.options;
  const { precision = 'F32' } = options;
  let state: RuntimeState = 'LOADING';
  let error: ModelkeepError | null = null;
  let loadedAt: Date | null = null;
  let hasEntered = false;
  const gone = Promise.withResolvers<void>();
  const waitedEnough = Promise.withResolvers<void>();

  const isWriter = writes(model.facts);
  const { instances = isWriter ? 1 : Math.min(config.threads, mostInstances) } = options;
  const threads = options.threads ?? (isWriter ? Math.max(1, Math.floor(parts.threadsLeft() / instances)) : 1);
  const accounts = createRequestAccounts({ name: model.name, statistics: parts.statistics, observer, clock });

  const generations = createGenerationQueue({
    maxQueue: config.maxQueue,
    clock,
    onWork: () => pool.pump(),
    onCancel: (generation) => pool.stopWriting(generation),
  });
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
    threads,
    precision,
    images: { fast: options.fast ?? false, maxBytes: config.maxImageBytes, maxPixels: config.maxImagePixels },
    instances,
    maxBatchTokens: config.maxBatchTokens,
    generation: isWriter ? settleGeneration(model, options.generation, ledger.budgetBytes) : options.generation,
    queue,
    generations,
    memoryWatch,
    limits,
    clock,
    log,
    enterMemory(isOnly) {
      const bytes = estimateMemory(model, parts.options, ledger.budgetBytes);
      return isOnly || ledger.freeBytes >= bytes ? ledger.enter(model.id, bytes) : null;
    },
    outside,
    onBatch(report, processId) {
      parts.statistics.executed(report, clock.now());
      observer.batchEnded(model.name, report, processId);
    },
    onFailure(failure) {
      error = failure;
      observer.runnerFailed(model.name);
    },
    onChange,
    onGivenUp(failure) {
      error = failure;
      usage.disarm();
      abandonAll(failure);
      setState('FAILED');
    },
  });
  const usage = createUsage({ clock, isReady: () => state === 'READY', keepAliveSeconds, onExpired });

  function abandonAll(failure: ModelkeepError): void {
    queue.abandonAll(failure);
    generations.abandonAll(failure);
  }

  function setState(next: RuntimeState): void {
    state = next;
    onChange();
  }

  function keepAliveSeconds(): number | null {
    if (options.pinned) return null;
    return options.keepAliveSeconds === undefined ? config.keepAliveSeconds : options.keepAliveSeconds;
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

  function staysBecause(): string | null {
    if (state === 'LOADING') return 'being loaded';
    if (state === 'UNLOADING') return 'being unloaded';
    if (usage.isHeld) return 'changing revision';
    if (options.pinned) return 'pinned';
    return usage.count > 0 ? 'in use' : null;
  }

  async function leave(): Promise<void> {
    usage.disarm();
    const hasRequests = state === 'READY';
    setState('UNLOADING');
    if (hasRequests) await Promise.race([usage.idle(), waitedEnough.promise]);
    abandonAll(new CanceledError({ what: `A request to ${model.name}, which is being unloaded,` }));
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
    get threads() {
      return threads * Math.max(1, pool.readyCount);
    },
    runtime: () => ({
      state,
      instances: pool.readyCount,
      memoryBytes: ledger.bytesOf(model.id),
      queueDepth: queue.depth + generations.depth,
      keepAliveUntil: usage.keepAliveUntil,
      pinned: options.pinned ?? false,
      precision,
      lastUsedAt: usage.lastUsedAt,
      loadedAt,
      error: error && errorToWire(error, 'unknown'),
    }),
    resident() {
      if (!hasEntered || state === 'FAILED') return null;
      // Not the ledger's sum over the model: two revisions of it may be in memory.
      const bytes = pool.runnerBytes.reduce((sum, each) => sum + each, 0);
      return { modelId: model.id, name: model.name, bytes, idleMs: usage.idleMs, staysBecause: staysBecause() };
    },
    configure(changes) {
      const given = Object.entries(changes).filter(([, value]) => value !== undefined);
      options = { ...options, ...Object.fromEntries(given) };
      usage.arm();
      onChange();
    },
    hold: usage.hold,
    succeed: (before) => usage.succeed(before.runtime().lastUsedAt),
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
      usage.forget();
      state = 'READY';
      usage.arm();
      onChange();
    },
    async run(work, signal) {
      refuseUnlessReady();
      return usage.during(() => accounts.run(work, () => queue.submit(work, signal, observer.origin())));
    },
    async generate(work, signal, onEvent) {
      refuseUnlessReady();
      const context = { signal, onEvent, origin: observer.origin() };
      await usage.during(() => accounts.generate(() => generations.submit(work, context)));
    },
    async probe(signal) {
      refuseUnlessReady();
      if (!isWriter) return void (await queue.submit(leastWork(model.facts ?? unknownFacts), signal));
      // One that writes is seen to live, or is stopped.
      if (generations.depth > 0) return;
      const { reason, error: failure } = await generations.submit(leastGeneration, { signal, onEvent: () => {} });
      if (reason === 'ERROR' || reason === 'CANCELED') throw failure ?? new CanceledError({ what: 'The probe' });
    },
    idle: usage.idle,
    async unload(waitMs) {
      // Whoever has the least patience decides: a server that stops does not wait as long as a keep-alive would.
      const cancelTimer = waitMs > 0 ? clock.setTimeout(waitedEnough.resolve, waitMs) : waitedEnough.resolve();
      if (state !== 'UNLOADING') await leave();
      await gone.promise;
      cancelTimer?.();
    },
  };
}
