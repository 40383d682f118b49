import { createHash } from 'node:crypto';
import { open, rename, rm, stat } from 'node:fs/promises';
import { CanceledError, InvalidArchiveError } from '../errors.ts';
import { type ArchiveLimits, archiveLimits, createArchiveBudget } from './archive-limits.ts';
import { readTar } from './archive-tar.ts';
import { type ArchiveFile, openZip } from './archive-zip.ts';
import { joinSafely } from './safe-path.ts';
import type { FetchedFile, FetchProgress } from './source.ts';
import { appendToFile } from './write-file.ts';

/** What a file is, by its first bytes: its name and the type that a client claims say nothing. */
export type UploadKind = 'ZIP' | 'TAR' | 'TAR_GZ' | 'GGUF' | 'SAFETENSORS' | 'UNKNOWN';

/** Tells what an uploaded file is. */
export async function detectUpload(file: string): Promise<UploadKind> {
  await using handle = await open(file);
  const bytes = Buffer.alloc(512);
  const { bytesRead } = await handle.read(bytes, 0, bytes.length, 0);
  const text = (start: number, end: number) => bytes.toString('latin1', start, end);
  if (text(0, 4) === 'PK\x03\x04' || text(0, 4) === 'PK\x05\x06') return 'ZIP';
  if (text(0, 2) === '\x1f\x8b') return 'TAR_GZ';
  if (text(0, 4) === 'GGUF') return 'GGUF';
  if (text(257, 262) === 'ustar') return 'TAR';
  if (bytesRead > 9 && bytes.readUInt32LE(4) === 0 && bytes[8] === 0x7b) return 'SAFETENSORS';
  return 'UNKNOWN';
}

export interface ExtractOptions {
  /** The archive. */
  file: string;
  kind: 'ZIP' | 'TAR' | 'TAR_GZ';
  /** A folder; what is in the way of a file is replaced. */
  target: string;
  limits?: ArchiveLimits;
  /** Told the size of it all before anything is written, as far as the archive tells; throws where there is no room. */
  requireSpace?: (needBytes: number) => Promise<void>;
  signal?: AbortSignal | undefined;
  onProgress?: ((progress: FetchProgress) => void) | undefined;
}

/**
 * Extracts the files of an archive into a folder of its own. A folder that holds all of them is left away, as packers add one.
 * Doing it again gives the same. Throws INVALID_ARCHIVE with the entry, INSUFFICIENT_DISK, CANCELED.
 */
export async function extractArchive({ file, kind, limits = archiveLimits, ...options }: ExtractOptions): Promise<FetchedFile[]> {
  if (kind !== 'ZIP') {
    const { size } = await stat(file);
    await options.requireSpace?.(size);
    return finish(
      await extractAll(readTar(file, { isGzipped: kind === 'TAR_GZ', limits, signal: options.signal }), null, { limits, ...options }),
      options.target,
    );
  }
  await using zip = await openZip(file, limits);
  const totalBytes = zip.files.reduce((sum, { sizeBytes }) => sum + (sizeBytes ?? 0), 0);
  if (totalBytes > limits.totalBytes) throw new InvalidArchiveError({ message: `it unpacks to more than ${limits.totalBytes} bytes.` });
  await options.requireSpace?.(totalBytes);
  return finish(await extractAll(zip.files, totalBytes, { limits, ...options }), options.target);
}

async function extractAll(
  files: Iterable<ArchiveFile> | AsyncIterable<ArchiveFile>,
  totalBytes: number | null,
  { target, limits, signal, onProgress }: Omit<ExtractOptions, 'file' | 'kind' | 'limits'> & { limits: ArchiveLimits },
): Promise<FetchedFile[]> {
  const budget = createArchiveBudget(limits);
  const extracted: FetchedFile[] = [];
  let doneBytes = 0;
  for await (const file of files) {
    if (signal?.aborted) throw new CanceledError({ what: 'Unpacking the archive' });
    const destination = joinSafely(target, file.path);
    await rm(destination, { force: true, recursive: true });
    const hash = createHash('sha256');
    let sizeBytes = 0;
    await appendToFile(destination, await file.open(), {
      hash,
      signal,
      onBytes(count) {
        sizeBytes += count;
        doneBytes += count;
        budget.count(file.path, count, { soFarBytes: sizeBytes, readBytes: file.readBytes() });
        onProgress?.({ doneBytes, totalBytes: Math.max(totalBytes ?? doneBytes, doneBytes) });
      },
    });
    extracted.push({ path: file.path, sizeBytes, sha256: hash.digest('hex') });
  }
  return extracted;
}

/** Refuses an archive without files; of one that has all of them in one folder, as packers like it, the folder goes. */
async function finish(files: FetchedFile[], target: string): Promise<FetchedFile[]> {
  if (files.length === 0) throw new InvalidArchiveError({ message: 'it holds no files.' });
  const folder = commonFolder(files.map(({ path }) => path));
  if (folder === null) return files;
  const inner = `${target}.inner`;
  await rm(inner, { recursive: true, force: true });
  await rename(joinSafely(target, folder), inner);
  await rm(target, { recursive: true, force: true });
  await rename(inner, target);
  return files.map((file) => ({ ...file, path: file.path.slice(folder.length + 1) }));
}

/** The folder that all paths begin with; null where there is none. */
function commonFolder(paths: readonly string[]): string | null {
  const [folder = '', ...rest] = (paths[0] ?? '').split('/');
  return rest.length > 0 && paths.every((path) => path.startsWith(`${folder}/`)) ? folder : null;
}
