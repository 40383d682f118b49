import { ForbiddenError, InvalidInputError } from '../errors.ts';
import type { ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { Model, ModelCard, ModelSettings, ModelSource, ModelUse } from '../models/model.ts';
import { checkSettings } from './custom-settings.ts';
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
  checkCard(card);
  return catalogue.register({
    name,
    source: source ? hubSource(source) : { type: 'none' },
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
  /** Where its next download fetches from. */
  source?: { repository: string; revision: string } | undefined;
  /** What it does unless a request says otherwise, all of it. */
  settings?: ModelSettings | undefined;
}

/** Changes an entry that a client made itself. Throws MODEL_NOT_FOUND, FORBIDDEN for any other, NAME_TAKEN, INVALID_INPUT. */
export async function updateModel({ catalogue }: LifecycleContext, { name, id, ...changes }: UpdateModelRequest): Promise<Model> {
  const model = await catalogue.require({ name, id });
  if (!model.custom)
    throw new ForbiddenError({ message: `Model ${JSON.stringify(model.name)} came from upstream; only custom models can be changed.` });
  if (changes.card) checkCard(changes.card);
  const { score } = model.card;
  const { card, source, settings, ...others } = changes;
  // What was counted is not the client's to write.
  return catalogue.update(model.id, {
    ...others,
    ...(card ? { card: { ...card, ...(score ? { score } : {}) } } : {}),
    ...(source ? { source: hubSource(source) } : {}),
    ...(settings ? { settings: checkSettings(settings) } : {}),
  });
}

function hubSource({ repository, revision }: { repository: string; revision: string }): ModelSource {
  return { type: 'hub', repository: repositoryName(repository), revision };
}

const longestDetails = 20_000;

function checkCard({ details = '' }: ModelCard): void {
  if (details.length <= longestDetails) return;
  const message = `expected at most ${longestDetails} characters, got ${details.length}.`;
  throw new InvalidInputError({ field: 'input.card.details', message });
}

export interface ScoreModelRequest {
  name?: string | undefined;
  id?: string | undefined;
  uses: readonly ModelUse[];
}

/** Counts what a client did with a model, once each. Throws MODEL_NOT_FOUND, INVALID_INPUT. */
export async function scoreModel({ catalogue }: LifecycleContext, { name, id, uses }: ScoreModelRequest): Promise<Model> {
  const model = await catalogue.require({ name, id });
  return catalogue.score(model.id, uses);
}

export interface MoveAliasRequest {
  alias: string;
  name?: string | undefined;
  id?: string | undefined;
}

/** Makes a name mean this model, in one step also where it meant another. Throws MODEL_NOT_FOUND, NAME_TAKEN for a model's own name, INVALID_INPUT. */
export async function moveAlias({ catalogue }: LifecycleContext, { alias, name, id }: MoveAliasRequest): Promise<Model> {
  const model = await catalogue.require({ name, id });
  return catalogue.moveAlias(model.id, alias);
}
