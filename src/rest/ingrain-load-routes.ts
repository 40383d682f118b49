import type { z } from 'zod';
import { customModelAnswer, customModelProblem, customModelVariables } from './ingrain-download.ts';
import { loadFailure } from './ingrain-errors.ts';
import { foundNoPlace, type LoadRequest, limitAnswer, loadAnswer, loadVariables } from './ingrain-loaders.ts';
import { nameToLoad } from './ingrain-names.ts';
import { clipRequest, customModelRequest, loadRequest, sentenceTransformerRequest, timmRequest } from './ingrain-requests.ts';
import { messageResponse } from './ingrain-responses.ts';
import { IngrainDownloadDocument, IngrainLoadDocument, IngrainLoadLimitDocument } from './operations.generated.ts';
import { customRoute, type Route } from './route.ts';

/** `/load_model`, generation A's three loaders, `/download_custom_model`. All of them wait until the work has ended. */
export const loadRoutes: readonly Route[] = [
  loadRoute('/load_model', 'loadModel', loadRequest, ({ name, library, pretrained }) => ({ name, library, pretrained })),
  loadRoute('/load_clip_model', 'loadClipModel', clipRequest, ({ name, pretrained = null }) => ({
    name,
    library: 'open_clip',
    pretrained,
    checkpoint: pretrained,
  })),
  loadRoute('/load_sentence_transformer_model', 'loadSentenceTransformerModel', sentenceTransformerRequest, ({ name }) => ({
    name,
    library: 'sentence_transformers',
  })),
  loadRoute('/load_timm_model', 'loadTimmModel', timmRequest, ({ name, pretrained }) => ({ name, library: 'timm', pretrained })),
  customRoute({
    method: 'POST',
    path: '/download_custom_model',
    operationId: 'downloadCustomModel',
    summary: 'Downloads a model from the addresses of its files. It is not loaded by that.',
    answer: messageResponse,
    body: customModelRequest,
    query: null,
    async run(execute, { body, signal }) {
      const downloadModel = customModelProblem(body);
      if (downloadModel) return customModelAnswer({ downloadModel }, body);
      return customModelAnswer(await execute(IngrainDownloadDocument, customModelVariables(body), signal), body);
    },
    onError: (failure, { body }) => customModelAnswer({ downloadModel: failure }, body),
  }),
];

function loadRoute<Body>(path: string, operationId: string, body: z.ZodType<Body>, toLoad: (body: Body) => LoadRequest): Route {
  return customRoute({
    method: 'POST',
    path,
    operationId,
    summary: 'Takes a model into memory; downloads it before where that is needed.',
    answer: messageResponse,
    body,
    query: null,
    async run(execute, request) {
      const load = toLoad(request.body);
      const limit = await execute(IngrainLoadLimitDocument, {}, request.signal);
      const name = await nameToLoad(execute, load, request.signal);
      const data = await execute(IngrainLoadDocument, loadVariables(name, load.library, limit), request.signal);
      if (!foundNoPlace(data, limit)) return loadAnswer(data, load);
      return limitAnswer(await execute(IngrainLoadLimitDocument, {}, request.signal));
    },
    onError: (failure, request) => loadFailure(failure, toLoad(request.body).name),
  });
}
