import type { Config } from '../config.ts';
import { InsufficientMemoryError } from '../errors.ts';
import type { Log } from '../log.ts';
import { waitOrAbort } from './abort.ts';
import { planRoom, type RoomPlan } from './eviction.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { MemoryLedger, MemoryPlace } from './memory-ledger.ts';
import { estimateMemory, type LoadOptions, type SchedulableModel } from './model-runtime.ts';
import { createMutex } from './mutex.ts';

/** Decides which model may take memory, and what has to go for it. */
export interface Admission {
  /** What `enter` would find and do now. */
  plan(model: SchedulableModel, options: LoadOptions): RoomPlan;
  /** Makes room, and enters the model into the ledger. `note` hears what has to go. Throws `INSUFFICIENT_MEMORY`, `CANCELED`. */
  enter(model: SchedulableModel, options: LoadOptions, signal: AbortSignal, note: (text: string) => void): Promise<MemoryPlace>;
}

export interface AdmissionOptions {
  config: Pick<Config, 'maxLoadedModels'>;
  ledger: MemoryLedger;
  /** All that are in memory or on their way in or out. */
  models: () => readonly LoadedModel[];
  /** Begins to unload a model, at once UNLOADING. */
  unload: (modelId: string) => void;
  log: Log;
}

/** Makes the gate to the memory budget. One passes at a time: what is made free for one, another must not take. */
export function createAdmission({ config, ledger, models, unload, log }: AdmissionOptions): Admission {
  const mutex = createMutex();

  function plan(model: SchedulableModel, options: LoadOptions): RoomPlan {
    return planRoom({
      name: model.name,
      needBytes: estimateMemory(model, options),
      freeBytes: ledger.freeBytes,
      budgetBytes: ledger.budgetBytes,
      residents: models().flatMap((loaded) => loaded.resident() ?? []),
      maxLoadedModels: config.maxLoadedModels,
      mayEvict: options.evict ?? true,
    });
  }

  const leaving = () => models().filter((loaded) => loaded.state === 'UNLOADING');

  return {
    plan,
    async enter(model, options, signal, note) {
      const what = `Loading ${model.name}`;
      const leave = await mutex.acquire(signal, what);
      try {
        for (;;) {
          const { fits, evictions, reason } = plan(model, options);
          if (fits && evictions.length === 0) return ledger.enter(model.id, estimateMemory(model, options));
          if (leaving().length === 0) {
            if (!fits) throw insufficient(model, options, reason);
            for (const eviction of evictions) {
              note(eviction.reason);
              log.info({ modelId: eviction.modelId, reason: eviction.reason }, 'a model is evicted');
              unload(eviction.modelId);
            }
          }
          await waitOrAbort(Promise.all(leaving().map((loaded) => loaded.gone)), signal, what);
        }
      } finally {
        leave();
      }
    },
  };

  function insufficient(model: SchedulableModel, options: LoadOptions, reason: string | null): InsufficientMemoryError {
    const freeBytes = Math.max(ledger.freeBytes, 0);
    return new InsufficientMemoryError({ needBytes: estimateMemory(model, options), freeBytes, ...(reason ? { message: reason } : {}) });
  }
}
