import { CanceledError } from '../errors.ts';
import { waitOrAbort } from './abort.ts';
import type { Admission } from './admission.ts';
import type { LoadedModel } from './loaded-model.ts';
import type { LoadOptions, SchedulableModel } from './model-runtime.ts';
import { type SharedWork, startSharedWork } from './shared-work.ts';

/** How a load is waited for, and what hears of it. */
export interface LoadContext {
  signal: AbortSignal;
  /** Hears what had to go for it. */
  onNote?: (note: string) => void;
}

/** Which models are in memory, on their way into it, and on their way out. Of one model, one revision takes requests. */
export interface Residency {
  /** Those that take requests, or will, by model id. */
  readonly current: ReadonlyMap<string, LoadedModel>;
  /** All that take memory: those, and revisions that come up beside them or drain. */
  all(): LoadedModel[];
  /** See `Scheduler.load`. */
  load(model: SchedulableModel, options: LoadOptions, context: LoadContext): Promise<void>;
  /** See `Scheduler.takeOver`. */
  takeOver(model: SchedulableModel, context: LoadContext & { commit: () => Promise<void> }): Promise<boolean>;
  /** See `Scheduler.unload`; `waitMs` bounds the wait for requests in hand. */
  unload(modelId: string, waitMs: number): Promise<boolean>;
  /** Stops every load under way. */
  stopLoads(): Promise<void>;
}

export interface ResidencyOptions {
  create(model: SchedulableModel, options: LoadOptions, onExpired: (loaded: LoadedModel) => void): LoadedModel;
  admission: Admission;
  /** Throws when the scheduler takes no more loads. */
  refuseWhenClosing: () => void;
  /** How long a revision that is replaced, or a model that expired, waits for its requests. */
  unloadMs: number;
  onChange: (modelId: string) => void;
}

/** One load under way. */
interface Load {
  shared: SharedWork;
  next: LoadedModel;
  /** Somebody installs this revision: what others ask for is about to be it. */
  isInstallation: boolean;
  /** Whether the revision before comes back where this one does not come up. */
  restores: boolean;
}

/** Makes an empty memory. */
export function createResidency({ create, admission, refuseWhenClosing, unloadMs, onChange }: ResidencyOptions): Residency {
  const current = new Map<string, LoadedModel>();
  const loads = new Map<string, Load>();
  /** Revisions that come up beside another, and those that drain. */
  const beside = new Set<LoadedModel>();
  const besideOf = (modelId: string) => [...beside].filter(({ model }) => model.id === modelId);

  function expired(loaded: LoadedModel): void {
    if (current.get(loaded.model.id) === loaded) void unload(loaded.model.id, unloadMs);
  }

  /** Runs the work as the model's load. It begins at once, but nothing in it happens before this has returned. */
  function begin(next: LoadedModel, isInstallation: boolean, work: (load: Load, ...with_: WorkArguments) => Promise<void>): Load {
    const { id, name } = next.model;
    const shared = startSharedWork(`Loading ${name}`, async (...given) => {
      await Promise.resolve();
      try {
        await work(load, ...given);
      } finally {
        if (loads.get(id) === load) loads.delete(id);
        onChange(id);
      }
    });
    const load: Load = { shared, next, isInstallation, restores: true };
    loads.set(id, load);
    onChange(id);
    return load;
  }

  function startLoad(model: SchedulableModel, options: LoadOptions): Load {
    const loaded = create(model, options, expired);
    current.set(model.id, loaded);
    return begin(loaded, false, async (_, signal, note) => {
      try {
        await loaded.open(await admission.enter(model, options, signal, note), signal);
      } catch (error) {
        current.delete(model.id);
        throw error;
      }
    });
  }

  /** The revision takes no new requests, and ends once those in hand are answered. */
  function retire(loaded: LoadedModel): void {
    beside.add(loaded);
    void loaded.unload(unloadMs).then(() => {
      beside.delete(loaded);
      onChange(loaded.model.id);
    });
  }

  /** From here on every request is the next revision's. */
  function swap(before: LoadedModel, next: LoadedModel): void {
    beside.delete(next);
    current.set(next.model.id, next);
    retire(before);
  }

  /**
   * Opens a newer revision beside the one that serves, and swaps them when it is ready: no request is refused. Where memory does
   * not hold both, the one before goes first, and comes back should the next one not come up.
   */
  function startTakeOver(
    before: LoadedModel,
    model: SchedulableModel,
    options: LoadOptions,
    { commit = async () => {}, isInstallation = false } = {},
  ): Load {
    const next = create(model, { ...before.options, ...given(options) }, expired);
    beside.add(next);
    return begin(next, isInstallation, async (load, signal, note) => {
      const releases = [before.hold(), next.hold()];
      try {
        const makeWay = { before, leave: () => swap(before, next) };
        await next.open(await admission.enter(model, next.options, signal, note, makeWay), signal);
        await commit();
        if (current.get(model.id) === before) swap(before, next);
        next.succeed(before);
      } catch (error) {
        beside.delete(next);
        await next.unload(0);
        if (current.get(model.id) === next) {
          current.delete(model.id);
          loads.delete(model.id);
          if (load.restores) startLoad(before.model, before.options);
        }
        throw error;
      } finally {
        for (const release of releases) release();
      }
    });
  }

  async function load(model: SchedulableModel, options: LoadOptions, { signal, onNote }: LoadContext): Promise<void> {
    const what = `Loading ${model.name}`;
    for (;;) {
      refuseWhenClosing();
      if (signal.aborted) throw new CanceledError({ what });
      const loaded = current.get(model.id);
      const loading = loads.get(model.id);
      const isCurrent = loaded?.state === 'READY' && loaded.model.folder === model.folder;
      // Who asks for a revision that is being replaced has looked before its successor was the model's.
      const isReplaced = loaded?.state === 'READY' && besideOf(model.id).some((other) => other !== loading?.next && isOf(other, model));
      if (isCurrent || isReplaced) {
        loaded.configure(options);
        loading?.next.configure(options);
        return;
      }
      if (!loaded) return startLoad(model, options).shared.join(signal, onNote);
      if (loading && isOf(loading.next, model) && !loading.shared.isStopping) return loading.shared.join(signal, onNote);
      if (loading) {
        await waitOrAbort(loading.shared.settled, signal, what);
        if (loading.isInstallation && loading.next.state === 'READY') return loading.next.configure(options);
      } else if (loaded.state === 'READY') return startTakeOver(loaded, model, options).shared.join(signal, onNote);
      else await waitOrAbort(unload(model.id, unloadMs), signal, what);
    }
  }

  async function takeOver(
    model: SchedulableModel,
    { signal, onNote, commit }: LoadContext & { commit: () => Promise<void> },
  ): Promise<boolean> {
    const what = `Loading ${model.name}`;
    for (;;) {
      refuseWhenClosing();
      if (signal.aborted) throw new CanceledError({ what });
      const loading = loads.get(model.id);
      const loaded = current.get(model.id);
      if (loading) await waitOrAbort(loading.shared.settled, signal, what);
      else if (loaded?.state !== 'READY' || isOf(loaded, model)) return false;
      else {
        await startTakeOver(loaded, model, {}, { commit, isInstallation: true }).shared.join(signal, onNote);
        return true;
      }
    }
  }

  async function unload(modelId: string, waitMs: number): Promise<boolean> {
    const loading = loads.get(modelId);
    if (loading) {
      loading.restores = false;
      await loading.shared.stop();
    }
    const loaded = current.get(modelId);
    const leaving = [...(loaded ? [loaded] : []), ...besideOf(modelId)];
    if (leaving.length === 0) return loading !== undefined;
    await Promise.all(leaving.map((each) => each.unload(waitMs)));
    if (loaded && current.get(modelId) === loaded) {
      current.delete(modelId);
      onChange(modelId);
    }
    return true;
  }

  return {
    current,
    all: () => [...new Set([...current.values(), ...beside])],
    load,
    takeOver,
    unload,
    async stopLoads() {
      await Promise.all(
        [...loads.values()].map((loading) => {
          loading.restores = false;
          return loading.shared.stop();
        }),
      );
    },
  };
}

type WorkArguments = Parameters<Parameters<typeof startSharedWork>[1]>;

function isOf({ model }: LoadedModel, { folder }: SchedulableModel): boolean {
  return model.folder === folder;
}

/** What a caller has said, without what it left out. */
function given(options: LoadOptions): LoadOptions {
  return Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined));
}
