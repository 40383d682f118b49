import { totalmem } from 'node:os';
import { fileURLToPath } from 'node:url';
import type { Clock } from '../clock.ts';
import type { Config } from '../config.ts';
import type { Work, WorkResult } from '../engines/engine.ts';
import { CanceledError, ModelkeepError, ModelNotLoadedError, OverloadedError } from '../errors.ts';
import type { CheckpointFacts } from '../formats/checkpoint-facts.ts';
import type { Log } from '../log.ts';
import { keepScope } from '../request-scope.ts';
import { onAbort, waitOrAbort } from './abort.ts';
import { createAdmission } from './admission.ts';
import { inspectFolder } from './inspect.ts';
import { defaultLimits, type SchedulerLimits } from './limits.ts';
import { createLoadedModel, type LoadedModel } from './loaded-model.ts';
import { createMemoryLedger } from './memory-ledger.ts';
import { createMemoryWatch } from './memory-watch.ts';
import {
  estimateMemory,
  type LoadOptions,
  type LoadPlan,
  type ModelRuntime,
  type RuntimeState,
  type SchedulableModel,
} from './model-runtime.ts';
import { nobody, type SchedulerObserver } from './observer.ts';
import type { RunTiming } from './queued-request.ts';
import { type SharedWork, startSharedWork } from './shared-work.ts';
import { createStatisticsCounter, type ModelStatistics, type StatisticsCounter } from './statistics.ts';

export type { Work, WorkResult } from '../engines/engine.ts';
export type { LoadOptions, LoadPlan, ModelRuntime, SchedulableModel } from './model-runtime.ts';
export type { RunTiming } from './queued-request.ts';
export type { ModelStatistics } from './statistics.ts';

/** Which models are in memory, and everything that runs them. */
export interface Scheduler {
  /** Checks a folder in a process of its own, with a time limit. Throws `INVALID_MODEL_FILE`, `UNSUPPORTED_MODEL`, `TIMEOUT`. */
  inspect(folder: string, signal: AbortSignal): Promise<CheckpointFacts>;
  /** What `load` would do now. */
  plan(model: SchedulableModel, options: LoadOptions): LoadPlan;
  /**
   * Opens a model, and resolves when its first instance is ready. Does nothing when it is; waits with others who load it.
   * `onNote` hears what had to go for it. Throws `INSUFFICIENT_MEMORY`, `TIMEOUT`, `CANCELED`, and what the engine throws.
   */
  load(model: SchedulableModel, options: LoadOptions, context: { signal: AbortSignal; onNote?: (note: string) => void }): Promise<void>;
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
  /** Null when it is not in memory, nor on its way. */
  runtime(modelId: string): ModelRuntime | null;
  /** Ids of the models that are ready. */
  loadedIds(): string[];
  memory(): { budgetBytes: number; usedBytes: number; freeBytes: number };
  /** Counters since the server started; zeros for what never ran. */
  statistics(modelId: string): ModelStatistics;
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
  config: Pick<Config, 'threads' | 'maxBatchTokens' | 'maxQueue' | 'keepAliveSeconds' | 'memoryBudgetBytes' | 'maxLoadedModels'>;
  clock: Clock;
  log: Log;
  observer?: SchedulerObserver;
  /** The file that runners execute. */
  runnerEntry?: string;
  limits?: Partial<SchedulerLimits>;
  /** What the machine, or the container, has. */
  machineMemoryBytes?: number;
}

/** A model as the scheduler has it now. */
interface ResidentModel {
  name: string;
  state: RuntimeState;
  /** Requests that are not answered yet. */
  queueDepth: number;
  /** Memory of each of its processes. */
  runnerBytes: number[];
}

/** Part of the machine's memory that models may use where no budget is set. */
const memoryShare = 0.8;

/** Makes a scheduler without models. */
export function createScheduler({ config, clock, log, ...rest }: SchedulerOptions): Scheduler {
  const { runnerEntry = defaultRunnerEntry(), machineMemoryBytes = usableMemory(), observer = nobody } = rest;
  const limits = { ...defaultLimits, ...rest.limits };
  const ledger = createMemoryLedger({ budgetBytes: config.memoryBudgetBytes ?? Math.floor(machineMemoryBytes * memoryShare) });
  const memoryWatch = createMemoryWatch({ ledger, clock, everyMs: limits.memoryCheckMs });
  const models = new Map<string, LoadedModel>();
  const loads = new Map<string, SharedWork>();
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

  const admission = createAdmission({ config, ledger, log, models: () => [...models.values()], unload: (modelId) => void unload(modelId) });

  function startLoad(model: SchedulableModel, options: LoadOptions): SharedWork {
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
      onChange: () => changed(model.id),
      onExpired: () => void unload(model.id),
    });
    models.set(model.id, loaded);
    const shared = startSharedWork(`Loading ${model.name}`, async (signal, note) => {
      try {
        await loaded.open(await admission.enter(model, options, signal, note), signal);
      } catch (error) {
        models.delete(model.id);
        throw error;
      } finally {
        loads.delete(model.id);
        changed(model.id);
      }
    });
    loads.set(model.id, shared);
    changed(model.id);
    return shared;
  }

  async function load(model: SchedulableModel, options: LoadOptions, { signal, onNote }: Parameters<Scheduler['load']>[2]): Promise<void> {
    for (;;) {
      refuseWhenClosing();
      if (signal.aborted) throw new CanceledError({ what: `Loading ${model.name}` });
      const loaded = models.get(model.id);
      if (!loaded) return startLoad(model, options).join(signal, onNote);
      const loading = loads.get(model.id);
      if (loading && !loading.isStopping) return loading.join(signal, onNote);
      if (isCurrent(loaded, model)) return loaded.configure(options);
      await waitOrAbort(unload(model.id), signal, `Loading ${model.name}`);
    }
  }

  async function unload(modelId: string, waitMs = limits.unloadMs): Promise<boolean> {
    const loading = loads.get(modelId);
    if (loading) await loading.stop();
    const loaded = models.get(modelId);
    if (!loaded) return loading !== undefined;
    await loaded.unload(waitMs);
    if (models.get(modelId) === loaded) {
      models.delete(modelId);
      changed(modelId);
    }
    return true;
  }

  async function probe(modelId: string, signal: AbortSignal): Promise<boolean> {
    const loaded = models.get(modelId);
    if (!loaded || signal.aborted) return false;
    const limit = new AbortController();
    const cancelTimer = clock.setTimeout(() => limit.abort(), limits.probeMs);
    const stopListening = onAbort(signal, () => limit.abort());
    try {
      await loaded.probe(probeWork(loaded.model), limit.signal);
      return true;
    } catch (error) {
      // A full queue is the sign of a model that works.
      return error instanceof ModelkeepError && error.code === 'OVERLOADED';
    } finally {
      cancelTimer();
      stopListening();
    }
  }

  async function close({ drainMs }: { drainMs: number }): Promise<void> {
    closing.abort();
    await Promise.all([...loads.values()].map((loading) => loading.stop()));
    const drained = Promise.withResolvers<void>();
    const cancelTimer = clock.setTimeout(drained.resolve, drainMs);
    await Promise.race([Promise.all([...models.values()].map((loaded) => loaded.idle())), drained.promise]);
    cancelTimer();
    await Promise.all([...models.keys()].map((modelId) => unload(modelId, 0)));
  }

  return {
    load,
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
      return { ...admission.plan(model, options), needBytes: estimateMemory(model, options), freeBytes, alreadyLoaded: false };
    },
    async run(modelId, work, { signal, modelName = modelId }) {
      if (signal.aborted) throw new CanceledError({ what: 'The request' });
      refuseWhenClosing();
      const loaded = models.get(modelId);
      if (!loaded) throw new ModelNotLoadedError({ model: modelName });
      return loaded.run(work, signal);
    },
    runtime: (modelId) => models.get(modelId)?.runtime() ?? null,
    loadedIds: () => [...models].flatMap(([modelId, loaded]) => (loaded.state === 'READY' ? modelId : [])),
    memory: () => ({ budgetBytes: ledger.budgetBytes, usedBytes: ledger.usedBytes, freeBytes: Math.max(ledger.freeBytes, 0) }),
    statistics: (modelId) => (counters.get(modelId) ?? createStatisticsCounter()).snapshot(),
    processIds: (modelId) => models.get(modelId)?.processIds ?? [],
    residents: () =>
      [...models.values()].map((loaded) => {
        const { state, queueDepth } = loaded.runtime();
        return { name: loaded.model.name, state, queueDepth, runnerBytes: loaded.runnerBytes };
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

/** The least work that a model of this kind can be given. */
function probeWork({ facts }: SchedulableModel): Work {
  const least = { texts: ['ready'], firstIndex: 0, truncate: 'END' as const };
  if (facts?.capabilities.includes('RERANK')) return { kind: 'scorePairs', query: 'ready', ...least };
  const outputs = facts?.outputs?.slice(0, 1) ?? ['DENSE' as const];
  return { kind: 'embedTexts', prompt: '', normalization: 'NONE', dimensions: null, outputs, ...least };
}

function defaultRunnerEntry(): string {
  // The bundle that build.ts makes has it beside every other file.
  return fileURLToPath(new URL(import.meta.url.endsWith('.ts') ? '../runner/main.ts' : './runner.js', import.meta.url));
}

/** A container's limit counts where there is one; without one the system answers something far above the machine. */
function usableMemory(): number {
  return Math.min(totalmem(), process.constrainedMemory() || Number.POSITIVE_INFINITY);
}
