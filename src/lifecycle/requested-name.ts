import { NameTakenError } from '../errors.ts';
import type { Catalogue } from '../models/catalogue.ts';
import type { ModelSource } from '../models/model.ts';
import { checkName, foldName } from '../models/names.ts';

/**
 * Checks the name that a new model is to get. A model of that name which came from the same place is a newer revision of it;
 * from another place it is somebody else's. Throws INVALID_INPUT, NAME_TAKEN.
 */
export async function requireRequestedName(catalogue: Catalogue, name: string, source: ModelSource): Promise<void> {
  checkName(name, 'input.name');
  const present = await catalogue.find(name);
  if (!present) return;
  const isAlias = foldName(present.name) !== foldName(name);
  if (isAlias || (present.folder !== null && !isSamePlace(present.source, source))) throw new NameTakenError({ takenName: name });
}

function isSamePlace(one: ModelSource, other: ModelSource): boolean {
  if (one.type === 'hub' && other.type === 'hub') return one.repository.toLowerCase() === other.repository.toLowerCase();
  // What clients made here is theirs to make anew, whichever way.
  const isOwn = ({ type }: ModelSource) => type === 'upload' || type === 'created';
  return one.type === other.type || (isOwn(one) && isOwn(other));
}
