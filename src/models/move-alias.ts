import { InvalidInputError, ModelNotFoundError, NameTakenError } from '../errors.ts';
import type { Model } from './model.ts';
import type { ModelStore } from './model-store.ts';
import { foldName } from './names.ts';

const mostAliases = 32;

/** Takes an alias from whoever has it and gives it to this model, in one transaction: at no moment it means nothing. Throws as `Catalogue.moveAlias`. */
export async function moveAlias(store: ModelStore, id: string, alias: string): Promise<{ model: Model; before: Model | null }> {
  const model = (await store.getMany([id])).get(id);
  if (!model) throw new ModelNotFoundError({ name: id });
  const holder = await store.find(alias);
  const isAlias = (other: string) => foldName(other) === foldName(alias);
  if (holder && isAlias(holder.name)) throw new NameTakenError({ takenName: alias });
  if (holder?.id === id) return { model: holder, before: null };
  if (model.aliases.length >= mostAliases) {
    throw new InvalidInputError({
      field: 'input.alias',
      message: `the model has ${mostAliases} aliases, which is as many as there may be.`,
    });
  }
  const after = { ...model, aliases: [...model.aliases, alias] };
  const before = holder && { ...holder, aliases: holder.aliases.filter((other) => !isAlias(other)) };
  // The loser first: a name may be there once.
  await store.put([...(before ? [before] : []), after]);
  return { model: after, before };
}
