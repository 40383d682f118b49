import { z } from 'zod';
import { validationAnswer } from './fastapi.ts';
import { conflict, failureAnswer, missing, modelNameInvalid, refuse } from './innodisk-errors.ts';
import { followWork, type Stage } from './innodisk-follow.ts';
import { linesAnswer } from './innodisk-lines.ts';
import { isName, noAnswer } from './innodisk-model-routes.ts';
import { isWorkedOn } from './innodisk-models.ts';
import { modelName, stemOf } from './innodisk-names.ts';
import { failedCreate, failedUpload, programWording, type Wording } from './innodisk-wording.ts';
import { InnodiskDeployDocument, InnodiskUploadDocument } from './operations.generated.ts';
import { type Answer, customRoute, type Route } from './route.ts';

export interface FileRoutesOptions {
  /** Of uploads, and of deployments. */
  paths: readonly [upload: string, deploy: string];
  suffix: string;
  wording: Wording;
}

const binary = z.unknown().optional().meta({ type: 'string', format: 'binary' });
/** What is in it is looked at below, for a file may be under either name. */
const uploadForm = z.looseObject({ model: binary, file: binary });
const deployForm = uploadForm.extend({ model_name_on_ollama: z.unknown().optional().meta({ type: 'string' }) });
const file = z.object({ id: z.string(), fileName: z.string().nullable(), sizeBytes: z.number() });

/** The endpoints that take a file. */
export function fileRoutes({ paths: [upload, deploy], suffix, wording }: FileRoutesOptions): Route[] {
  const common = { method: 'POST', query: null, reads: 'FILES', onError: failureAnswer } as const;
  return [
    customRoute({
      ...common,
      path: upload,
      body: uploadForm,
      operationId: `uploadModel${suffix}`,
      summary: 'Makes a model of a file: a zip, a tar or a GGUF in the field `model`.',
      async run(execute, { body, signal }, subscribe) {
        const found = findFile(body);
        if ('refusal' in found) return found.refusal;
        const { id: uploadId, fileName, name } = found;
        const { uploadModel: outcome } = await execute(InnodiskUploadDocument, { input: { uploadId, name } }, signal);
        if (!outcome || 'code' in outcome) return failureAnswer(outcome ?? noAnswer);
        const details = { model: fileName };
        const [start, extract, end] = wording.upload;
        const work = {
          taskUuid: outcome.task.uuid,
          stages: [
            { step: null, action: start, progress: 0, details },
            { step: 'UNPACK', action: extract, progress: 0.66, details },
          ],
          end: { action: end, progress: 1, details },
          failure: () => failedUpload,
        };
        return linesAnswer(followWork(subscribe, work, signal));
      },
    }),
    customRoute({
      ...common,
      path: deploy,
      body: deployForm,
      operationId: `deployModel${suffix}`,
      summary: 'Makes a model of a file, and serves it under `model_name_on_ollama`.',
      async run(execute, { body, signal }, subscribe) {
        const served = body.model_name_on_ollama;
        // A form's empty field is none.
        if (typeof served !== 'string' || served === '') {
          return missing('body', [...(fileField(body) === undefined ? ['model'] : []), 'model_name_on_ollama']);
        }
        const found = findFile(body);
        if ('refusal' in found) return found.refusal;
        if (!isName(served)) return modelNameInvalid();
        const { id: uploadId, fileName, stem, name } = found;
        const start = await startAlone(name, async () => {
          const isBusy = await isWorkedOn(execute, name, signal, ({ kind }) => kind === 'DEPLOY' || kind === 'UPLOAD');
          if (isBusy) return null;
          return execute(InnodiskDeployDocument, { input: { uploadId, uploadName: name, name: modelName(served) } }, signal);
        });
        if (start === null) return conflict(409, `${fileName} is being processed.`);
        const { deployModel: outcome } = start;
        if (!outcome || 'code' in outcome) return failureAnswer(outcome ?? noAnswer);
        const work = { taskUuid: outcome.task.uuid, ...deployment({ fileName, stem, served }) };
        return linesAnswer(followWork(subscribe, work, signal));
      },
    }),
  ];
}

/** What a deployment tells; the document and the program have the same words here. */
function deployment({ fileName, stem, served }: { fileName: string; stem: string; served: string }) {
  const [save, extract, uploaded] = programWording.upload;
  const [create, template, end] = programWording.create;
  const stages: Stage[] = [
    { step: null, action: save, progress: 0, details: { model: fileName } },
    { step: 'UNPACK', action: extract, progress: 0.33, details: { model: fileName } },
    { step: 'GATHER', action: uploaded, progress: 0.5, details: { model: fileName } },
    { step: 'GATHER', action: create, progress: 0.67, details: { model: stem } },
    { step: 'INSTALL', action: template, progress: 0.83, details: { model: stem } },
  ];
  return {
    stages,
    end: { action: end, progress: 1, details: { model: stem, model_name_on_ollama: served } },
    failure: (step: string | null) => (step !== null && uploadSteps.has(step) ? failedUpload : failedCreate),
  };
}

const uploadSteps = new Set(['UNPACK', 'CONVERT', 'VERIFY', 'STORE']);

/** Names whose deployment is being looked into: between the question whether one is under way and its start nothing comes in. */
const starting = new Set<string>();

async function startAlone<Started>(name: string, start: () => Promise<Started>): Promise<Started | null> {
  const key = name.toLowerCase();
  if (starting.has(key)) return null;
  starting.add(key);
  try {
    return await start();
  } finally {
    starting.delete(key);
  }
}

/** The document has another name for it than the program. */
function fileField(body: Record<string, unknown>): unknown {
  return body.model ?? body.Model ?? body.file;
}

/** Its content type says nothing: what a file is, its bytes tell when it is unpacked. */
function findFile(body: Record<string, unknown>): { id: string; fileName: string; stem: string; name: string } | { refusal: Answer } {
  const value = fileField(body);
  if (value === undefined) return { refusal: missing('body', ['model']) };
  const { success, data } = file.safeParse(value);
  if (!success) {
    const msg = "Value error, Expected UploadFile, received: <class 'str'>";
    return { refusal: validationAnswer([{ type: 'value_error', loc: ['body', 'model'], msg, input: value, ctx: { error: {} } }]) };
  }
  const { id, fileName, sizeBytes } = data;
  if (sizeBytes === 0) return { refusal: refuse('Upload file is empty.', { file_size: 0 }) };
  const stem = stemOf(fileName ?? '');
  return fileName && isName(stem) ? { id, fileName, stem, name: modelName(stem) } : { refusal: modelNameInvalid() };
}
