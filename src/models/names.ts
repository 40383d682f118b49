import { InvalidInputError, NameTakenError, quote } from '../errors.ts';

const longestName = 200;
const allowed = /^[\p{L}\p{N}._\-/:@+]+$/u;
const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
/** How global ids begin: a name that looks like one would hide what the id means. */
const reserved = /^(model|task|generation|conversation):/i;

/** How names are compared: `E5-Small` and `e5-small` are one name. */
export function foldName(name: string): string {
  return name.normalize('NFKC').toLowerCase();
}

/** Whether a text is a UUID, as ids of models and tasks are. */
export function isUuid(text: string): boolean {
  return uuid.test(text);
}

/** Throws `INVALID_INPUT` for what cannot be a model's name or alias. Names are as upstream writes them, e.g. `intfloat/e5-small-v2`. */
export function checkName(name: string, field: string): void {
  const refuse = (message: string) => new InvalidInputError({ field, message: `${message}, got ${quote(name)}.` });
  if (name.length === 0 || name.length > longestName) throw refuse(`expected a name of 1 to ${longestName} characters`);
  if (!allowed.test(name)) throw refuse('expected a name of letters, digits and . _ - / : @ +');
  if (name !== name.normalize('NFC')) throw refuse('expected a name in Unicode normal form C');
  if (name.startsWith('/') || name.endsWith('/') || name.includes('//'))
    throw refuse('expected a name without empty parts between slashes');
  if (name.split('/').some((part) => part === '.') || name.includes('..')) throw refuse('expected a name without . or .. as a part');
  if (isUuid(name)) throw refuse('expected a name that is not a UUID, because ids are');
  if (reserved.test(name)) throw refuse('expected a name that does not look like a global id');
}

/** Throws `INVALID_INPUT` for a wrong alias and `NAME_TAKEN` for two that are one. */
export function checkAliases(aliases: readonly string[], mostAliases = 32): void {
  if (aliases.length > mostAliases)
    throw new InvalidInputError({ field: 'aliases', message: `expected at most ${mostAliases}, got ${aliases.length}.` });
  const seen = new Set<string>();
  for (const [index, alias] of aliases.entries()) {
    checkName(alias, `aliases[${index}]`);
    if (seen.has(foldName(alias))) throw new NameTakenError({ takenName: alias });
    seen.add(foldName(alias));
  }
}
