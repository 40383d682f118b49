import { PiecesProgressDocument, type PiecesProgressSubscription } from './operations.generated.ts';
import { downloadProgress } from './pieces-download.ts';
import { piecesFailure } from './pieces-errors.ts';
import { findModel } from './pieces-find.ts';
import { customRoute, DocumentFailedError, type Route } from './route.ts';
import { untilLeft } from './until-left.ts';

const path = '/model/{model}/download/progress';

/**
 * How a model's download stands: as JSON, or as a WebSocket that tells it at once and then at each change. Clients open one
 * for each model before any download and keep it, so it is never closed from here when a download ends.
 */
export const progressRoute: Route = customRoute({
  method: 'GET',
  path,
  operationId: 'modelSpecificModelDownloadProgress',
  summary: "How a model's download stands; a WebSocket on the same path tells each change.",
  body: null,
  query: null,
  onError: piecesFailure,
  run: async (execute, { parameters, signal }) => ({
    status: 200,
    body: downloadProgress(await findModel(execute, parameters.model, signal)),
  }),
  async connect(execute, { parameters, signal }, subscribe) {
    try {
      const { uuid: id } = await findModel(execute, parameters.model, signal);
      return { messages: untilLeft(changes(subscribe(PiecesProgressDocument, { id }, signal)), signal) };
    } catch (error) {
      if (error instanceof DocumentFailedError) return { refusal: piecesFailure(error.failure) };
      throw error;
    }
  },
});

/** The first state, then each one that differs from the last. */
async function* changes(events: AsyncIterable<PiecesProgressSubscription>): AsyncGenerator<string> {
  let last = '';
  for await (const { modelChanged } of events) {
    const text = JSON.stringify(modelChanged ? downloadProgress(modelChanged) : { status: 'UNKNOWN', percentage: null });
    if (text !== last) yield text;
    last = text;
  }
}
