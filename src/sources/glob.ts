import { InvalidInputError } from '../errors.ts';

const mostPatterns = 32;
const longestPattern = 200;

/** Throws INVALID_INPUT naming the field unless these are few and short patterns. */
export function checkGlobs(patterns: readonly string[], field: string): void {
  if (patterns.length > mostPatterns)
    throw new InvalidInputError({ field, message: `expected at most ${mostPatterns} patterns, got ${patterns.length}.` });
  const wrong = patterns.findIndex((pattern) => pattern === '' || pattern.length > longestPattern);
  if (wrong >= 0)
    throw new InvalidInputError({ field: `${field}[${wrong}]`, message: `expected a pattern of 1 to ${longestPattern} characters.` });
}

/**
 * Whether a path fits a pattern as the hub's own tools read them: `*` is any run of characters, also across folders, `?` is any
 * one, and a pattern that ends with a slash is all below that folder. Takes time in proportion to both lengths at most.
 */
export function matchesGlob(path: string, pattern: string): boolean {
  const wanted = pattern.endsWith('/') ? `${pattern}*` : pattern;
  let at = 0;
  let read = 0;
  let star = -1;
  let resume = 0;
  while (read < path.length) {
    if (wanted[at] === '*') {
      star = at;
      resume = read;
      at += 1;
    } else if (wanted[at] === '?' || wanted[at] === path[read]) {
      at += 1;
      read += 1;
    } else if (star >= 0) {
      // The last star takes one character more.
      resume += 1;
      read = resume;
      at = star + 1;
    } else return false;
  }
  while (wanted[at] === '*') at += 1;
  return at === wanted.length;
}
