import { ForbiddenError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { Model, ModelCard } from '../models/model.ts';
import type { LifecycleContext } from './dependencies.ts';
import { repositoryName } from './download-model.ts';

export interface RegisterModelRequest {
  name: string;
  source?: { repository: string; revision: string } | undefined;
  library?: ModelLibrary | undefined;
  card: ModelCard;
}

/** Makes an entry without files: its source, its card. Throws NAME_TAKEN, INVALID_INPUT. */
export async function registerModel(
  { catalogue }: LifecycleContext,
  { name, source, library, card }: RegisterModelRequest,
): Promise<Model> {
  return catalogue.register({
    name,
    source: source ? { type: 'hub', repository: repositoryName(source.repository), revision: source.revision } : { type: 'none' },
    card,
    custom: true,
    ...(library ? { library } : {}),
  });
}

export interface UpdateModelRequest {
  name?: string | undefined;
  id?: string | undefined;
  newName?: string | undefined;
  description?: string | undefined;
  card?: ModelCard | undefined;
  aliases?: string[] | undefined;
}

/** Changes an entry that a client made itself. Throws MODEL_NOT_FOUND, FORBIDDEN for any other, NAME_TAKEN, INVALID_INPUT. */
export async function updateModel({ catalogue }: LifecycleContext, { name, id, ...changes }: UpdateModelRequest): Promise<Model> {
  const model = await catalogue.require({ name, id });
  if (!model.custom)
    throw new ForbiddenError({ message: `Model ${JSON.stringify(model.name)} came from upstream; only custom models can be changed.` });
  return catalogue.update(model.id, changes);
}
