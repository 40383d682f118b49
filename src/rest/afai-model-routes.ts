import { type AfaiModel, afaiModels, findAfaiModel, whyUnsupported } from './afai-catalog.ts';
import { detail, failureOf, isMissing, otherFailure } from './afai-errors.ts';
import { type LaunchRequest, launchRequest, modelRequest } from './afai-requests.ts';
import {
  AfaiDeleteDocument,
  AfaiDownloadDocument,
  AfaiLoadDocument,
  AfaiLoadedModelsDocument,
  AfaiModelDocument,
  type AfaiModelFragment,
  AfaiUnloadDocument,
} from './operations.generated.ts';
import { type Answer, customRoute, type Execute, type Route, type RouteMethod } from './route.ts';

/** A launch answers only when the model is here and in memory, however long that takes. */
const timeoutMs = 3_600_000;
const done: Answer = { status: 200, body: null };
const common = { query: null, reads: 'MIXED', onError: otherFailure } as const;

/** AFAI's endpoints for the life of a model. */
export const modelRoutes: readonly Route[] = [
  launchRoute('/model/launch', 'launch'),
  launchRoute('/heavy/model/launch', 'launchHeavy'),
  ofModel('DELETE', '/model/kill', 'kill', 'Takes a model out of memory.', async (execute, name, signal) => {
    const { unloadModel } = await execute(AfaiUnloadDocument, { name, timeoutMs }, signal);
    const failure = failureOf(unloadModel);
    const wasLoaded = unloadModel !== null && 'wasLoaded' in unloadModel && unloadModel.wasLoaded;
    if (failure && failure.code !== 'MODEL_NOT_FOUND') return otherFailure(failure);
    return wasLoaded ? done : detail(404, `model ${name} is not launched or even exists.`);
  }),
  ofModel('DELETE', '/model/delete', 'delete', 'Deletes a model, its files and what was said with it.', async (execute, name, signal) => {
    const model = await findModel(execute, name, signal);
    if (!model?.installed) {
      return model || findAfaiModel(name) ? detail(404, `model ${name} is not installed.`) : detail(404, `model '${name}' not found`);
    }
    const failure = failureOf((await execute(AfaiDeleteDocument, { name, timeoutMs }, signal)).deleteModel);
    return failure ? otherFailure(failure) : done;
  }),
  ofModel(
    'POST',
    '/model/ismodelheavy',
    'isModelHeavy',
    'Whether a model needs a machine of its own; none does here.',
    async (execute, name, signal) => {
      const isKnown = findAfaiModel(name) !== null || (await findModel(execute, name, signal)) !== null;
      return isKnown ? { status: 200, body: { is_heavy: false } } : detail(404, `model '${name}' not found`);
    },
  ),
  list('/model/getactive', 'getActive', 'Names of the models in memory, in the order of their launch.', activeNames),
  list('/model/getavailabletodownload', 'getAvailableToDownload', 'Names of the catalogue that can be launched.', async () =>
    runnableNames(),
  ),
  list('/model/getravailabletodownload', 'getAvailableToDownloadMisspelt', 'The same, as the documentation spells it.', async () =>
    runnableNames(),
  ),
];

function launchRoute(path: string, operationId: string): Route {
  return customRoute({
    ...common,
    method: 'POST',
    path,
    operationId,
    summary: 'Fetches a model where it is not here, and takes it into memory; one that is there is taken anew.',
    body: launchRequest,
    run: (execute, { body, signal }) => launch(execute, body, signal),
  });
}

async function launch(execute: Execute, request: LaunchRequest, signal: AbortSignal): Promise<Answer> {
  const { model_name: name } = request;
  const entry = findAfaiModel(name);
  const unsupported = entry && whyUnsupported(entry);
  if (unsupported) return detail(422, unsupported);
  const model = await findModel(execute, name, signal);
  if (!model?.installed) {
    if (!entry && !model && !isRepository(name)) return detail(404, `model '${name}' not found`);
    const input = entry ? downloadInput(entry) : { source: { repository: name } };
    const failure = failureOf((await execute(AfaiDownloadDocument, { input, timeoutMs }, signal)).downloadModel);
    // A hub answers alike for a name that does not exist and for one that is hidden: only the catalogue's are known to be there.
    const isUnknown = failure?.code === 'MODEL_NOT_FOUND' || (failure?.code === 'UPSTREAM_GATED' && !entry);
    if (isUnknown) return detail(404, `model '${name}' not found`);
    if (failure?.code === 'UPSTREAM_FAILED' || failure?.code === 'UPSTREAM_GATED')
      return detail(408, `Conntection Error: ${failure.message}`);
    if (failure) return otherFailure(failure);
  } else if (model.runtime) {
    const failure = failureOf((await execute(AfaiUnloadDocument, { name, timeoutMs }, signal)).unloadModel);
    if (failure) return otherFailure(failure);
  }
  return load(execute, request, entry, signal);
}

async function load(
  execute: Execute,
  { model_name: name, n_ctx: asked }: LaunchRequest,
  entry: AfaiModel | null,
  signal: AbortSignal,
): Promise<Answer> {
  const contextSize = asked == null ? (entry?.n_ctx ?? -1) : asked;
  const generation = contextSize > 0 ? { generation: { contextSize } } : {};
  const failure = failureOf((await execute(AfaiLoadDocument, { input: { name, ...generation }, timeoutMs }, signal)).loadModel);
  return failure ? otherFailure(failure) : done;
}

/** The one file of the catalogue, under the catalogue's name. */
function downloadInput({ name, hub, file }: AfaiModel) {
  return { name, source: { repository: hub }, include: [file] };
}

async function activeNames(execute: Execute, signal: AbortSignal): Promise<string[]> {
  const { server } = await execute(AfaiLoadedModelsDocument, {}, signal);
  const ready = (server?.loadedModels ?? []).filter(({ runtime }) => runtime?.state === 'READY');
  const since = ({ runtime }: (typeof ready)[number]) => new Date(runtime?.loadedAt ?? 0).getTime();
  return ready.toSorted((one, other) => since(one) - since(other)).map(({ name }) => name);
}

function runnableNames(): string[] {
  return afaiModels()
    .filter((model) => whyUnsupported(model) === null)
    .map(({ name }) => name);
}

function isRepository(name: string): boolean {
  return /^(hf-hub:)?[\w.-]+\/[\w.-]+(:[\w.-]+)?$/.test(name);
}

/** Null where there is none of that name. */
export async function findModel(execute: Execute, name: string, signal: AbortSignal): Promise<AfaiModelFragment | null> {
  try {
    return (await execute(AfaiModelDocument, { name }, signal)).model;
  } catch (error) {
    if (isMissing(error)) return null;
    throw error;
  }
}

function ofModel(
  method: RouteMethod,
  path: string,
  operationId: string,
  summary: string,
  act: (execute: Execute, name: string, signal: AbortSignal) => Promise<Answer>,
): Route {
  const run = (execute: Execute, { body, signal }: { body: { model_name: string }; signal: AbortSignal }) =>
    act(execute, body.model_name, signal);
  return customRoute({ ...common, method, path, operationId, summary, body: modelRequest, run });
}

function list(
  path: string,
  operationId: string,
  summary: string,
  names: (execute: Execute, signal: AbortSignal) => Promise<string[]>,
): Route {
  return customRoute({
    ...common,
    method: 'GET',
    path,
    operationId,
    summary,
    body: null,
    run: async (execute, { signal }) => ({ status: 200, body: await names(execute, signal) }),
  });
}
