import { join } from 'node:path';
import { type Clock, systemClock } from './clock.ts';
import type { Config } from './config.ts';
import { isBuiltArchitecture as isBuiltTextArchitecture } from './formats/architectures/registry.ts';
import { isBuiltImageArchitecture } from './formats/read-image-checkpoint.ts';
import type { Services } from './graphql/context.ts';
import { createHttpServer } from './http/server.ts';
import { classify } from './inference/classify.ts';
import { embed } from './inference/embed.ts';
import { generate, streamGeneration } from './inference/generate.ts';
import { createGenerations } from './inference/generations.ts';
import { withLoadingTask } from './inference/loading-task.ts';
import { createImageReader } from './inference/read-images.ts';
import { rerank } from './inference/rerank.ts';
import { similarity } from './inference/similarity.ts';
import { tokenize } from './inference/tokenize.ts';
import { classifyByTexts } from './inference/zero-shot.ts';
import { createLifecycle } from './lifecycle/lifecycle.ts';
import { createLog, type Log } from './log.ts';
import { createCatalogue } from './models/catalogue.ts';
import { createConversations } from './models/conversations.ts';
import { createGuardedFetch } from './net/guarded-fetch.ts';
import { createObservers } from './observe.ts';
import { createRequestScopes } from './request-scope.ts';
import type { SchedulerLimits } from './scheduler/limits.ts';
import { createScheduler } from './scheduler/scheduler.ts';
import { createHub } from './sources/hub.ts';
import { sweepRegularly } from './sources/sweep-uploads.ts';
import { createTransferThread } from './sources/transfer/transfer-thread.ts';
import { createUploadStore } from './sources/upload.ts';
import { openDatabase } from './storage/database.ts';
import { createTasks } from './tasks/tasks.ts';
import { version } from './version.ts';

/** The whole server, put together. */
export interface App extends AsyncDisposable {
  readonly services: Services;
  /** Starts to serve; `ports` has the real port of each listener under its family, `main` for the main one. */
  listen(): Promise<{ url: string; ports: Record<string, number> }>;
  /** Lets running requests finish, parks tasks for the next start, ends every process it started. Safe to call twice. */
  close(): Promise<void>;
}

export interface AppOptions {
  config: Config;
  clock?: Clock;
  log?: Log;
  /** What models may take, in time and memory; tests shorten it. */
  limits?: Partial<SchedulerLimits>;
}

const isBuiltArchitecture = (config: unknown) => isBuiltTextArchitecture(config) || isBuiltImageArchitecture(config);

/** Opens the data folder, and whatever was interrupted goes on. Throws when the folder is another's or is newer than the program. */
export async function createApp({ config, clock = systemClock, limits = {}, ...given }: AppOptions): Promise<App> {
  await using undo = new AsyncDisposableStack();
  const scopes = createRequestScopes();
  const startedAt = clock.now();
  const log = given.log ?? createLog({ level: config.logLevel, members: () => ({ requestId: scopes.current()?.requestId }) });
  const guardedFetch = createGuardedFetch({ allow: config.fetchAllow, log });
  const database = undo.use(await openDatabase(config.dataFolder));
  const catalogue = createCatalogue({ database, dataFolder: config.dataFolder, clock, log });
  await catalogue.reconcile();
  const residents = () => ({ memory: scheduler.memory(), models: scheduler.residents() });
  const observers = undo.use(await createObservers({ config, scopes, log, version, startedAt, residents }));
  const tasks = createTasks({ database, log, clock, observer: observers.tasks });
  tasks.onChange(observers.taskChanged);
  const scheduler = createScheduler({ config, clock, log, limits, observer: observers.scheduler });
  const transfers = undo.use(
    createTransferThread({
      connections: config.downloadConnections,
      connectionsPerFile: config.downloadConnectionsPerFile,
      bytesPerSecond: config.downloadBytesPerSecond,
      fetchAllow: config.fetchAllow,
      log,
    }),
  );
  const hub = createHub({
    endpoints: config.hubEndpoint.split(','),
    token: config.hubToken,
    offline: config.hubOffline,
    fetch: guardedFetch,
    transfers,
    log,
    isBuiltArchitecture,
  });
  const uploads = await createUploadStore({ folder: join(config.dataFolder, 'uploads'), maxBytes: config.maxUploadBytes, clock });
  undo.defer(sweepRegularly(uploads, { clock, log }));
  const lifecycle = createLifecycle({
    config,
    log,
    catalogue,
    tasks,
    scheduler,
    hub,
    transfers,
    uploads,
    guardedFetch,
    isBuiltArchitecture,
  });
  const loadingTaskOf = async (modelId: string) => {
    const task = (await tasks.activeForModels([modelId])).get(modelId);
    return task?.kind === 'LOAD' ? task.id : null;
  };
  const whenReady = <Answer>(name: string, run: () => Promise<Answer>) => withLoadingTask({ catalogue, loadingTaskOf }, name, run);
  const dependencies = { catalogue, scheduler, images: createImageReader({ fetch: guardedFetch, config }) };
  const generations = createGenerations({ clock });
  const conversations = createConversations({ database, clock });
  const generating = { ...dependencies, generations, conversations, whenReady };
  const services: Services = {
    config,
    log,
    clock,
    catalogue,
    conversations,
    tasks,
    scheduler,
    lifecycle,
    inference: {
      embed: (request, signal) => whenReady(request.model, () => embed(dependencies, request, signal)),
      classify: (request, signal) =>
        whenReady(request.model, () => (request.labels === null ? classify : classifyByTexts)(dependencies, request, signal)),
      rerank: (request, signal) => whenReady(request.model, () => rerank(dependencies, request, signal)),
      similarity: (request, signal) => whenReady(request.model, () => similarity(dependencies, request, signal)),
      tokenize: (request, signal) => whenReady(request.model, () => tokenize(dependencies, request, signal)),
      generate: (request, signal) => generate(generating, request, signal),
      streamGeneration: (request, signal) => streamGeneration(generating, request, signal),
      generations,
    },
    startedAt,
    observation: observers.doors,
  };
  const http = createHttpServer({ services });
  await lifecycle.removeStrays();
  await tasks.resume();
  const kept = undo.move();

  let closing: Promise<void> | null = null;
  async function stop(): Promise<void> {
    await using _database = kept;
    await http.close();
    generations.close();
    await tasks.park();
    await scheduler.close({ drainMs: 0 });
  }

  const close = () => {
    closing ??= stop();
    return closing;
  };
  return { services, listen: () => http.listen(), close, [Symbol.asyncDispose]: close };
}
