import type { Checkpoint } from './ingrain-title.ts';
import { IngrainNamesDocument } from './operations.generated.ts';
import type { Execute } from './route.ts';

/** A body that names a model, and perhaps its checkpoint. */
interface NamedCheckpoint {
  name: string;
  pretrained?: Checkpoint | undefined;
}

/** The name that a model of OpenCLIP has here for a name and a checkpoint of Ingrain's: `MobileCLIP-S2/datacompdr`. */
function openClipName({ name, pretrained }: NamedCheckpoint): string {
  return isTag(pretrained) ? `${name}/${pretrained}` : name;
}

/** The repository of a timm name: those without an organisation are timm's own; `hf_hub:` and `hf-hub:` are how it writes others. */
function timmName({ name, pretrained }: NamedCheckpoint): string {
  const bare = name.replace(/^hf[_-]hub:/, '');
  const tagged = isTag(pretrained) ? `${bare}.${pretrained}` : bare;
  return tagged.includes('/') ? tagged : `timm/${tagged}`;
}

/**
 * The name that the server knows a model by. A request does not say of which library it is, so where its name can be read in two
 * ways the one counts that is a model here. Others have no checkpoint, whatever is sent; only of OpenCLIP's architectures the name
 * alone may mean another checkpoint than the one that is asked for.
 */
export async function knownName(execute: Execute, named: NamedCheckpoint, signal: AbortSignal): Promise<string> {
  const { name, pretrained } = named;
  if (!isTag(pretrained) && name.includes('/')) return name;
  const variables = { first: openClipName(named), second: timmName(named), bare: name };
  const { first, second, bare } = await execute(IngrainNamesDocument, variables, signal);
  const isOwnName = bare === null || [bare.name, ...bare.aliases].includes(name);
  const isOtherCheckpoint = isTag(pretrained) && !name.includes('/') && bare?.library === 'OPEN_CLIP' && !isOwnName;
  return first?.name ?? second?.name ?? (isOtherCheckpoint ? variables.first : name);
}

/**
 * The name that a library loads: the hub's repository that it reads the name as, unless a model of timm has that very name here, as
 * a custom one may.
 */
export async function nameToLoad(
  execute: Execute,
  { library, ...named }: NamedCheckpoint & { library: 'open_clip' | 'sentence_transformers' | 'timm' },
  signal: AbortSignal,
): Promise<string> {
  if (library === 'open_clip') return openClipName(named);
  if (library === 'sentence_transformers') return named.name;
  const repository = timmName(named);
  if (named.name.includes('/') || isTag(named.pretrained)) return repository;
  const { bare } = await execute(IngrainNamesDocument, { first: repository, second: repository, bare: named.name }, signal);
  return bare?.library === 'TIMM' ? bare.name : repository;
}

function isTag(pretrained: Checkpoint | undefined): pretrained is string {
  return typeof pretrained === 'string' && pretrained !== '';
}
