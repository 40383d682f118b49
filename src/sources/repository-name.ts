import { InvalidInputError, quote } from '../errors.ts';

const namePart = /^[A-Za-z0-9_](?:[A-Za-z0-9._-]{0,126}[A-Za-z0-9_-])?$/;

/** `owner/name` or `name` as the hub writes them; the `hf-hub:` of open_clip and timm is left off. Throws INVALID_INPUT. */
export function parseRepositoryName(text: string): string {
  const name = splitQuantization(text).repository;
  const parts = name.split('/');
  if (parts.length > 2 || !parts.every((part) => namePart.test(part)) || name.includes('..')) {
    throw new InvalidInputError({
      field: 'repository',
      message: `expected owner/name with letters, digits, '.', '_' and '-'; got ${quote(text)}`,
    });
  }
  return name;
}

/** `owner/name:Q4_K_M` is a repository and which of its GGUF files; without a colon there is no such wish. */
export function splitQuantization(text: string): { repository: string; quantization: string | null } {
  const [repository = '', quantization] = text.replace(/^hf-hub:/, '').split(/:(.*)/s);
  if (quantization !== undefined && !/^[\w.-]{1,100}$/.test(quantization)) {
    throw new InvalidInputError({ field: 'repository', message: `expected a quantization after the colon; got ${quote(text)}` });
  }
  return { repository, quantization: quantization ?? null };
}

/** A branch, tag or commit by git's own rules (git-check-ref-format); default `main`. Throws INVALID_INPUT. */
export function parseRevision(text: string | null | undefined): string {
  const revision = text ?? 'main';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  const isWrong = revision.length > 255 || /[\u0000-\u0020\u007f~^:?*[\\]|\.\.|@\{|\/\/|^[/.-]|\/\.|[/.]$|\.lock(\/|$)/.test(revision);
  if (revision === '' || isWrong) {
    throw new InvalidInputError({ field: 'revision', message: `expected a branch, a tag or a commit; got ${quote(revision)}` });
  }
  return revision;
}

/** Whether a revision is a whole commit hash. */
export function isCommit(revision: string): boolean {
  return /^[0-9a-f]{40}$/.test(revision);
}
