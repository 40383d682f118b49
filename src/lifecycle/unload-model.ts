import type { Model } from '../models/model.ts';
import type { Task } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';

interface UnloadInput {
  name: string;
}

/** UNLOAD: waits for what is running, then ends the model's processes, which gives all their memory back. */
export function defineUnload(lifecycle: LifecycleContext): void {
  lifecycle.tasks.define<UnloadInput, object>('UNLOAD', {
    // After a restart nothing is in memory: the task has nothing left to do, and says so by finishing.
    resumesByItself: true,
    steps: [
      {
        name: 'UNLOAD',
        async run({ modelId }) {
          if (modelId) await lifecycle.scheduler.unload(modelId);
        },
      },
    ],
  });
}

/** Starts to unload a model. Throws MODEL_NOT_FOUND. */
export async function unloadModel(
  lifecycle: LifecycleContext,
  request: { name?: string | undefined; id?: string | undefined },
): Promise<{ task: Task; model: Model; wasLoaded: boolean }> {
  const model = await lifecycle.catalogue.require(request);
  const wasLoaded = lifecycle.scheduler.runtime(model.id) !== null;
  const { task } = await lifecycle.tasks.start({
    kind: 'UNLOAD',
    input: { name: model.name },
    modelId: model.id,
    workKey: `unload:${model.id}`,
  });
  return { task, model, wasLoaded };
}
