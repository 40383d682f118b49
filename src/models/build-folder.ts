import { chmod, lstat, mkdir } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { InvalidModelFileError } from '../errors.ts';
import { linkOrCopy } from '../storage/link-or-copy.ts';
import { syncPath } from './durable-files.ts';
import { manifestName } from './manifest.ts';
import type { ModelFile } from './model.ts';

export interface BuildFolderOptions {
  /** Where the verified files lie. They stay there: until the model is known, nothing is lost. */
  stagingFolder: string;
  /** The folder to make. */
  target: string;
  files: readonly ModelFile[];
  /** A file of another model with that content; null for none. */
  findBlob(sha256: string): Promise<string | null>;
}

/** Makes a folder of verified files, read-only and durable: links to another model's equal file, or to the staged one. */
export async function buildFolder({ stagingFolder, target, files, findBlob }: BuildFolderOptions): Promise<void> {
  const folders = new Set([target]);
  await mkdir(target, { recursive: true, mode: 0o700 });
  for (const file of files) {
    const staged = join(stagingFolder, file.path);
    await requireWhole(staged, file);
    const placed = join(target, file.path);
    await mkdir(dirname(placed), { recursive: true, mode: 0o700 });
    for (let folder = dirname(placed); folder !== target; folder = dirname(folder)) folders.add(folder);
    await place([await findBlob(file.sha256), staged], placed);
    await chmod(placed, 0o444);
    await syncPath(placed);
  }
  // Deepest first: a folder's own name is durable only once its parent is.
  const depth = (folder: string) => relative(target, folder).split(sep).length;
  for (const folder of [...folders].sort((a, b) => depth(b) - depth(a) || b.length - a.length)) await syncPath(folder);
}

/** The files as a model has them: upstream's own `manifest.json` gives way to ours. Throws `INVALID_MODEL_FILE` for a path that leads out. */
export function checkFiles(files: readonly ModelFile[]): ModelFile[] {
  const seen = new Set<string>();
  for (const { path } of files) {
    const parts = path.split('/');
    const isSafe = parts.every((part) => part !== '' && part !== '.' && part !== '..') && !/[\\\0]/.test(path);
    if (!isSafe) throw new InvalidModelFileError({ file: path, message: 'expected a relative path without empty, . or .. parts.' });
    if (seen.has(path)) throw new InvalidModelFileError({ file: path, message: 'is there twice.' });
    seen.add(path);
  }
  return files.filter(({ path }) => path !== manifestName).map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, sha256 }));
}

/** Whether a file is there, plain, and of the size that was verified. */
export async function isWhole(path: string, sizeBytes: number): Promise<boolean> {
  try {
    const found = await lstat(path);
    return found.isFile() && found.size === sizeBytes;
  } catch {
    return false;
  }
}

async function requireWhole(path: string, file: ModelFile): Promise<void> {
  if (await isWhole(path, file.sizeBytes)) return;
  throw new InvalidModelFileError({ file: file.path, message: `expected a plain file of ${file.sizeBytes} bytes among those to install.` });
}

/** Links to the first that is there; another model's file may go between being found and being linked. */
async function place(candidates: readonly (string | null)[], to: string): Promise<void> {
  for (const from of candidates) {
    if (from === null) continue;
    try {
      return await linkOrCopy(from, to);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || from === candidates.at(-1)) throw error;
    }
  }
}
