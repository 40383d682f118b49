import type { Model } from '../models/model.ts';
import { watch } from '../watch.ts';
import type { LifecycleContext } from './dependencies.ts';

/** A model that changed, or is gone. */
export interface ModelChange {
  modelId: string;
  model: Model | null;
}

/** Every model's changes, removals too; at first, where `snapshot` asks for it, every model as it is. */
export async function watchModelChanges(
  { catalogue, scheduler, tasks }: LifecycleContext,
  { snapshot, signal }: { snapshot: boolean; signal: AbortSignal },
): Promise<AsyncIterableIterator<ModelChange>> {
  const dirty = new Set<string>();
  let isFirst = true;
  return watch({
    signal,
    subscribe(wake) {
      const mark = (modelId: string | null) => {
        if (modelId === null) return;
        dirty.add(modelId);
        wake();
      };
      const stops = [catalogue.onChange(mark), scheduler.onChange(mark), tasks.onChange((task) => mark(task.modelId))];
      return () => {
        for (const stop of stops) stop();
      };
    },
    async read() {
      if (isFirst && snapshot) {
        for (const { id } of [...(await allModels({ catalogue })), ...(await catalogue.wellKnown())]) dirty.add(id);
      }
      isFirst = false;
      const ids = [...dirty];
      dirty.clear();
      const models = await catalogue.getMany(ids);
      return { items: ids.map((modelId, index) => ({ modelId, model: models[index] ?? null })), isLast: false };
    },
  });
}

/**
 * One model, or every model (no reference), as it is, then after each change of its entry, its life in memory or its task.
 * A model that was followed by name or id ends the watch when it is deleted. Throws MODEL_NOT_FOUND, INVALID_INPUT.
 */
export async function watchModels(
  lifecycle: LifecycleContext,
  { reference, signal }: { reference: { name?: string | undefined; id?: string | undefined } | null; signal: AbortSignal },
): Promise<AsyncIterableIterator<Model>> {
  const { catalogue, scheduler, tasks } = lifecycle;
  const followed = reference && (await catalogue.require(reference)).id;
  /** Ids that are to be shown; null: all of them, once, at first. */
  let dirty: Set<string> | null = null;

  return watch({
    signal,
    subscribe(wake) {
      const mark = (modelId: string | null) => {
        if (modelId === null || (followed !== null && modelId !== followed)) return;
        dirty?.add(modelId);
        wake();
      };
      const stops = [catalogue.onChange(mark), scheduler.onChange(mark), tasks.onChange((task) => mark(task.modelId))];
      return () => {
        for (const stop of stops) stop();
      };
    },
    async read() {
      const first = followed === null ? null : [followed];
      const wanted = dirty === null ? first : [...dirty];
      dirty = new Set();
      const found = wanted === null ? await allModels(lifecycle) : await catalogue.getMany(wanted);
      const items = found.filter((model) => model !== null);
      return { items, isLast: followed !== null && wanted !== null && wanted.length > 0 && items.length === 0 };
    },
  });
}

async function allModels({ catalogue }: Pick<LifecycleContext, 'catalogue'>): Promise<Model[]> {
  const models: Model[] = [];
  let after = 0;
  for (;;) {
    const { items, hasNext } = await catalogue.list({}, { limit: 100, after });
    models.push(...items.map(({ item }) => item));
    const last = items.at(-1);
    if (!hasNext || !last) return models;
    after = last.position;
  }
}
