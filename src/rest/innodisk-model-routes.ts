import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import { conflict, failureAnswer, missing, modelNameInvalid, modelNotExist } from './innodisk-errors.ts';
import { followWork } from './innodisk-follow.ts';
import { linesAnswer, lineText } from './innodisk-lines.ts';
import { findModel, isWorkedOn, uploadedModels } from './innodisk-models.ts';
import { modelName } from './innodisk-names.ts';
import { failedCreate, failedDelete, type Wording } from './innodisk-wording.ts';
import { InnodiskCreateDocument, InnodiskDeleteDocument } from './operations.generated.ts';
import { customRoute, type Route } from './route.ts';

export interface ModelRoutesOptions {
  /** `/models/` in the document, `/model/` in the program. */
  path: string;
  /** What tells these routes from those of another path. */
  suffix: string;
  wording: Wording;
  /** Where the model to delete is looked for, and missed. */
  deletesBy: 'body' | 'query';
}

const createRequest = z.looseObject({ model: z.string(), model_name_on_ollama: z.string() });
const deleteRequest = z.looseObject({ model: z.string().optional() });

/** The endpoints of stored models. */
export function modelRoutes({ path, suffix, wording, deletesBy }: ModelRoutesOptions): Route[] {
  return [
    customRoute({
      method: 'GET',
      path,
      operationId: `listModels${suffix}`,
      summary: 'The models that were uploaded, one a line.',
      body: null,
      query: null,
      onError: failureAnswer,
      run: async (execute, { signal }) => linesAnswer(listLines(await uploadedModels(execute, signal))),
    }),
    customRoute({
      method: 'DELETE',
      path,
      operationId: `deleteModel${suffix}`,
      summary: 'Deletes a model; its name may stand in the body or in the query.',
      body: deleteRequest,
      query: null,
      reads: 'MIXED',
      onError: failureAnswer,
      async run(execute, { body: { model: asked, ...rest }, signal }, subscribe) {
        if (asked === undefined) return missing(deletesBy, ['model'], deletesBy === 'body' ? rest : null);
        if (!isName(asked)) return modelNameInvalid();
        const model = await findModel(execute, asked, signal);
        if (!model) return modelNotExist();
        if (await isWorkedOn(execute, model.name, signal)) {
          return conflict(403, `Model '${asked}' is currently in use and cannot be deleted.`);
        }
        const { deleteModel: outcome } = await execute(InnodiskDeleteDocument, { id: model.uuid }, signal);
        if (!outcome || 'code' in outcome) return failureAnswer(outcome ?? noAnswer);
        const details = { model_name: asked };
        const work = {
          taskUuid: outcome.task.uuid,
          stages: [{ step: null, action: 'Start delete model.', progress: 0.5, details }],
          end: { action: 'Success delete model.', progress: 1, details },
          failure: () => failedDelete,
        };
        return linesAnswer(followWork(subscribe, work, signal));
      },
    }),
    customRoute({
      method: 'POST',
      path: `${path}create/`,
      operationId: `createModel${suffix}`,
      summary: 'Makes a model that is served under its own name of one that was uploaded.',
      body: createRequest,
      query: null,
      reads: 'MIXED',
      onError: failureAnswer,
      async run(execute, { body: { model: asked, model_name_on_ollama: served }, signal }, subscribe) {
        if (!isName(asked) || !isName(served)) return modelNameInvalid();
        const model = await findModel(execute, asked, signal);
        if (!model) return modelNotExist();
        const input = { name: modelName(served), from: model.name };
        const { createModel: outcome } = await execute(InnodiskCreateDocument, { input }, signal);
        if (!outcome || 'code' in outcome) return failureAnswer(outcome ?? noAnswer);
        const [start, template, end] = wording.create;
        const details = { model: asked };
        const work = {
          taskUuid: outcome.task.uuid,
          stages: [
            { step: null, action: start, progress: 0.33, details },
            { step: 'VERIFY', action: template, progress: 0.66, details },
          ],
          end: { action: end, progress: 1, details: { ...details, model_name_on_ollama: served } },
          failure: () => failedCreate,
        };
        return linesAnswer(followWork(subscribe, work, signal));
      },
    }),
  ];
}

/** What a mutation without an answer comes to. */
export const noAnswer = { code: 'INTERNAL', message: 'The server gave no answer.' } as const;

/** Neither nothing nor a path that leads elsewhere; what else cannot be a name is no model's. */
export function isName(text: string): boolean {
  return text.trim() !== '' && !text.includes('..') && !/[\\\0]|^\/|\/$|\/\//.test(text);
}

async function* listLines(models: readonly string[]): AsyncGenerator<string> {
  const taskUuid = randomUUID();
  for (const [index, model] of models.entries()) {
    const progress = Math.round(((index + 1) / models.length) * 100) / 100;
    yield lineText({ action: 'Get model.', taskUuid, progress, details: { model } });
  }
}
