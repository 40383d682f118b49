import { createModel, defineCreate } from './create-model.ts';
import { defineDelete, deleteModel, deleteModelFiles } from './delete-model.ts';
import type { LifecycleContext, LifecycleDependencies } from './dependencies.ts';
import { defineDeploy, deployModel } from './deploy-model.ts';
import { createDiskSpace } from './disk-space.ts';
import { defineDownload, downloadModel } from './download-model.ts';
import { moveAlias, registerModel, scoreModel, updateModel } from './entries.ts';
import { createFetchClaims } from './fetch-claims.ts';
import { removeHubToken } from './hub-token.ts';
import { defineImport, importModel } from './import-model.ts';
import { defineLoad, loadModel, planLoad } from './load-model.ts';
import { planDownload } from './plan-download.ts';
import { createRetiredFolders } from './retired-folders.ts';
import { removeStaging, removeStrays } from './staging.ts';
import { defineUnload, unloadModel } from './unload-model.ts';
import { defineUpload, uploadModel } from './upload-model.ts';
import { defineVerify, verifyModel } from './verify-model.ts';
import { watchModelChanges, watchModels } from './watch-models.ts';

/** What can happen to a model: each starts a task, or changes an entry at once. */
export type Lifecycle = ReturnType<typeof createLifecycle>;

/** Registers every kind of task and gives the functions that start them. */
export function createLifecycle(dependencies: LifecycleDependencies) {
  const lifecycle: LifecycleContext = {
    ...dependencies,
    claims: createFetchClaims(),
    disk: createDiskSpace(),
    retiredFolders: createRetiredFolders(dependencies),
  };
  defineDownload(lifecycle);
  defineImport(lifecycle);
  defineUpload(lifecycle);
  defineCreate(lifecycle);
  defineDeploy(lifecycle);
  defineLoad(lifecycle);
  defineUnload(lifecycle);
  defineDelete(lifecycle);
  defineVerify(lifecycle);
  lifecycle.tasks.onChange((task) => {
    if (task.finishedAt === null && task.state !== 'PAUSED') return;
    lifecycle.claims.release(task.id);
    if (task.finishedAt === null) return;
    // What a failed or cancelled one gathered may serve a retry; its token does not.
    const remove = task.state === 'SUCCEEDED' ? removeStaging : removeHubToken;
    remove(lifecycle, task.id).catch((error: unknown) => lifecycle.log.error({ err: error }, 'what a task left was not removed'));
  });

  return {
    downloadModel: bind(lifecycle, downloadModel),
    planDownload: bind(lifecycle, planDownload),
    verifyModel: bind(lifecycle, verifyModel),
    removeStrays: () => removeStrays(lifecycle),
    importModel: bind(lifecycle, importModel),
    uploadModel: bind(lifecycle, uploadModel),
    createModel: bind(lifecycle, createModel),
    deployModel: bind(lifecycle, deployModel),
    loadModel: bind(lifecycle, loadModel),
    planLoad: bind(lifecycle, planLoad),
    unloadModel: bind(lifecycle, unloadModel),
    deleteModel: bind(lifecycle, deleteModel),
    deleteModelFiles: bind(lifecycle, deleteModelFiles),
    registerModel: bind(lifecycle, registerModel),
    updateModel: bind(lifecycle, updateModel),
    scoreModel: bind(lifecycle, scoreModel),
    moveAlias: bind(lifecycle, moveAlias),
    watchModels: bind(lifecycle, watchModels),
    watchModelChanges: bind(lifecycle, watchModelChanges),
    /** Files that clients sent, until a task takes them. */
    uploads: dependencies.uploads,
  };
}

function bind<Request, Answer>(lifecycle: LifecycleContext, run: (lifecycle: LifecycleContext, request: Request) => Promise<Answer>) {
  return (request: Request): Promise<Answer> => run(lifecycle, request);
}
