import { InvalidInputError } from '../errors.ts';
import type { CheckpointFacts, ModelLibrary } from '../formats/checkpoint-facts.ts';
import type { ModelSource } from '../models/model.ts';
import { withoutSecrets } from '../net/fetch-url.ts';
import { isCommit } from '../sources/repository-name.ts';
import { requireSafePaths } from '../sources/safe-path.ts';
import type { FetchPlan } from '../sources/source.ts';
import type { TaskContext, TaskStep } from '../tasks/task.ts';
import { convertStep } from './convert-model.ts';
import type { LifecycleContext } from './dependencies.ts';
import { type FileToFetch, fetchFiles, recallProgress } from './fetch-files.ts';
import type { FetchSource, HubFetchSource } from './fetch-source.ts';
import { readHubToken } from './hub-token.ts';
import { type InstallInput, type InstallJournal, installSteps } from './install-steps.ts';

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

/** RESOLVE, DOWNLOAD, CONVERT, VERIFY, INSTALL: from a source to an installed model. A task without a source passes them by. */
export function fetchSteps<Input extends FetchInput>(lifecycle: LifecycleContext): TaskStep<Input, FetchJournal>[] {
  const applies = (context: Context<Input>) => context.input.source !== null;
  return [
    { name: 'RESOLVE', weight: 0.05, applies, run: (context) => resolve(lifecycle, context) },
    {
      name: 'DOWNLOAD',
      weight: 4,
      applies,
      run: (context) => download(lifecycle, context),
      recall: async ({ taskId, journal }) => (journal.plan ? recallProgress(lifecycle, taskId, journal.plan.files) : null),
    },
    convertStep<Input, FetchJournal>(lifecycle, { applies, quantizationOf: ({ source }) => quantizationOf(source) }),
    ...installSteps<Input, FetchJournal>(lifecycle, applies),
  ];
}

async function resolve<Input extends FetchInput>(lifecycle: LifecycleContext, context: Context<Input>): Promise<void> {
  const { source, name } = context.input;
  await lifecycle.claims.hold(name, context.taskId, context.signal);
  if (source?.type !== 'hub') return;
  const plan =
    pinnedPlan(source) ??
    (await planOf(lifecycle, source, {
      token: await readHubToken(lifecycle, context.taskId),
      library: context.input.library,
      signal: context.signal,
    }));
  const present = await lifecycle.catalogue.find(name);
  const upToDate =
    present?.folder != null &&
    present.revision !== null &&
    present.revision === plan.revision &&
    hasFiles([...present.files, ...(present.facts?.madeFrom ?? [])], plan) &&
    isStoredAs(present.facts, quantizationOf(source));
  if (upToDate && present) await context.setModel(present.id);
  await context.record({ plan, upToDate });
}

/** Asks the hub what a source's files are. Throws as `Hub.plan` does. */
export function planOf(
  { hub }: Pick<LifecycleContext, 'hub'>,
  { repository, revision, choice }: HubFetchSource,
  { token, library = null, signal }: { token: string | null; library?: ModelLibrary | null; signal: AbortSignal },
): Promise<FetchPlan> {
  return hub.plan({ repository, revision, token, library, ...(choice ? { choice } : {}) }, signal);
}

/** The plan that a lock gives: nobody is asked. Throws INVALID_INPUT unless it is pinned to a commit, INVALID_MODEL_FILE for a path. */
export function pinnedPlan({ repository, revision, files }: HubFetchSource): FetchPlan | null {
  if (!files) return null;
  if (!isCommit(revision)) {
    throw new InvalidInputError({ field: 'input.source.revision', message: 'expected a whole commit hash, because files are given.' });
  }
  requireSafePaths(files.map(({ path }) => path));
  const planned = files.map(({ path, sizeBytes, sha256 }) => ({ path, sizeBytes, digest: { algorithm: 'sha256' as const, hex: sha256 } }));
  return { repository, revision, files: planned, totalBytes: planned.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0) };
}

/** How the weights are to be stored, in a client's words. */
function quantizationOf(source: FetchSource | null): string | null {
  return source?.type === 'hub' ? (source.choice?.quantization ?? null) : null;
}

/** Whether what was converted was converted to what is wanted now. */
function isStoredAs(facts: CheckpointFacts | null, quantization: string | null): boolean {
  return !facts?.madeFrom || quantization === null || facts.quantization?.toUpperCase() === quantization.toUpperCase();
}

/** Whether a model has the very files of a plan, so far as the plan says what they are. */
function hasFiles(present: readonly { path: string; sha256: string }[], { files }: FetchPlan): boolean {
  const byPath = new Map(present.map(({ path, sha256 }) => [path, sha256]));
  return files.every(({ path, digest }) => byPath.has(path) && (digest?.algorithm !== 'sha256' || byPath.get(path) === digest.hex));
}

async function download<Input extends FetchInput>(lifecycle: LifecycleContext, context: Context<Input>): Promise<void> {
  const { source, name } = context.input;
  // Again, because a resumed task starts here.
  await lifecycle.claims.hold(name, context.taskId, context.signal);
  if (source === null || context.journal.upToDate) return;
  if (source.type === 'hub') await downloadPlan(lifecycle, context, source);
  else await downloadUrls(lifecycle, context, source.files);
}

async function downloadPlan<Input extends FetchInput>(
  lifecycle: LifecycleContext,
  context: Context<Input>,
  { repository, revision }: HubFetchSource,
): Promise<void> {
  const { plan } = context.journal;
  if (!plan) throw new Error('DOWNLOAD ran before RESOLVE recorded its plan');
  const token = await readHubToken(lifecycle, context.taskId);
  const files = plan.files.map(
    (file): FileToFetch => ({ ...file, fetch: (target, options) => lifecycle.hub.fetchFile(plan, file, target, { ...options, token }) }),
  );
  const origin: ModelSource = { type: 'hub', repository, revision };
  await recordFetched(context, await fetchFiles(lifecycle, context, files), { source: origin, revision: plan.revision });
}

async function downloadUrls<Input extends FetchInput>(
  lifecycle: LifecycleContext,
  context: Context<Input>,
  urls: Extract<FetchSource, { type: 'urls' }>['files'],
): Promise<void> {
  const { transfers } = lifecycle;
  requireSafePaths(urls.map(({ path }) => path));
  const files = urls.map(
    (file): FileToFetch => ({
      path: file.path,
      sizeBytes: file.sizeBytes ?? null,
      digest: file.sha256 === undefined ? null : { algorithm: 'sha256', hex: file.sha256 },
      fetch: (target, options) => transfers.fetch({ type: 'url', file }, target, options),
    }),
  );
  const source: ModelSource = { type: 'urls', urls: Object.fromEntries(urls.map((file) => [file.path, withoutSecrets(file.url)])) };
  await recordFetched(context, await fetchFiles(lifecycle, context, files), { source, revision: null });
}

async function recordFetched<Input extends FetchInput>(
  context: Context<Input>,
  fetched: readonly InstallJournal['fetched'][string][],
  origin: Pick<InstallJournal, 'source' | 'revision'>,
): Promise<void> {
  await context.record({ fetched: Object.fromEntries(fetched.map((file) => [file.path, file])), ...origin });
}
