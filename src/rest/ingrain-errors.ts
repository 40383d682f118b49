import type { ErrorCode } from '../errors.ts';
import { validationAnswer } from './fastapi.ts';
import { invalidImages } from './ingrain-images.ts';
import { type InferenceRequest, listOf, type NamedModel, takes } from './ingrain-inference-request.ts';
import { type Checkpoint, modelTitle } from './ingrain-title.ts';
import type { Answer, Failure } from './route.ts';

/** A failure as a result union, a task or `errors` tells it; only the last knows more than the first two. */
export type AnyFailure = Pick<Failure, 'code' | 'message'> & Partial<Failure> & { needBytes?: number; freeBytes?: number };

/** The documented answer for work that ended well. */
export function message(text: string): Answer {
  return { status: 200, body: { message: text } };
}

/** FastAPI's shape of a failure. */
export function detail(status: number, text: string): Answer {
  return { status, body: { detail: text } };
}

/** What a load answers after ten minutes. */
const timedOut: Answer = { status: 504, body: { error: 'Request timed out' } };

/** Failures of a load that lie in what was asked for: Ingrain calls them errors in creating the model client. */
const wrongRequests: readonly ErrorCode[] = [
  'INVALID_INPUT',
  'INVALID_MODEL_FILE',
  'MODEL_NOT_FOUND',
  'NAME_TAKEN',
  'UNSAFE_URL',
  'UNSUPPORTED_CAPABILITY',
  'UNSUPPORTED_MODEL',
  'UPSTREAM_FAILED',
  'UPSTREAM_GATED',
];

/** Inference: a model that is not in memory, whatever the reason, is "not loaded"; the caller's mistakes name the field. */
export function inferenceFailure(failure: AnyFailure, request: InferenceRequest, model: NamedModel): Answer {
  const refused = invalidImages(failure, listOf(request.text).length);
  if (refused) return refused;
  switch (failure.code) {
    case 'MODEL_NOT_FOUND':
    case 'MODEL_NOT_LOADED':
    case 'MODEL_LOADING':
      return notLoaded(model);
    case 'UNSUPPORTED_CAPABILITY':
      return unsupportedRequest(failure, request, model);
    case 'INVALID_INPUT':
      return failure.field === 'input.model' ? notLoaded(model) : wrongInput(failure);
    case 'INPUT_TOO_LONG':
      return detail(400, failure.message);
    default:
      return otherFailure(failure, (reason) => reason);
  }
}

/** A model that takes what was sent, and still cannot do it, is a classifier that was to embed, or the other way round. */
function unsupportedRequest({ fields }: AnyFailure, request: InferenceRequest, model: NamedModel): Answer {
  const capabilities = Array.isArray(fields?.has) ? fields.has.map(String) : [];
  if (request.text != null && !takes(capabilities, 'text')) return unsupported(model, 'text');
  if (request.image != null && !takes(capabilities, 'image')) return unsupported(model, 'image');
  const kind = capabilities.includes('EMBED_IMAGE') || capabilities.includes('EMBED_TEXT') ? 'a classification' : 'an embedding';
  return detail(400, `Model ${model.name} is not ${kind} model.`);
}

export function notLoaded({ name, checkpoint }: { name: string; checkpoint?: Checkpoint | undefined }): Answer {
  return detail(400, `${modelTitle(name, checkpoint)} is not loaded. Load the model first using /load_model on the model server.`);
}

export function unsupported(
  { name, checkpoint }: { name: string; checkpoint?: Checkpoint | undefined },
  modality: 'text' | 'image',
): Answer {
  return detail(400, `${modelTitle(name, checkpoint)} does not support ${modality} inference.`);
}

/** A load that failed, at once or in its task. */
export function loadFailure(failure: AnyFailure, name: string): Answer {
  if (wrongRequests.includes(failure.code)) return detail(400, `Error in creating model client: ${failure.message}`);
  return otherFailure(failure, (reason) => `Error loading model ${name}: ${reason}`);
}

/** A download of a custom model that failed. */
export function downloadFailure(failure: AnyFailure): Answer {
  if (wrongRequests.includes(failure.code) || failure.code === 'CHECKSUM_MISMATCH') {
    return detail(400, `Error in downloading custom model, original error: ${failure.message}`);
  }
  return otherFailure(failure, (reason) => `Error in downloading custom model, original error: ${reason}`);
}

/** What every endpoint answers alike; the rest is a 500 in the endpoint's own words. */
export function otherFailure(failure: AnyFailure, wording: (reason: string) => string): Answer {
  switch (failure.code) {
    case 'OVERLOADED':
      return { ...detail(503, failure.message), headers: { 'retry-after': String(Math.ceil((failure.retryAfterMs ?? 1000) / 1000)) } };
    case 'TIMEOUT':
      return timedOut;
    case 'UNAUTHENTICATED':
      return detail(401, failure.message);
    case 'FORBIDDEN':
      return detail(403, failure.message);
    case 'INTERNAL':
      return { status: 500, body: 'Internal Server Error' };
    default:
      return detail(500, wording(failure.message));
  }
}

/** 422 in FastAPI's shape; `input.items[3].text` is what the body calls `text`, element 3; of images the number counts texts too. */
function wrongInput({ field = '', message: text }: AnyFailure): Answer {
  const index = /^input\.items\[(\d+)\](?!\.image)/.exec(field)?.[1];
  const isImage = /^input\.(images|items\[\d+\]\.image)/.test(field);
  const name = isImage ? 'image' : field.replace(/^input\.items/, 'text').replace(/^input\./, '');
  const location = index === undefined ? ['body', name] : ['body', 'text', Number(index)];
  return validationAnswer([{ type: 'value_error', loc: location, msg: text, input: null }]);
}
