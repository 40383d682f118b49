import { otherFailure } from './ingrain-errors.ts';
import { loadedModelsAnswer, repositoryModelsAnswer } from './ingrain-lists.ts';
import { deleteAnswer, embeddingSizeAnswer, labelsAnswer, lookUpFailure, unloadAnswer } from './ingrain-models.ts';
import { knownName } from './ingrain-names.ts';
import { loadedModelsQuery, modelQuery, modelRequest } from './ingrain-requests.ts';
import {
  embeddingSizeResponse,
  labelsResponse,
  loadedModelsResponse,
  messageResponse,
  repositoryModelsResponse,
} from './ingrain-responses.ts';
import { taskTimeoutMs } from './ingrain-task.ts';
import {
  IngrainDeleteDocument,
  IngrainLoadedModelsDocument,
  IngrainModelDocument,
  IngrainRepositoryModelsDocument,
  type IngrainRepositoryModelsQuery,
  IngrainUnloadDocument,
} from './operations.generated.ts';
import { customRoute, type Failure, type Route, route } from './route.ts';

const plainFailure = (failure: Failure) => otherFailure(failure, (reason) => reason);

/** The model server's endpoints for models that are there: unload, delete, lists, facts. */
export const modelRoutes: readonly Route[] = [
  customRoute({
    method: 'POST',
    path: '/unload_model',
    operationId: 'unloadModel',
    answer: messageResponse,
    summary: 'Takes a model out of memory; its files stay.',
    body: modelRequest,
    query: null,
    async run(execute, { body, signal }) {
      const name = await knownName(execute, body, signal);
      return unloadAnswer(await execute(IngrainUnloadDocument, { name, timeoutMs: taskTimeoutMs }, signal), body);
    },
    onError: (failure, { body }) => unloadAnswer({ unloadModel: failure }, body),
  }),
  customRoute({
    method: 'DELETE',
    path: '/delete_model',
    operationId: 'deleteModel',
    answer: messageResponse,
    summary: 'Deletes a model and its files; unloads it before.',
    body: modelRequest,
    query: null,
    async run(execute, { body, signal }) {
      const name = await knownName(execute, body, signal);
      return deleteAnswer(await execute(IngrainDeleteDocument, { name, timeoutMs: taskTimeoutMs }, signal), body);
    },
    onError: (failure, { body }) => deleteAnswer({ deleteModel: failure }, body),
  }),
  route({
    method: 'GET',
    path: '/loaded_models',
    operationId: 'loadedModels',
    answer: loadedModelsResponse,
    summary: 'The models in memory.',
    body: null,
    query: loadedModelsQuery,
    document: IngrainLoadedModelsDocument,
    toVariables: () => ({}),
    toAnswer: (data, { query }) => loadedModelsAnswer(data, query),
    onError: plainFailure,
  }),
  customRoute({
    method: 'GET',
    path: '/repository_models',
    operationId: 'repositoryModels',
    answer: repositoryModelsResponse,
    summary: 'The models whose files are here, loaded or not.',
    body: null,
    query: null,
    async run(execute, { signal }) {
      const pages: IngrainRepositoryModelsQuery[] = [];
      for (let after: string | null | undefined = null; after !== undefined; ) {
        const page: IngrainRepositoryModelsQuery = await execute(IngrainRepositoryModelsDocument, { after }, signal);
        pages.push(page);
        after = page.models?.pageInfo.hasNextPage ? page.models.pageInfo.endCursor : undefined;
      }
      return repositoryModelsAnswer(pages);
    },
    onError: plainFailure,
  }),
  customRoute({
    method: 'GET',
    path: '/model_embedding_size',
    operationId: 'modelEmbeddingSize',
    answer: embeddingSizeResponse,
    summary: "How many values a model's vectors have.",
    body: null,
    query: modelQuery,
    async run(execute, { query, signal }) {
      return embeddingSizeAnswer(await execute(IngrainModelDocument, { name: await knownName(execute, query, signal) }, signal), query);
    },
    onError: (failure, { query }) => lookUpFailure(failure, query),
  }),
  customRoute({
    method: 'GET',
    path: '/model_classification_labels',
    operationId: 'modelClassificationLabels',
    answer: labelsResponse,
    summary: 'The names of the classes that a model tells apart, in output order.',
    body: null,
    query: modelQuery,
    async run(execute, { query, signal }) {
      return labelsAnswer(await execute(IngrainModelDocument, { name: await knownName(execute, query, signal) }, signal), query);
    },
    onError: (failure, { query }) => lookUpFailure(failure, query),
  }),
];
