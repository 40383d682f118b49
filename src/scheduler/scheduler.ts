import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Modality, Work, WorkResult } from '../engines/engine.ts';
import { cacheTypes, type GenerateWork, type GenerationEvent, generationEndReasons } from '../engines/generation.ts';

import { CanceledError, ModelkeepError, ModelNotLoadedError, OverloadedError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';
import type { Log } from '../log.ts';
import { keepScope } from '../request-scope.ts';
import { onAbort } from './abort.ts';
import { createAdmission } from './admission.ts';
import { inspectFolder } from './inspect.ts';
import { defaultLimits, type SchedulerLimits } from './limits.ts';
import { createLoadedModel, type LoadedModel } from './loaded-model.ts';
import { lockedThreads, machineMemory } from './machine.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createMemoryWatch } from './memory-watch.ts';
import {
  estimateMemory,
  type LoadOptions,
  type LoadPlan,
  type ModelRuntime,
  type ResidentModel,
  type SchedulableModel,
} from './model-runtime.ts';
import { nobody, type SchedulerObserver } from './observer.ts';
import type { RunTiming } from './queued-request.ts';
import { createResidency, type LoadContext } from './residency.ts';
import { createStatisticsCounter, type ModelStatistics, type StatisticsCounter } from './statistics.ts';

export type { Work, WorkResult } from '../engines/engine.ts';
export type {
  ChatMessage,
  GenerateWork,
  GenerationEnd,
  GenerationEndReason,
  GenerationEvent,
  GenerationInput,
  GenerationOptions,
  ResponseFormat,
  TextDelta,
  TokenLogprob,
  ToolCall,
  ToolCallDelta,
  ToolChoice,
  ToolDefinition,
} from '../engines/generation.ts';
export type { LoadOptions, LoadPlan, ModelRuntime, SchedulableModel } from './model-runtime.ts';
export type { RunTiming } from './queued-request.ts';
export type { ModelStatistics } from './statistics.ts';
export { cacheTypes, generationEndReasons };

/** Which models are in memory, and everything that runs them. */
export interface Scheduler {
  /** Checks a folder in a process of its own, with a time limit. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`, `TIMEOUT`. */
  inspect(folder: string, signal: AbortSignal): Promise<CheckpointFacts>;
  /** What `load` would do now. */
  plan(model: SchedulableModel, options: LoadOptions): LoadPlan;
  /**
   * Opens a model, and resolves when its first instance is ready. Does nothing when it is; waits with others who load it. Where
   * another revision of it (files in another folder) is ready, that one serves until this one does, and has its options where
   * none are given. Throws `INSUFFICIENT_MEMORY`, `TIMEOUT`, `CANCELED`, and what the engine throws.
   */
  load(model: SchedulableModel, options: LoadOptions, context: LoadContext): Promise<void>;
  /**
   * Lets a revision that is being installed take over from the one that is in memory; false, and nothing done, where none is.
   * `commit` is called once it is ready, before it gets its first request; where it rejects, or the revision does not open, the
   * one before goes on. Throws what `load` throws.
   */
  takeOver(model: SchedulableModel, context: LoadContext & { commit: () => Promise<void> }): Promise<boolean>;
  /** Resolves when the processes are gone; false when there were none. Waits for requests in hand, but not for ever. */
  unload(modelId: string): Promise<boolean>;
  /**
   * Throws `MODEL_NOT_LOADED`, `MODEL_LOADING`, `OVERLOADED`, `RUNNER_CRASHED`, `TIMEOUT`, `CANCELED`, and what the engine
   * throws for an input. `modelName` is for messages about a model that is not loaded.
   */
  run(
    modelId: string,
    work: Work,
    context: { signal: AbortSignal; modelName?: string },
  ): Promise<{ result: WorkResult; timing: RunTiming }>;
  /**
   * Writes text: `onEvent` is told of every delta, then of exactly one end, before this resolves; it must neither wait nor throw.
   * Throws before anything is told: `MODEL_NOT_LOADED`, `MODEL_LOADING`, `OVERLOADED`, `CANCELED`. What comes later is an end: a
   * signal that aborts CANCELED; `INPUT_TOO_LONG`, `RUNNER_CRASHED`, `TIMEOUT` and whatever the engine finds wrong an ERROR.
   */
  generate(
    modelId: string,
    work: GenerateWork,
    context: { signal: AbortSignal; modelName?: string; onEvent: (event: GenerationEvent) => void },
  ): Promise<void>;
  /** The revision that takes requests, or is about to; null when there is none. */
  served(modelId: string): SchedulableModel | null;
  /** Whether a process may have files of this folder open. */
  holdsFolder(folder: string): boolean;
  /** Null when it is not in memory, nor on its way. */
  runtime(modelId: string): ModelRuntime | null;
  /** Ids of the models that are ready. */
  loadedIds(): string[];
  memory(): { budgetBytes: number; usedBytes: number; freeBytes: number };
  /** Counters since the server started, of texts or images alone where that is asked; zeros for what never ran. */
  statistics(modelId: string, modality?: Modality | null): ModelStatistics;
  /** Whether one tiny inference is answered in time. */
  probe(modelId: string, signal: AbortSignal): Promise<boolean>;
  /** Ids of the processes that run a model. */
  processIds(modelId: string): number[];
  /** All that is in memory, on its way in or out, or has failed. */
  residents(): ResidentModel[];
  /** Calls back whenever a model's runtime changes, its queue apart; the answer ends that. */
  onChange(listener: (modelId: string) => void): () => void;
  /** Takes no more work, waits for what is in hand up to `drainMs`, and ends every process. */
  close(options: { drainMs: number }): Promise<void>;
}

export interface SchedulerOptions {
  config: Pick<
    Config,
    | 'threads'
    | 'maxBatchTokens'
    | 'maxQueue'
    | 'keepAliveSeconds'
    | 'memoryBudgetBytes'
    | 'maxLoadedModels'
    | 'maxImageBytes'
    | 'maxImagePixels'
  >;
  clock: Clock;
  log: Log;
  observer?: SchedulerObserver;
  /** The file that runners execute. */
  runnerEntry?: string;
  limits?: Partial<SchedulerLimits>;
  /** What the machine, or the container, has. */
  machineMemoryBytes?: number;
}

/** Part of the machine's memory that models may use where no budget is set. */
const memoryShare = 0.8;

/** Makes a scheduler without models. */
export function createScheduler({ config, clock, log, ...rest }: SchedulerOptions): Scheduler {
  const { runnerEntry = defaultRunnerEntry(), machineMemoryBytes = machineMemory(), observer = nobody } = rest;
  const limits = { ...defaultLimits, ...rest.limits };
  const ledger = createMemoryLedger({ budgetBytes: config.memoryBudgetBytes ?? Math.floor(machineMemoryBytes * memoryShare) });
  const memoryWatch = createMemoryWatch({ ledger, clock, everyMs: limits.memoryCheckMs });
  const counters = new Map<string, StatisticsCounter>();
  const listeners = new Set<(modelId: string) => void>();
  const closing = new AbortController();
  const outside = keepScope();

  function changed(modelId: string): void {
    for (const listener of listeners) listener(modelId);
  }

  function counter(modelId: string): StatisticsCounter {
    const known = counters.get(modelId) ?? createStatisticsCounter();
    counters.set(modelId, known);
    return known;
  }

  function refuseWhenClosing(): void {
    if (closing.signal.aborted) throw new OverloadedError({ retryAfterMs: 1000, message: 'The server is stopping.' });
  }

  const admission = createAdmission({ config, ledger, log, models: () => residency.all(), unload: (modelId) => void unload(modelId) });
  const residency = createResidency({ create, admission, refuseWhenClosing, unloadMs: limits.unloadMs, onChange: changed });
  const models = residency.current;

  function create(model: SchedulableModel, options: LoadOptions, onExpired: (loaded: LoadedModel) => void): LoadedModel {
    const loaded = createLoadedModel({
      model,
      options,
      config,
      entry: runnerEntry,
      limits,
      ledger,
      memoryWatch,
      statistics: counter(model.id),
      clock,
      log: log.child({ model: model.name }),
      observer,
      outside,
      threadsLeft() {
        const taken = residency.all().reduce((sum, other) => sum + (other.model.id === model.id ? 0 : other.threads), 0);
        return Math.max(1, Math.min(config.threads - taken, lockedThreads()));
      },
      onChange: () => changed(model.id),
      onExpired: () => onExpired(loaded),
    });
    return loaded;
  }

  async function unload(modelId: string, waitMs = limits.unloadMs): Promise<boolean> {
    return residency.unload(modelId, waitMs);
  }

  async function probe(modelId: string, signal: AbortSignal): Promise<boolean> {
    const loaded = models.get(modelId);
    if (!loaded || signal.aborted) return false;
    const limit = new AbortController();
    const cancelTimer = clock.setTimeout(() => limit.abort(), limits.probeMs);
    const stopListening = onAbort(signal, () => limit.abort());
    try {
      await loaded.probe(limit.signal);
      return true;
    } catch (error) {
      // A full queue is the sign of a model that works.
      if (error instanceof ModelkeepError && error.code === 'OVERLOADED') return true;
      // Nor is it one of a model that fails when a newer revision took over.
      return models.get(modelId) !== loaded && !limit.signal.aborted && probe(modelId, signal);
    } finally {
      cancelTimer();
      stopListening();
    }
  }

  async function close({ drainMs }: { drainMs: number }): Promise<void> {
    closing.abort();
    await residency.stopLoads();
    const drained = Promise.withResolvers<void>();
    const cancelTimer = clock.setTimeout(drained.resolve, drainMs);
    await Promise.race([Promise.all(residency.all().map((loaded) => loaded.idle())), drained.promise]);
    cancelTimer();
    await Promise.all(residency.all().map(({ model }) => unload(model.id, 0)));
  }

  return {
    load: residency.load,
    takeOver: residency.takeOver,
    unload: (modelId) => unload(modelId),
    probe,
    close,
    async inspect(folder, signal) {
      refuseWhenClosing();
      const ended = AbortSignal.any([signal, closing.signal]);
      return inspectFolder({ folder, entry: runnerEntry, limits, memoryWatch, signal: ended, clock, log });
    },
    plan(model, options) {
      const freeBytes = Math.max(ledger.freeBytes, 0);
      const loaded = models.get(model.id);
      if (loaded && isCurrent(loaded, model))
        return { fits: true, needBytes: 0, freeBytes, alreadyLoaded: true, evictions: [], reason: null };
      const before = loaded?.state === 'READY' ? loaded : undefined;
      return {
        ...admission.plan(model, options, before),
        needBytes: estimateMemory(model, options, ledger.budgetBytes),
        freeBytes,
        alreadyLoaded: false,
      };
    },
    async run(modelId, work, { signal, modelName = modelId }) {
      if (signal.aborted) throw new CanceledError({ what: 'The request' });
      refuseWhenClosing();
      const loaded = models.get(modelId);
      if (!loaded) throw new ModelNotLoadedError({ model: modelName });
      return loaded.run(work, signal);
    },
    async generate(modelId, work, { signal, modelName = modelId, onEvent }) {
      if (signal.aborted) throw new CanceledError({ what: 'The generation' });
      refuseWhenClosing();
      const loaded = models.get(modelId);
      if (!loaded) throw new ModelNotLoadedError({ model: modelName });
      await loaded.generate(work, signal, onEvent);
    },
    served: (modelId) => models.get(modelId)?.model ?? null,
    holdsFolder: (folder) => residency.all().some(({ model }) => model.folder === folder),
    runtime: (modelId) => models.get(modelId)?.runtime() ?? null,
    loadedIds: () => [...models].flatMap(([modelId, loaded]) => (loaded.state === 'READY' ? modelId : [])),
    memory: () => ({ budgetBytes: ledger.budgetBytes, usedBytes: ledger.usedBytes, freeBytes: Math.max(ledger.freeBytes, 0) }),
    statistics: (modelId, modality = null) => (counters.get(modelId) ?? createStatisticsCounter()).snapshot(modality),
    processIds: (modelId) => models.get(modelId)?.processIds ?? [],
    residents: () =>
      [...models.values()].map((loaded) => {
        const { state, queueDepth } = loaded.runtime();
        const runnerBytes = residency.all().flatMap((each) => (each.model.id === loaded.model.id ? each.runnerBytes : []));
        return { name: loaded.model.name, state, queueDepth, runnerBytes };
      }),
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** Whether that very model is in memory: files of another revision lie in another folder. */
function isCurrent(loaded: LoadedModel, model: SchedulableModel): boolean {
  return loaded.state === 'READY' && loaded.model.folder === model.folder;
}

function defaultRunnerEntry(): string {
  // The bundle that build.ts makes has it beside every other file.
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../runner/main.ts' : './runner.js', import.meta.url));
}
