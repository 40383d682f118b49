import {
  PiecesCancelDocument,
  PiecesDownloadDocument,
  PiecesLoadDocument,
  type PiecesModelFragment,
  PiecesScoreDocument,
  PiecesUnloadDocument,
  PiecesUpdateDocument,
} from './operations.generated.ts';
import { isDownloading } from './pieces-download.ts';
import { updateInput, usesOf } from './pieces-entries.ts';
import { piecesFailure, requireEnd, requireWell } from './pieces-errors.ts';
import { findModel } from './pieces-find.ts';
import { piecesModel } from './pieces-model.ts';
import { progressRoute } from './pieces-progress.ts';
import { changedModel, scoreIncrement } from './pieces-requests.ts';
import { type Answer, customRoute, type Execute, type Route } from './route.ts';

/** How long a load or unload is waited for. */
export const taskTimeoutMs = 600_000;

/** The endpoints of one model: `/model/…`. */
export const modelRoutes: readonly Route[] = [
  ofModel('', 'modelsSpecificModelSnapshot', 'GET', 'One model.', async (_execute, model) => model),
  ofModel(
    '/download',
    'modelSpecificModelDownload',
    'POST',
    'Starts the download of a model and answers at once.',
    async (execute, model, signal) => {
      if (model.installed) return model;
      requireWell((await execute(PiecesDownloadDocument, { id: model.uuid }, signal)).downloadModel);
      return { ...(await findModel(execute, model.uuid, signal)), isStarting: true };
    },
  ),
  ofModel(
    '/download/cancel',
    'modelSpecificModelDownloadCancel',
    'POST',
    'Stops the download of a model.',
    async (execute, model, signal) => {
      if (!model.activeTask || !isDownloading(model)) return model;
      requireWell((await execute(PiecesCancelDocument, { id: model.activeTask.uuid }, signal)).cancelTask);
      return findModel(execute, model.uuid, signal);
    },
  ),
  progressRoute,
  ofModel(
    '/load',
    'modelSpecificModelLoad',
    'POST',
    'Takes a downloaded model into memory, and waits for it.',
    async (execute, { uuid: id }, signal) => {
      requireEnd((await execute(PiecesLoadDocument, { id, timeoutMs: taskTimeoutMs }, signal)).loadModel);
      return findModel(execute, id, signal);
    },
  ),
  ofModel('/unload', 'modelSpecificModelUnload', 'POST', 'Takes a model out of memory.', async (execute, { uuid: id }, signal) => {
    requireEnd((await execute(PiecesUnloadDocument, { id, timeoutMs: taskTimeoutMs }, signal)).unloadModel);
    return findModel(execute, id, signal);
  }),
  customRoute({
    method: 'POST',
    path: '/model/update',
    operationId: 'modelUpdate',
    summary: 'Changes a model that a client made itself.',
    body: changedModel,
    query: null,
    onError: piecesFailure,
    async run(execute, { body, signal }) {
      const { uuid: id } = await findModel(execute, body.id, signal);
      const { model } = requireWell((await execute(PiecesUpdateDocument, { input: { ...updateInput(body), id } }, signal)).updateModel);
      return { status: 200, body: piecesModel(model) };
    },
  }),
  customRoute({
    method: 'POST',
    path: '/model/{model}/scores/increment',
    operationId: 'modelScoresIncrement',
    summary: 'Counts what was done with a model.',
    body: scoreIncrement,
    query: null,
    onError: piecesFailure,
    async run(execute, { body, parameters, signal }) {
      const { uuid: id } = await findModel(execute, parameters.model, signal);
      requireWell((await execute(PiecesScoreDocument, { id, uses: usesOf(body) }, signal)).scoreModel);
      return { status: 204, body: undefined };
    },
  }),
];

/** A route that finds its model, 410 where there is none, does something with it, and answers it as it then is. */
function ofModel(
  action: string,
  operationId: string,
  method: 'GET' | 'POST',
  summary: string,
  act: (execute: Execute, model: PiecesModelFragment, signal: AbortSignal) => Promise<PiecesModelFragment & { isStarting?: boolean }>,
): Route {
  return customRoute({
    method,
    path: `/model/{model}${action}`,
    operationId,
    summary,
    body: null,
    query: null,
    onError: piecesFailure,
    async run(execute, { parameters, signal }): Promise<Answer> {
      const { isStarting = false, ...model } = await act(execute, await findModel(execute, parameters.model, signal), signal);
      return { status: 200, body: piecesModel(model, { isStarting }) };
    },
  });
}
