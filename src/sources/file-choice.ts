import { UnsupportedModelError } from '../errors.ts';
import { checkGlobs, matchesGlob } from './glob.ts';

/** What a client says about which files of a repository it wants. */
export interface FileChoice {
  /** Only files that fit one of these, in place of our own choice; empty leaves the choice to us. */
  include: readonly string[];
  /** Never files that fit one of these. */
  exclude: readonly string[];
  /** Of a repository of GGUF files: which of them, e.g. `Q4_K_M`; null takes that one or what is nearest. */
  quantization: string | null;
}

export const ownChoice: FileChoice = { include: [], exclude: [], quantization: null };

const pickle = /\.(bin|pt|pth|ckpt|pkl|pickle|msgpack|h5|ot)$/;

/** Throws INVALID_INPUT for patterns that are too many or too long. */
export function checkChoice({ include, exclude }: FileChoice): void {
  checkGlobs(include, 'input.include');
  checkGlobs(exclude, 'input.exclude');
}

/**
 * The files that fit a client's own patterns, configurations first; never a pickle, which could run any program when it is read.
 * Throws UNSUPPORTED_MODEL when none is left.
 */
export function includedFiles(paths: readonly string[], choice: FileChoice): string[] {
  const fitting = paths.filter((path) => choice.include.some((pattern) => matchesGlob(path, pattern)));
  const chosen = withoutExcluded(fitting, choice).filter((path) => !pickle.test(path));
  if (chosen.length > 0) return chosen.sort((one, other) => weightOf(one) - weightOf(other) || one.localeCompare(other, 'en'));
  throw new UnsupportedModelError({
    reason: `None of the ${paths.length} files of the repository fits include without exclude (pickles are never taken).`,
    remedy: 'Look at the files with planDownload, and change the patterns.',
  });
}

/** Our choice without what the client excluded. Throws UNSUPPORTED_MODEL when none is left. */
export function withoutExcluded(paths: readonly string[], { exclude }: Pick<FileChoice, 'exclude'>): string[] {
  return paths.filter((path) => !exclude.some((pattern) => matchesGlob(path, pattern)));
}

function weightOf(path: string): number {
  return path.endsWith('.json') || path.endsWith('.txt') ? 0 : 1;
}
