import { resolve } from 'node:path';
import type { FileChoice } from '../sources/file-choice.ts';
import type { LifecycleContext } from './dependencies.ts';
import { repositoryName } from './download-model.ts';
import { planOf } from './fetch-steps.ts';
import { requireToken } from './hub-token.ts';

export interface PlanDownloadRequest {
  source: { repository: string; revision: string };
  choice: FileChoice;
  token?: string | undefined;
  signal: AbortSignal;
}

/** What a download would fetch. */
export interface DownloadPlan {
  repository: string;
  /** The commit that the revision stands for now; null where the hub does not say. */
  revision: string | null;
  files: { path: string; sizeBytes: number | null; sha256: string | null; isHere: boolean }[];
  /** null where a size is unknown. */
  totalBytes: number | null;
  /** What is not here yet; null where a size is unknown. */
  missingBytes: number | null;
  freeBytes: number;
  /** Whether the disk has room; null where a size is unknown. */
  fits: boolean | null;
  /** Smallest first; empty where there are no GGUF files. */
  quantizations: string[];
}

/** What `downloadModel` would fetch, without fetching it. Throws as `Hub.plan` does. */
export async function planDownload(lifecycle: LifecycleContext, request: PlanDownloadRequest): Promise<DownloadPlan> {
  const { source, choice, token, signal } = request;
  if (token !== undefined) requireToken(token);
  const wanted = { type: 'hub' as const, repository: repositoryName(source.repository), revision: source.revision, choice };
  const plan = await planOf(lifecycle, wanted, { token: token ?? null, signal });
  const files = await Promise.all(
    plan.files.map(async ({ path, sizeBytes, digest }) => {
      const sha256 = digest?.algorithm === 'sha256' ? digest.hex : null;
      return { path, sizeBytes, sha256, isHere: sha256 !== null && (await lifecycle.catalogue.findBlob(sha256)) !== null };
    }),
  );
  const missing = files.filter(({ isHere }) => !isHere).map(({ sizeBytes }) => sizeBytes);
  const missingBytes = missing.includes(null) ? null : missing.reduce<number>((sum, size) => sum + (size ?? 0), 0);
  const freeBytes = await lifecycle.disk.freeBytes(resolve(lifecycle.config.dataFolder));
  return {
    repository: plan.repository,
    revision: plan.revision,
    files,
    totalBytes: plan.totalBytes,
    missingBytes,
    freeBytes,
    fits: missingBytes === null ? null : missingBytes <= freeBytes,
    quantizations: plan.quantizations ?? [],
  };
}
