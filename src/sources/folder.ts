import { createHash } from 'node:crypto';
import { readdir, realpath, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { CanceledError, InvalidInputError, InvalidModelFileError } from '../errors.ts';
import { chooseCheckpoint, type IsBuiltArchitecture } from './choose-checkpoint.ts';
import { type FileChoice, ownChoice } from './file-choice.ts';
import { type ImportRoots, openImportFile, requireImportFolder } from './import-root.ts';
import { joinSafely } from './safe-path.ts';
import type { FetchedFile, FetchProgress } from './source.ts';
import { appendToFile } from './write-file.ts';

const mostEntries = 10_000;
/** What is needed lies in the folder or in a module's folder. */
const deepestLevel = 3;

/**
 * Copies the needed files of a checkpoint from a folder on this machine below one of the roots. Links are followed while
 * they stay below the roots (a snapshot of the Hugging Face cache is made of them). Throws INVALID_INPUT (`path`),
 * INVALID_MODEL_FILE, UNSUPPORTED_MODEL, INSUFFICIENT_DISK, CANCELED.
 */
export async function copyFolder({
  path,
  roots,
  target,
  isBuiltArchitecture = () => true,
  choice = ownChoice,
  requireSpace,
  signal,
  onProgress,
}: {
  path: string;
  /** IMPORT_ROOTS. */
  roots: readonly string[];
  /** The folder that the files are written to. */
  target: string;
  isBuiltArchitecture?: IsBuiltArchitecture;
  /** Which of its files are wanted. */
  choice?: FileChoice;
  /** Told the size of it all before anything is copied; throws where there is no room. */
  requireSpace?: (needBytes: number) => Promise<void>;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: FetchProgress) => void) | undefined;
}): Promise<FetchedFile[]> {
  const { folder, allowed } = await requireImportFolder(path, roots);
  if (!(await stat(folder)).isDirectory()) throw new InvalidInputError({ field: 'path', message: 'expected a folder, not a file.' });
  const paths = await listFolder(folder, allowed, signal);
  const readText = (file: string, maxBytes: number) => readSmallFile(allowed, join(folder, file), file, maxBytes);
  const chosen = await chooseCheckpoint({ paths, readText, isBuiltArchitecture, choice });

  let totalBytes = 0;
  for (const file of chosen) {
    await using handle = await openImportFile(allowed, join(folder, file), file);
    totalBytes += (await handle.stat()).size;
  }
  await requireSpace?.(totalBytes);
  let doneBytes = 0;
  const fetched: FetchedFile[] = [];
  for (const file of chosen) {
    const destination = joinSafely(target, file);
    await rm(destination, { force: true });
    await using handle = await openImportFile(allowed, join(folder, file), file);
    const startBytes = doneBytes;
    const hash = createHash('sha256');
    await appendToFile(destination, handle.createReadStream({ highWaterMark: 1024 ** 2, autoClose: false }), {
      hash,
      signal,
      onBytes(count) {
        doneBytes += count;
        onProgress?.({ doneBytes, totalBytes: Math.max(totalBytes, doneBytes) });
      },
    });
    fetched.push({ path: file, sizeBytes: doneBytes - startBytes, sha256: hash.digest('hex') });
  }
  return fetched;
}

/** The files below a folder by their relative paths with `/`; hidden ones (`.git`, `.cache`) are left out. */
async function listFolder(folder: string, allowed: ImportRoots, signal: AbortSignal | undefined): Promise<string[]> {
  const found: string[] = [];
  let entryCount = 0;
  async function visit(prefix: string, level: number): Promise<void> {
    if (signal?.aborted) throw new CanceledError({ what: 'Reading the folder' });
    for (const entry of await readdir(join(folder, prefix), { withFileTypes: true })) {
      entryCount += 1;
      if (entryCount > mostEntries) {
        throw new InvalidInputError({ field: 'path', message: `the folder has more than ${mostEntries} entries: that is not a model.` });
      }
      if (entry.name.startsWith('.')) continue;
      const path = prefix === '' ? entry.name : `${prefix}/${entry.name}`;
      const isFolder = entry.isDirectory() || (entry.isSymbolicLink() && (await leadsToFolder(join(folder, path), allowed)));
      if (!isFolder) found.push(path);
      else if (level < deepestLevel) await visit(path, level + 1);
    }
  }
  await visit('', 1);
  return found.sort();
}

async function leadsToFolder(path: string, allowed: ImportRoots): Promise<boolean> {
  const real = await realpath(path).catch(() => null);
  return real !== null && allowed.contain(real) && (await stat(real)).isDirectory();
}

async function readSmallFile(allowed: ImportRoots, path: string, file: string, maxBytes: number): Promise<string> {
  await using handle = await openImportFile(allowed, path, file);
  const { size } = await handle.stat();
  if (size > maxBytes) throw new InvalidModelFileError({ file, message: `it is larger than ${maxBytes} bytes.` });
  return await handle.readFile('utf8');
}
