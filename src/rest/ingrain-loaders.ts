import { detail, loadFailure, message } from './ingrain-errors.ts';
import { taskFailure, taskTimeoutMs } from './ingrain-task.ts';
import { type Checkpoint, modelTitle } from './ingrain-title.ts';
import type { IngrainLoadLimitQuery, IngrainLoadMutation, IngrainLoadMutationVariables, ModelLibrary } from './operations.generated.ts';
import type { Answer } from './route.ts';

/** What every loading endpoint asks for, `/load_model` as well as generation A's three. */
export interface LoadRequest {
  name: string;
  library: 'open_clip' | 'sentence_transformers' | 'timm';
  /** Which weights of OpenCLIP's or timm's architecture. */
  pretrained?: Checkpoint | undefined;
  /** The same, only where the endpoint's messages say it. */
  checkpoint?: Checkpoint | undefined;
}

const libraries = { open_clip: 'OPEN_CLIP', sentence_transformers: 'SENTENCE_TRANSFORMERS', timm: 'TIMM' } as const satisfies Record<
  LoadRequest['library'],
  ModelLibrary
>;

/** GraphQL's name of a library. */
export function modelLibrary(library: LoadRequest['library']): ModelLibrary {
  return libraries[library];
}

/**
 * Variables of `IngrainLoad`: a model of that name or alias if there is one, else the hub's repository. Where a number of loaded models is set, Ingrain never makes room by itself; else memory decides and idle models go.
 */
export function loadVariables(
  repository: string,
  library: LoadRequest['library'],
  { server }: IngrainLoadLimitQuery,
): IngrainLoadMutationVariables {
  const hasLimit = server?.limits.maxLoadedModels != null;
  return {
    input: {
      source: { repository },
      downloadIfMissing: true,
      library: modelLibrary(library),
      ...(hasLimit ? { evict: false } : {}),
    },
    timeoutMs: taskTimeoutMs,
  };
}

/** Whether the load failed because as many models are loaded as may be: there was memory, or the places are counted out. */
export function foundNoPlace({ loadModel }: IngrainLoadMutation, { server }: IngrainLoadLimitQuery): boolean {
  const failure = taskFailure(loadModel);
  const limit = server?.limits.maxLoadedModels;
  if (failure?.code !== 'INSUFFICIENT_MEMORY' || limit == null) return false;
  const hadMemory = failure.needBytes !== undefined && failure.freeBytes !== undefined && failure.needBytes <= failure.freeBytes;
  return hadMemory || loadedNames({ server }).length >= limit;
}

/** Ingrain's answer when no more models may be loaded. */
export function limitAnswer({ server }: IngrainLoadLimitQuery): Answer {
  const names = loadedNames({ server }).join(', ');
  return detail(
    400,
    `Maximum number of loaded models (${server?.limits.maxLoadedModels}) reached. Please unload a model before loading a new one. Currently loaded models: ${names}`,
  );
}

/** The documented answer to a load, or to its failure. */
export function loadAnswer({ loadModel }: IngrainLoadMutation, { name, checkpoint }: LoadRequest): Answer {
  const failure = taskFailure(loadModel);
  if (failure) return loadFailure(failure, name);
  const alreadyLoaded = loadModel !== null && 'alreadyLoaded' in loadModel && loadModel.alreadyLoaded;
  return message(`${modelTitle(name, checkpoint)} ${alreadyLoaded ? 'is already loaded' : 'loaded successfully'}.`);
}

function loadedNames({ server }: IngrainLoadLimitQuery): string[] {
  return (server?.loadedModels ?? []).map(({ name }) => name);
}
