import { InvalidInputError, quote } from '../errors.ts';
import pairs from './catalog/open-clip-pretrained.json' with { type: 'json' };
import { foldName } from './names.ts';

interface Checkpoints {
  /** open_clip's name of the architecture. */
  readonly architecture: string;
  /** Repository of each tag. */
  readonly repositories: Map<string, string>;
}

const byArchitecture = new Map<string, Checkpoints>();
for (const { architecture, pretrained, repository } of pairs) {
  const key = foldName(architecture);
  const found = byArchitecture.get(key) ?? { architecture, repositories: new Map<string, string>() };
  found.repositories.set(foldName(pretrained), repository);
  byArchitecture.set(key, found);
}

/** A name without the prefix that open_clip and timm write before a hub's repository. */
export function withoutHubPrefix(name: string): string {
  return name.replace(/^hf[-_]hub:/i, '');
}

/**
 * The repositories that open_clip's name of a checkpoint can mean: one for `MobileCLIP-S2/datacompdr`, all of an architecture's for
 * its name alone, none for any other name.
 */
export function openClipRepositories(name: string): readonly string[] {
  const [architecture = '', tag, ...others] = withoutHubPrefix(name).split('/');
  const found = byArchitecture.get(foldName(architecture));
  if (!found || others.length > 0) return [];
  if (tag === undefined) return [...new Set(found.repositories.values())];
  const repository = found.repositories.get(foldName(tag));
  return repository === undefined ? [] : [repository];
}

/** Throws `INVALID_INPUT` listing the tags where a name is that of an architecture with several checkpoints. */
export function requireOneCheckpoint(name: string, field: string): void {
  if (openClipRepositories(name).length < 2) return;
  const found = byArchitecture.get(foldName(withoutHubPrefix(name)));
  throw new InvalidInputError({ field, message: `${quote(name)} has several checkpoints; name one of ${checkpointNames(found)}.` });
}

/** Throws `INVALID_INPUT` listing the tags where a name is that of an architecture with a tag that open_clip does not know. */
function requireKnownTag(name: string, field: string): void {
  // With the prefix it is a repository's name.
  const [architecture = '', tag, ...others] = name.split('/');
  const found = byArchitecture.get(foldName(architecture));
  if (!found || tag === undefined || others.length > 0 || found.repositories.has(foldName(tag))) return;
  const message = `open_clip has no checkpoint ${quote(tag)} of ${found.architecture}; name one of ${checkpointNames(found)}.`;
  throw new InvalidInputError({ field, message });
}

function checkpointNames(found: Checkpoints | undefined): string {
  return [...(found?.repositories.keys() ?? [])].map((tag) => `${found?.architecture}/${tag}`).join(', ');
}

/**
 * A hub's repository as a client may name it: by its own name, with or without prefix, or by open_clip's name of a checkpoint. Throws
 * `INVALID_INPUT` for an architecture of several checkpoints, or with a tag that it has not.
 */
export function hubRepository(name: string): string {
  requireOneCheckpoint(name, 'input.source.repository');
  requireKnownTag(name, 'input.source.repository');
  return openClipRepositories(name)[0] ?? withoutHubPrefix(name);
}
