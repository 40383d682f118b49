import { constants } from 'node:fs';
import { type FileHandle, open, realpath } from 'node:fs/promises';
import { isAbsolute, relative, resolve, sep } from 'node:path';
import { InvalidInputError, InvalidModelFileError, quote } from '../errors.ts';

/** The real folders below which files may be read. */
export interface ImportRoots {
  /** Whether a real path (no links left in it) lies in one of them. */
  contain(realPath: string): boolean;
}

/** The roots as they are on the disk; one that does not exist holds nothing. */
async function openImportRoots(roots: readonly string[]): Promise<ImportRoots> {
  const real = await Promise.all(roots.map((root) => realpath(root).catch(() => null)));
  return { contain: (path) => real.some((root) => root !== null && isInside(root, path)) };
}

/**
 * The real path of a folder that a client wants to import. Throws INVALID_INPUT naming `path`: outside every root (which is
 * also the answer for a missing folder there, so that nobody can look around), missing, or no folder.
 */
export async function requireImportFolder(path: string, roots: readonly string[]): Promise<{ folder: string; allowed: ImportRoots }> {
  const refuse = (message: string) => new InvalidInputError({ field: 'path', message });
  if (roots.length === 0) throw refuse('no folder may be imported. Name the folders that may in MODELKEEP_IMPORT_ROOTS.');
  if (path.includes('\0') || !isAbsolute(path)) throw refuse(`expected an absolute path, got ${quote(path)}.`);
  const allowed = await openImportRoots(roots);
  const folder = await realpath(path).catch(() => null);
  const seemsInside = roots.some((root) => isInside(resolve(root), resolve(path)));
  if (folder === null && seemsInside) throw refuse(`there is no folder ${quote(path)}.`);
  if (folder === null || !allowed.contain(folder)) {
    throw refuse(`${quote(path)} is outside the folders that may be imported (MODELKEEP_IMPORT_ROOTS).`);
  }
  return { folder, allowed };
}

/**
 * Opens a file of an imported folder for reading, whatever links lead to it. Throws INVALID_MODEL_FILE when it ends up
 * outside the roots, or is no plain file: a device or a pipe would never end.
 */
export async function openImportFile(allowed: ImportRoots, path: string, file: string): Promise<FileHandle> {
  const real = await realpath(path).catch(() => null);
  if (real === null) throw new InvalidModelFileError({ file, message: 'it is a link to nothing, or was taken away.' });
  if (!allowed.contain(real)) throw new InvalidModelFileError({ file, message: 'it is a link out of MODELKEEP_IMPORT_ROOTS.' });
  const handle = await open(real, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK).catch((cause: unknown) => {
    throw new InvalidModelFileError({ file, message: 'it cannot be opened.', cause });
  });
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new InvalidModelFileError({ file, message: 'it is not a plain file.' });
}

function isInside(root: string, path: string): boolean {
  const way = relative(root, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
