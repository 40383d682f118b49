import { type AnyFailure, detail, message, otherFailure } from './ingrain-errors.ts';
import { taskFailure } from './ingrain-task.ts';
import { type Checkpoint, modelTitle } from './ingrain-title.ts';
import type { IngrainDeleteMutation, IngrainModelQuery, IngrainUnloadMutation } from './operations.generated.ts';
import type { Answer } from './route.ts';

/** A body that names a model. Only generation A's clients send `pretrained`, and they want 200 whatever happened. */
export interface ModelRequest {
  name: string;
  pretrained?: Checkpoint | undefined;
}

export function unloadAnswer({ unloadModel }: IngrainUnloadMutation, request: ModelRequest): Answer {
  const { name, pretrained } = request;
  const failure = taskFailure(unloadModel);
  const wasLoaded = unloadModel !== null && 'wasLoaded' in unloadModel && unloadModel.wasLoaded;
  if (failure?.code === 'MODEL_NOT_FOUND' && pretrained === undefined) return missing(name);
  if (failure && failure.code !== 'MODEL_NOT_FOUND') return otherFailure(failure, (reason) => `Error unloading model ${name}: ${reason}`);
  if (wasLoaded) return message(`${modelTitle(name, pretrained)} unloaded successfully.`);
  const notLoaded = `${modelTitle(name, pretrained)} is not loaded.`;
  return pretrained === undefined ? detail(404, notLoaded) : message(notLoaded);
}

export function deleteAnswer({ deleteModel }: IngrainDeleteMutation, { name, pretrained }: ModelRequest): Answer {
  const failure = taskFailure(deleteModel);
  if (failure?.code === 'MODEL_NOT_FOUND' && pretrained === undefined) return detail(404, `Model ${name} does not exist.`);
  if (failure && failure.code !== 'MODEL_NOT_FOUND') return otherFailure(failure, (reason) => `Error deleting model ${name}: ${reason}`);
  return message(`${modelTitle(name, pretrained)} deleted successfully.`);
}

export function embeddingSizeAnswer({ model }: IngrainModelQuery, { name }: ModelRequest): Answer {
  if (!model) return missing(name);
  const embeds = model.capabilities.includes('EMBED_TEXT') || model.capabilities.includes('EMBED_IMAGE');
  if (!embeds || model.dimensions === null) return detail(400, `Model ${name} is not an embedding model.`);
  return { status: 200, body: { embeddingSize: model.dimensions } };
}

export function labelsAnswer({ model }: IngrainModelQuery, { name }: ModelRequest): Answer {
  if (!model) return missing(name);
  if (!model.capabilities.includes('CLASSIFY_IMAGE')) return detail(400, `Model ${name} is not a classification model.`);
  if (model.labels.length === 0) return detail(404, `Labels file for model ${name} does not exist.`);
  return { status: 200, body: { labels: model.labels } };
}

/** A look-up that failed: an unknown model may be an error as well as null. */
export function lookUpFailure(failure: AnyFailure, { name }: ModelRequest): Answer {
  return failure.code === 'MODEL_NOT_FOUND' ? missing(name) : otherFailure(failure, (reason) => reason);
}

function missing(name: string): Answer {
  return detail(404, `Model ${name} does not exist in the repository.`);
}
