import type { Config } from '../config.ts';
import type { Log } from '../log.ts';
import type { Catalogue } from '../models/catalogue.ts';
import type { GuardedFetch } from '../net/guarded-fetch.ts';
import type { Scheduler } from '../scheduler/scheduler.ts';
import type { Hub } from '../sources/hub.ts';
import type { Transfers } from '../sources/transfer/transfers.ts';
import type { UploadStore } from '../sources/upload.ts';
import type { Tasks } from '../tasks/tasks.ts';
import type { DiskSpace } from './disk-space.ts';
import type { FetchClaims } from './fetch-claims.ts';
import type { RetiredFolders } from './retired-folders.ts';

/** What every lifecycle file works with. */
export interface LifecycleDependencies {
  config: Config;
  log: Log;
  catalogue: Catalogue;
  tasks: Tasks;
  scheduler: Scheduler;
  hub: Hub;
  /** Whether an architecture runs from safetensors here; any other needs an ONNX file. */
  isBuiltArchitecture: (config: unknown) => boolean;
  guardedFetch: GuardedFetch;
  transfers: Transfers;
  /** Files that clients sent. */
  uploads: UploadStore;
}

/** The same, with what the lifecycle's own files share. */
export interface LifecycleContext extends LifecycleDependencies {
  claims: FetchClaims;
  disk: DiskSpace;
  retiredFolders: RetiredFolders;
}
