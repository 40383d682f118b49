import { defineDelete, deleteModel, deleteModelFiles } from './delete-model.ts';
import type { LifecycleContext, LifecycleDependencies } from './dependencies.ts';
import { defineDownload, downloadModel } from './download-model.ts';
import { registerModel, scoreModel, updateModel } from './entries.ts';
import { createFetchClaims } from './fetch-claims.ts';
import { defineImport, importModel } from './import-model.ts';
import { defineLoad, loadModel, planLoad } from './load-model.ts';
import { createRetiredFolders } from './retired-folders.ts';
import { defineUnload, unloadModel } from './unload-model.ts';
import { watchModelChanges, watchModels } from './watch-models.ts';

/** What can happen to a model: each starts a task, or changes an entry at once. */
export type Lifecycle = ReturnType<typeof createLifecycle>;

/** Registers every kind of task and gives the functions that start them. */
export function createLifecycle(dependencies: LifecycleDependencies) {
  const lifecycle: LifecycleContext = {
    ...dependencies,
    claims: createFetchClaims(),
    retiredFolders: createRetiredFolders(dependencies),
  };
  defineDownload(lifecycle);
  defineImport(lifecycle);
  defineLoad(lifecycle);
  defineUnload(lifecycle);
  defineDelete(lifecycle);
  lifecycle.tasks.onChange((task) => {
    if (task.finishedAt !== null) lifecycle.claims.release(task.id);
  });

  return {
    downloadModel: bind(lifecycle, downloadModel),
    importModel: bind(lifecycle, importModel),
    loadModel: bind(lifecycle, loadModel),
    planLoad: bind(lifecycle, planLoad),
    unloadModel: bind(lifecycle, unloadModel),
    deleteModel: bind(lifecycle, deleteModel),
    deleteModelFiles: bind(lifecycle, deleteModelFiles),
    registerModel: bind(lifecycle, registerModel),
    updateModel: bind(lifecycle, updateModel),
    scoreModel: bind(lifecycle, scoreModel),
    watchModels: bind(lifecycle, watchModels),
    watchModelChanges: bind(lifecycle, watchModelChanges),
  };
}

function bind<Request, Answer>(lifecycle: LifecycleContext, run: (lifecycle: LifecycleContext, request: Request) => Promise<Answer>) {
  return (request: Request): Promise<Answer> => run(lifecycle, request);
}
