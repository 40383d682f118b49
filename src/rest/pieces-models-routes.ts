import { allNodes } from './all-nodes.ts';
import {
  PiecesCreateDocument,
  PiecesDeleteDocument,
  PiecesDeleteFilesDocument,
  PiecesIdentifiersDocument,
  type PiecesIdentifiersSubscription,
  PiecesLoadedModelsDocument,
  type PiecesModelFragment,
  PiecesModelOfNameDocument,
  PiecesModelsDocument,
  PiecesUnloadDocument,
  PiecesWellKnownModelsDocument,
} from './operations.generated.ts';
import { entryName, registerInput } from './pieces-entries.ts';
import { piecesFailure, requireEnd, requireWell } from './pieces-errors.ts';
import { findModel } from './pieces-find.ts';
import { piecesModel } from './pieces-model.ts';
import { taskTimeoutMs } from './pieces-model-routes.ts';
import { seededModel } from './pieces-requests.ts';
import { customRoute, DocumentFailedError, type Execute, type Route } from './route.ts';

const common = { body: null, query: null, onError: piecesFailure } as const;

/** The endpoints of all models: `/models…`. */
export const modelsRoutes: readonly Route[] = [
  customRoute({
    ...common,
    method: 'GET',
    path: '/models',
    operationId: 'modelsSnapshot',
    summary: 'The models that are here, and well-known ones that are not yet.',
    run: async (execute, { signal }) => ({
      status: 200,
      body: { iterable: (await allModels(execute, signal)).map((model) => piecesModel(model)) },
    }),
  }),
  customRoute({
    ...common,
    method: 'POST',
    path: '/models/create',
    operationId: 'modelsCreateNewModel',
    summary: 'Makes an entry whose `unique`, else `name`, is the repository that its download fetches; asked again, answers the entry.',
    body: seededModel,
    async run(execute, { body, signal }) {
      const present = await modelOfName(execute, entryName(body), signal);
      if (present) return { status: 200, body: piecesModel(present) };
      const { model } = requireWell((await execute(PiecesCreateDocument, { input: registerInput(body) }, signal)).registerModel);
      return { status: 200, body: piecesModel(model) };
    },
  }),
  customRoute({
    ...common,
    method: 'POST',
    path: '/models/{model}/delete',
    operationId: 'modelsDeleteSpecificModel',
    summary: 'Deletes a model that a client made itself, and its files.',
    async run(execute, { parameters, signal }) {
      const { uuid: id, custom } = await findModel(execute, parameters.model, signal);
      if (!custom) throw forbidden('Only custom models can be deleted; delete its cache to free the space.');
      requireEnd((await execute(PiecesDeleteDocument, { id, timeoutMs: taskTimeoutMs }, signal)).deleteModel);
      return { status: 204, body: undefined };
    },
  }),
  customRoute({
    ...common,
    method: 'POST',
    path: '/models/{model}/delete/cache',
    operationId: 'modelsDeleteSpecificModelCache',
    summary: 'Deletes the files of a model and keeps its entry.',
    async run(execute, { parameters, signal }) {
      const { uuid: id } = await findModel(execute, parameters.model, signal);
      requireWell((await execute(PiecesDeleteFilesDocument, { id }, signal)).deleteModelFiles);
      return { status: 200, body: { model: { id } } };
    },
  }),
  customRoute({
    ...common,
    method: 'POST',
    path: '/models/unload',
    operationId: 'unloadModels',
    summary: 'Takes every model out of memory.',
    async run(execute, { signal }) {
      const { server } = await execute(PiecesLoadedModelsDocument, {}, signal);
      const unload = async ({ uuid: id }: { uuid: string }) =>
        requireEnd((await execute(PiecesUnloadDocument, { id, timeoutMs: taskTimeoutMs }, signal)).unloadModel);
      await Promise.all((server?.loadedModels ?? []).map(unload));
      return { status: 204, body: undefined };
    },
  }),
  customRoute({
    ...common,
    method: 'GET',
    path: '/models/stream/identifiers',
    operationId: 'modelsStreamIdentifiers',
    summary: 'The ids of all models; a WebSocket on the same path tells each change.',
    run: async (execute, { signal }) => ({ status: 200, body: { iterable: (await allModels(execute, signal)).map(identifier) } }),
    async connect(execute, { signal }, subscribe) {
      const changes = subscribe(PiecesIdentifiersDocument, {}, signal);
      return { messages: identifiers(changes, () => allModels(execute, signal)) };
    },
  }),
];

function identifier({ uuid: id }: { uuid: string }) {
  return { model: { id } };
}

/** All ids in one message, then each change in its own. The changes are followed before the ids are looked up, so that none is missed. */
async function* identifiers(
  changes: AsyncIterator<PiecesIdentifiersSubscription>,
  all: () => Promise<PiecesModelFragment[]>,
): AsyncGenerator<string> {
  try {
    let next = changes.next();
    // It may fail before it is waited for.
    next.catch(() => {});
    yield JSON.stringify({ iterable: (await all()).map(identifier) });
    for (let step = await next; !step.done; step = await next) {
      const { modelChanges } = step.value;
      next = changes.next();
      next.catch(() => {});
      if (!modelChanges) continue;
      yield JSON.stringify({ iterable: [{ ...identifier(modelChanges), ...(modelChanges.model ? {} : { deleted: true }) }] });
    }
  } finally {
    await changes.return?.();
  }
}

async function allModels(execute: Execute, signal: AbortSignal): Promise<PiecesModelFragment[]> {
  const models = await allNodes(async (after) => (await execute(PiecesModelsDocument, { after }, signal)).models);
  const { wellKnownModels } = await execute(PiecesWellKnownModelsDocument, {}, signal);
  return [...models, ...(wellKnownModels ?? [])];
}

/** Null where no model has the name. */
async function modelOfName(execute: Execute, name: string, signal: AbortSignal): Promise<PiecesModelFragment | null> {
  try {
    return (await execute(PiecesModelOfNameDocument, { name }, signal)).model;
  } catch (error) {
    if (error instanceof DocumentFailedError && error.failure.code === 'MODEL_NOT_FOUND') return null;
    throw error;
  }
}

function forbidden(message: string): DocumentFailedError {
  return new DocumentFailedError({ code: 'FORBIDDEN', message, fields: {} });
}
