import type { Model } from '../models/model.ts';
import type { Task } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';

interface DeleteInput {
  name: string;
}

/** DELETE: stops whatever works on the model, takes it out of memory, removes its folder and its entry. */
export function defineDelete(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<DeleteInput, object>('DELETE', {
    resumesByItself: true,
    steps: [
      { name: 'CANCEL', run: ({ taskId, modelId, input }) => cancelOthers(lifecycle, { taskId, modelId, name: input.name }) },
      {
        name: 'UNLOAD',
        async run({ modelId }) {
          if (modelId) await lifecycle.scheduler.unload(modelId);
        },
      },
      {
        name: 'REMOVE',
        async run({ modelId }) {
          if (!modelId) return;
          await lifecycle.catalogue.remove(modelId);
          // A load that began meanwhile may have come to its end.
          await lifecycle.scheduler.unload(modelId);
        },
      },
    ],
  });
}

/** Starts to delete a model, its files and its entry. Throws MODEL_NOT_FOUND. */
export async function deleteModel(
  lifecycle: LifecycleContext,
  request: { name?: string | undefined; id?: string | undefined },
): Promise<Task> {
  const model = await lifecycle.catalogue.require(request);
  const { task } = await lifecycle.tasks.start({
    kind: 'DELETE',
    input: { name: model.name },
    modelId: model.id,
    workKey: `delete:${model.id}`,
  });
  return task;
}

/** Removes a model's files and keeps its entry. Unloads it first. Throws MODEL_NOT_FOUND. */
export async function deleteModelFiles(
  lifecycle: LifecycleContext,
  request: { name?: string | undefined; id?: string | undefined },
): Promise<Model> {
  const model = await lifecycle.catalogue.require(request);
  await cancelOthers(lifecycle, { taskId: null, modelId: model.id, name: model.name });
  await lifecycle.scheduler.unload(model.id);
  await lifecycle.catalogue.removeFiles(model.id);
  return lifecycle.catalogue.require({ id: model.id });
}

/** Cancels every other task of the model; a fetch that has not made it yet is known by its name. */
async function cancelOthers(
  { tasks, claims }: LifecycleContext,
  { taskId, modelId, name }: { taskId: string | null; modelId: string | null; name: string },
): Promise<void> {
  const active = modelId ? (await tasks.list({ active: true, modelId }, { limit: 100 })).items.map(({ item }) => item.id) : [];
  const fetching = claims.holderOf(name);
  for (const id of new Set([...active, ...(fetching ? [fetching] : [])])) {
    if (id !== taskId) await tasks.cancel(id);
  }
}
