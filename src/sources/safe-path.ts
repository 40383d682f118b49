import { join } from 'node:path';
import { InvalidModelFileError } from '../errors.ts';

/** Most file systems' limit for one name, in bytes. */
const longestNameBytes = 255;
const longestPathBytes = 1024;

/** Why a path from somewhere else may not be joined to a folder of ours; null when it may. */
export function whyUnsafePath(path: string): string | null {
  if (path === '') return 'the name is empty.';
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is looked for.
  if (/[\u0000-\u001f\u007f]/.test(path)) return 'the name has a control character.';
  if (path.includes('\\')) return 'the name has a backslash.';
  if (path.startsWith('/') || /^[a-z]:/i.test(path)) return 'the name is an absolute path.';
  if (!path.isWellFormed()) return 'the name is not well-formed Unicode.';
  if (Buffer.byteLength(path) > longestPathBytes) return 'the path is too long.';
  for (const part of path.split('/')) {
    if (part === '' || part === '.') return 'the path has an empty part.';
    if (part === '..') return 'the path leads out of its folder.';
    if (Buffer.byteLength(part) > longestNameBytes) return 'the name is too long.';
  }
  return null;
}

/** Throws INVALID_MODEL_FILE naming the first path that is unsafe, or that would be the same file as another. */
export function requireSafePaths(paths: readonly string[]): void {
  const seen = new Map<string, string>();
  for (const path of paths) {
    const reason = whyUnsafePath(path);
    if (reason !== null) throw new InvalidModelFileError({ file: showPath(path), message: reason });
    const folded = foldPath(path);
    const other = seen.get(folded);
    if (other !== undefined) throw new InvalidModelFileError({ file: path, message: `the name is the same as that of ${other}.` });
    seen.set(folded, path);
  }
}

/** Equal for two names that one file system may take for one, so that the second would overwrite the first. */
export function foldPath(path: string): string {
  return path.normalize('NFC').toLowerCase();
}

/** The path below a folder, checked first. */
export function joinSafely(folder: string, path: string): string {
  requireSafePaths([path]);
  return join(folder, path);
}

/** A hostile name as it may stand in a message: short, on one line. */
function showPath(path: string): string {
  return JSON.stringify(path.slice(0, 200)).slice(1, -1);
}
