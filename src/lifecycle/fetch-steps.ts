import { link, mkdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ModelSource } from '../models/model.ts';
import { withoutSecrets } from '../net/fetch-url.ts';
import type { FetchedFile, FetchPlan, PlannedFile } from '../sources/source.ts';
import { fetchUrls } from '../sources/urls.ts';
import type { TaskContext, TaskStep } from '../tasks/task.ts';
import type { LifecycleContext } from './dependencies.ts';
import { requireDiskSpace } from './disk-space.ts';
import { type InstallInput, type InstallJournal, installSteps } from './install-steps.ts';
import { stagingFolder } from './staging.ts';

/** Where the files of a fetch come from: a hub's repository, or addresses that a client named. */
export type FetchSource = { type: 'hub'; repository: string; revision: string } | { type: 'urls'; files: { path: string; url: string }[] };

/** What a task that fetches must have in its input. */
export interface FetchInput extends InstallInput {
  /** null for a LOAD of what is installed already. */
  source: FetchSource | null;
}

export interface FetchJournal extends InstallJournal {
  /** Pinned to a commit before the first byte, so that a resumed task goes on with the same files. */
  plan: FetchPlan;
}

type Context<Input extends FetchInput> = TaskContext<Input, FetchJournal>;

/** RESOLVE, DOWNLOAD, VERIFY, INSTALL: from a source to an installed model. A task without a source passes them by. */
export function fetchSteps<Input extends FetchInput>(lifecycle: LifecycleContext): TaskStep<Input, FetchJournal>[] {
  const applies = (context: Context<Input>) => context.input.source !== null;
  return [
    { name: 'RESOLVE', weight: 0.05, applies, run: (context) => resolve(lifecycle, context) },
    { name: 'DOWNLOAD', weight: 4, applies, run: (context) => download(lifecycle, context) },
    ...installSteps<Input, FetchJournal>(lifecycle, applies),
  ];
}

async function resolve<Input extends FetchInput>(lifecycle: LifecycleContext, context: Context<Input>): Promise<void> {
  const { source, name } = context.input;
  await lifecycle.claims.hold(name, context.taskId, context.signal);
  if (source?.type !== 'hub') return;
  const plan = await lifecycle.hub.plan({ repository: source.repository, revision: source.revision }, context.signal);
  const present = await lifecycle.catalogue.find(name);
  const upToDate = present?.folder != null && present.revision !== null && present.revision === plan.revision;
  if (upToDate && present) await context.setModel(present.id);
  await context.record({ plan, upToDate });
}

async function download<Input extends FetchInput>(lifecycle: LifecycleContext, context: Context<Input>): Promise<void> {
  const { source, name } = context.input;
  // Again, because a resumed task starts here.
  await lifecycle.claims.hold(name, context.taskId, context.signal);
  if (source === null || context.journal.upToDate) return;
  const folder = stagingFolder(lifecycle, context.taskId);
  await mkdir(folder, { recursive: true });
  if (source.type === 'hub') await downloadPlan(lifecycle, context, folder, source);
  else await downloadUrls(lifecycle, context, folder, source.files);
}

async function downloadPlan<Input extends FetchInput>(
  lifecycle: LifecycleContext,
  context: Context<Input>,
  folder: string,
  source: Extract<FetchSource, { type: 'hub' }>,
): Promise<void> {
  const { plan } = context.journal;
  if (!plan) throw new Error('DOWNLOAD ran before RESOLVE recorded its plan');
  const fetched = { ...context.journal.fetched };
  const doneBytes = () => Object.values(fetched).reduce((sum, file) => sum + file.sizeBytes, 0);
  await requireDiskSpace(folder, Math.max(0, (plan.totalBytes ?? 0) - doneBytes()));
  for (const file of plan.files) {
    if (fetched[file.path]) continue;
    const before = doneBytes();
    const onProgress = ({ doneBytes: fileBytes }: { doneBytes: number }) =>
      context.report({ doneBytes: before + fileBytes, totalBytes: plan.totalBytes });
    const target = join(folder, file.path);
    fetched[file.path] =
      (await linkStoredBlob(lifecycle, file, target)) ??
      (await lifecycle.hub.fetchFile(plan, file, target, { onProgress, signal: context.signal }));
    await context.record({ fetched: { ...fetched } });
  }
  const origin: ModelSource = { type: 'hub', repository: source.repository, revision: source.revision };
  await context.record({ source: origin, revision: plan.revision });
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

async function downloadUrls<Input extends FetchInput>(
  lifecycle: LifecycleContext,
  context: Context<Input>,
  folder: string,
  files: { path: string; url: string }[],
): Promise<void> {
  const fetched = await fetchUrls({
    fetch: lifecycle.guardedFetch,
    files,
    folder,
    signal: context.signal,
    onProgress: ({ doneBytes, totalBytes }) => context.report({ doneBytes, totalBytes }),
  });
  await context.record({
    fetched: Object.fromEntries(fetched.map((file) => [file.path, file])),
    source: { type: 'urls', urls: Object.fromEntries(files.map((file) => [file.path, withoutSecrets(file.url)])) },
    revision: null,
  });
}
