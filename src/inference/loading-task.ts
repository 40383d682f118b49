import { ModelLoadingError, ModelNotLoadedError } from '../errors.ts';
import type { Catalogue } from '../models/catalogue.ts';

/** Id of the task that brings a model into memory, or its files here; null for none. */
export type LoadingTaskOf = (modelId: string) => Promise<string | null>;

/** Runs an inference; where the model is not ready, but a task is at work on that, the failure is MODEL_LOADING with the task to follow. */
export async function withLoadingTask<Answer>(
  { catalogue, loadingTaskOf }: { catalogue: Catalogue; loadingTaskOf: LoadingTaskOf },
  name: string,
  run: () => Promise<Answer>,
): Promise<Answer> {
  try {
    return await run();
  } catch (error) {
    if (!(error instanceof ModelLoadingError || error instanceof ModelNotLoadedError)) throw error;
    const model = await catalogue.find(name);
    const taskId = model && (await loadingTaskOf(model.id));
    if (!model || !taskId) throw error;
    throw new ModelLoadingError({ model: model.name, taskId });
  }
}
