import { link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { CanceledError } from '../errors.ts';
import type { FetchedFile, PlannedFile } from '../sources/source.ts';
import { journalledBytes } from '../sources/transfer/chunk-journal.ts';
import type { TransferOptions } from '../sources/transfer/transfers.ts';
import type { TaskContext } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import { journalPathOf, stagingFolder } from './staging.ts';

/** A file to fetch, and how. */
export interface FileToFetch extends PlannedFile {
  fetch(target: string, options: TransferOptions): Promise<FetchedFile>;
}

/** Files of one download at once; each may have several connections. */
const filesAtOnce = 4;
/** So much more on the disk is progress: a task that makes some may be resumed again and again. */
const advanceBytes = 1024 ** 2;

type Context = Pick<TaskContext<object, object>, 'taskId' | 'signal' | 'report' | 'note' | 'advanced'>;

/**
 * Fetches the files of a download into its staging folder: those that another model has are linked, the others come several at
 * once, and what an earlier attempt left is gone on with. Reports the bytes that are certain, so a restart never takes any back.
 * Throws INSUFFICIENT_DISK before anything is fetched, CHECKSUM_MISMATCH, UPSTREAM_FAILED, UPSTREAM_GATED, TIMEOUT, CANCELED.
 */
export async function fetchFiles(lifecycle: LifecycleContext, context: Context, files: readonly FileToFetch[]): Promise<FetchedFile[]> {
  const { taskId, signal } = context;
  const folder = stagingFolder(lifecycle, taskId);
  await mkdir(folder, { recursive: true });
  const done = new Map<string, number>();
  const fetched = new Map<string, FetchedFile>();
  const notes: string[] = [];
  const sizes = new Map(files.map(({ path, sizeBytes }) => [path, sizeBytes]));
  const sumOf = (numbers: Iterable<number>) => [...numbers].reduce((sum, bytes) => sum + bytes, 0);

  for (const file of files) done.set(file.path, await journalledBytes(journalPathOf(lifecycle, taskId, file.path)));
  for (const file of files) {
    const linked = await linkStoredBlob(lifecycle, file, join(folder, file.path));
    if (linked === null) continue;
    fetched.set(file.path, linked);
    done.set(file.path, linked.sizeBytes);
  }
  const startBytes = sumOf(done.values());
  const missing = files.map(({ path, sizeBytes }) => Math.max(0, (sizeBytes ?? 0) - (done.get(path) ?? 0)));
  using space = await lifecycle.disk.reserve(folder, sumOf(missing));
  using transfer = lifecycle.transfers.open();
  let advancedAt = startBytes;

  function report(): void {
    if (signal.aborted) return;
    const doneBytes = sumOf(done.values());
    const known = [...sizes.values()];
    const totalBytes = known.includes(null) ? null : sumOf(known.map((size) => size ?? 0));
    context.report({ doneBytes, totalBytes, files: { done: fetched.size, total: files.length } });
    space.written(doneBytes - startBytes);
    if (doneBytes < advancedAt + advanceBytes) return;
    advancedAt = Number.POSITIVE_INFINITY;
    // Only so often: it is a transaction.
    context.advanced().catch(() => {});
  }

  async function fetchOne(file: FileToFetch): Promise<void> {
    const result = await file.fetch(join(folder, file.path), {
      transfer,
      journalPath: journalPathOf(lifecycle, taskId, file.path),
      signal: both,
      onProgress({ doneBytes, totalBytes }) {
        done.set(file.path, doneBytes);
        if (totalBytes !== null) sizes.set(file.path, totalBytes);
        report();
      },
      onNote(note) {
        notes.push(note);
        if (!signal.aborted) context.note(notes.join(' '));
      },
    });
    fetched.set(file.path, result);
    done.set(file.path, result.sizeBytes);
    sizes.set(file.path, result.sizeBytes);
    report();
  }

  report();
  const stop = new AbortController();
  const both = AbortSignal.any([signal, stop.signal]);
  const waiting = files.filter(({ path }) => !fetched.has(path));
  let failure: unknown = null;
  const lane = async () => {
    for (let file = waiting.shift(); file; file = waiting.shift()) {
      try {
        await fetchOne(file);
      } catch (error) {
        failure ??= error;
        stop.abort(new CanceledError({ what: 'The download' }));
        return;
      }
    }
  };
  await Promise.all(Array.from({ length: filesAtOnce }, lane));
  if (failure !== null) throw failure;
  return files.flatMap(({ path }) => fetched.get(path) ?? []);
}

/** How far the journals say that a download is: what its next attempt begins with. */
export async function recallProgress(
  lifecycle: LifecycleContext,
  taskId: string,
  files: readonly PlannedFile[],
): Promise<{ doneBytes: number; totalBytes: number | null } | null> {
  let doneBytes = 0;
  for (const { path } of files) doneBytes += await journalledBytes(journalPathOf(lifecycle, taskId, path));
  if (doneBytes === 0) return null;
  const totalBytes = files.reduce<number | null>((sum, { sizeBytes }) => (sum === null || sizeBytes === null ? null : sum + sizeBytes), 0);
  return { doneBytes, totalBytes };
}

/** A file with this content that another model has: the two folders share it, and nothing is fetched. */
async function linkStoredBlob(lifecycle: LifecycleContext, file: PlannedFile, target: string): Promise<FetchedFile | null> {
  if (file.digest?.algorithm !== 'sha256' || file.sizeBytes === null) return null;
  const stored = await lifecycle.catalogue.findBlob(file.digest.hex);
  if (stored === null) return null;
  await mkdir(dirname(target), { recursive: true });
  await rm(target, { force: true });
  await link(stored, target);
  return { path: file.path, sizeBytes: file.sizeBytes, sha256: file.digest.hex };
}
