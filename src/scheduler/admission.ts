import type { Config } from '../config.ts';
import { InsufficientMemoryError, quote } from '../errors.ts';
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
  plan(model: SchedulableModel, options: LoadOptions, before?: LoadedModel): RoomPlan;
  /**
   * Makes room, and enters the model into the ledger. `note` hears what has to go. The revision that it takes over from stays
   * beside it where memory holds both, else it goes first. Throws `INSUFFICIENT_MEMORY`, `CANCELED`.
   */
  enter(
    model: SchedulableModel,
    options: LoadOptions,
    signal: AbortSignal,
    note: (text: string) => void,
    replaced?: Replaced,
  ): Promise<MemoryPlace>;
}

/** The revision of the same model that serves. */
export interface Replaced {
  before: LoadedModel;
  /** Begins to unload it, at once UNLOADING. */
  leave: () => void;
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

  function plan(model: SchedulableModel, options: LoadOptions, before?: LoadedModel): RoomPlan {
    const beside = planRoomFor(model, options, { stays: before });
    return beside.fits || !before ? beside : planRoomFor(model, options, { goes: before });
  }

  /** One that `stays` is no candidate; one that `goes` counts as gone. */
  function planRoomFor(
    model: SchedulableModel,
    options: LoadOptions,
    { stays, goes }: { stays?: LoadedModel | undefined; goes?: LoadedModel | undefined },
  ): RoomPlan {
    const residents = models().flatMap((loaded) => {
      const resident = loaded === goes ? null : loaded.resident();
      if (!resident) return [];
      return loaded === stays ? { ...resident, staysBecause: resident.staysBecause ?? 'its older revision' } : resident;
    });
    return planRoom({
      name: model.name,
      needBytes: estimateMemory(model, options, ledger.budgetBytes),
      freeBytes: ledger.freeBytes + (goes?.resident()?.bytes ?? 0),
      budgetBytes: ledger.budgetBytes,
      residents,
      maxLoadedModels: config.maxLoadedModels,
      mayEvict: options.evict ?? true,
    });
  }

  const leaving = () => models().filter((loaded) => loaded.state === 'UNLOADING');

  return {
    plan,
    async enter(model, options, signal, note, replaced) {
      const what = `Loading ${model.name}`;
      const leave = await mutex.acquire(signal, what);
      try {
        for (;;) {
          const { fits, evictions, reason } = planRoomFor(model, options, { stays: replaced?.before });
          if (fits && evictions.length === 0) return ledger.enter(model.id, estimateMemory(model, options, ledger.budgetBytes));
          if (leaving().length === 0) {
            if (!fits && replaced?.before.state === 'READY' && planRoomFor(model, options, { goes: replaced.before }).fits) {
              const text = `The revision of ${quote(model.name)} that served was unloaded first: there is no room for both at once.`;
              note(text);
              log.info({ modelId: model.id, reason: text }, 'a model is unloaded before its next revision');
              replaced.leave();
            } else if (!fits) throw insufficient(model, options, reason);
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
    return new InsufficientMemoryError({
      needBytes: estimateMemory(model, options, ledger.budgetBytes),
      freeBytes,
      ...(reason ? { message: reason } : {}),
    });
  }
}
