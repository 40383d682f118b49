import type { Client } from './client.ts';
import { CommandError } from './failures.ts';
import type { LockedModel } from './lock-file.ts';
import { LockModelsDocument, type LockModelsQuery } from './operations.generated.ts';

type ModelAnswer = NonNullable<LockModelsQuery['models']>['nodes'][number];

/** Every model of a server that has files or was made by a client, as a lock has it. */
export async function lockedModels(client: Client, signal: AbortSignal): Promise<LockedModel[]> {
  const found: LockedModel[] = [];
  let after: string | null = null;
  do {
    const { models }: LockModelsQuery = await client.execute(LockModelsDocument, { after }, signal);
    if (!models) throw new CommandError('The server did not list its models.');
    found.push(...models.nodes.filter(({ installed, custom }) => installed || custom).map(lockedModel));
    after = models.pageInfo.hasNextPage ? models.pageInfo.endCursor : null;
  } while (after !== null);
  return found;
}

function lockedModel({ name, library, source, revision, files, custom, aliases, description, card, runtime }: ModelAnswer): LockedModel {
  const { score: _score, ...facts } = { score: null, ...card };
  return {
    name,
    library,
    source: sourceOf(source),
    commit: revision,
    files: files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 })),
    settings: {
      custom,
      aliases: [...aliases],
      description: custom ? description : null,
      card: Object.fromEntries(Object.entries(facts).filter((entry): entry is [string, string] => typeof entry[1] === 'string')),
      loaded: runtime && { pinned: runtime.pinned, precision: runtime.precision },
    },
  };
}

function sourceOf({ kind, repository, revision, urls }: ModelAnswer['source']): LockedModel['source'] {
  if (kind === 'HUB') return { kind, repository: repository ?? '', revision: revision ?? 'main' };
  if (kind === 'URLS') return { kind, urls: urls.map(({ path, url }) => ({ path, url })) };
  return { kind: 'OTHER' };
}
