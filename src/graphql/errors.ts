import {
  CanceledError,
  ChecksumMismatchError,
  type ErrorCode,
  ForbiddenError,
  GenerationNotFoundError,
  InputTooLongError,
  InsufficientDiskError,
  InsufficientMemoryError,
  InternalError,
  InterruptedError,
  InvalidAnswerError,
  InvalidArchiveError,
  InvalidImageError,
  InvalidInputError,
  InvalidModelFileError,
  ModelBusyError,
  type ModelkeepError,
  ModelLoadingError,
  ModelNotFoundError,
  ModelNotLoadedError,
  NameTakenError,
  OverloadedError,
  RunnerCrashedError,
  TaskNotFoundError,
  TimeoutError,
  UnauthenticatedError,
  UnsafeUrlError,
  UnsupportedCapabilityError,
  UnsupportedModelError,
  UpstreamFailedError,
  UpstreamGatedError,
  type WireError,
} from '../errors.ts';
import { builder } from './builder.ts';
import { encodeId } from './global-id.ts';

/** One GraphQL type per class of `errors.ts`, named after it; each has the class's own fields. */

const about: Record<ErrorCode, string> = {
  MODEL_NOT_FOUND: 'No model has this name, alias or id.',
  MODEL_NOT_LOADED: 'The model is stored but not in memory.',
  MODEL_LOADING: 'The model is being loaded: wait for the task, or come back.',
  MODEL_BUSY: 'Another task works on the model.',
  NAME_TAKEN: 'Another model has this name or alias.',
  UNSUPPORTED_MODEL: 'The checkpoint is whole, but no engine here runs it.',
  UNSUPPORTED_CAPABILITY: 'The model cannot do what was asked of it.',
  INVALID_INPUT: 'A value that the caller gave is wrong.',
  INVALID_IMAGE: 'An image cannot be read, or is larger than images may be.',
  INPUT_TOO_LONG: 'A text has more tokens than the model takes.',
  UNSAFE_URL: 'The address is one that this server does not fetch from.',
  INVALID_MODEL_FILE: 'A model file is malformed or missing.',
  INVALID_ARCHIVE: 'An archive is malformed, or has an entry that is not taken.',
  CHECKSUM_MISMATCH: 'A fetched file is not the one that was announced.',
  UPSTREAM_FAILED: 'Another server failed this one.',
  UPSTREAM_GATED: 'The repository is private or gated.',
  INSUFFICIENT_MEMORY: 'The model does not fit into the memory budget.',
  INSUFFICIENT_DISK: 'The disk has no room for the files.',
  OVERLOADED: 'A queue is full: come back later.',
  TIMEOUT: 'Something took longer than it may.',
  CANCELED: 'Somebody cancelled it, or the client left.',
  INTERRUPTED: 'The server stopped while the task ran.',
  RUNNER_CRASHED: 'The process that runs the model died; it is started again.',
  INVALID_ANSWER: "A model's answer is not in the form that was asked for.",
  GENERATION_NOT_FOUND: 'No generation that is kept has this id.',
  TASK_NOT_FOUND: 'No task has this id.',
  UNAUTHENTICATED: 'A key is needed, and none or a wrong one came.',
  FORBIDDEN: 'The caller may not do this.',
  INTERNAL: 'A failure nobody expected; the log has its cause.',
};

const ErrorCodeEnum = builder.enumType('ErrorCode', {
  description: 'The stable name of a failure; new ones may be added.',
  values: Object.fromEntries(Object.entries(about).map(([code, description]) => [code, { description }])) as Record<
    ErrorCode,
    { description: string }
  >,
});

/** What `Task.error` and `ModelRuntime.error` are of, too: give them `errorValue(error)`. */
export const ErrorInterface = builder.interfaceRef<ModelkeepError>('Error').implement({
  description: 'A failure that a client can act on.',
  fields: (t) => ({
    message: t.exposeString('message', { description: 'What is wrong and what to do about it, for people.' }),
    code: t.field({ type: ErrorCodeEnum, description: 'Which failure it is, for programs.', resolve: (error) => error.code }),
  }),
});

/** The type's name is made from the code: a bundler may rename classes. */
function shared(code: ErrorCode) {
  const words = code.split('_').map((word) => word.charAt(0) + word.slice(1).toLowerCase());
  return {
    name: `${words.join('')}Error`,
    description: about[code],
    interfaces: [ErrorInterface],
    isTypeOf: (value: unknown) => (value as Partial<ModelkeepError>).code === code,
  };
}

/** A stored failure as the value of a field: not an instance of its class, because what resolves to an `Error` counts as thrown. */
export function errorValue({ code, message, fields }: WireError): ModelkeepError {
  return { ...fields, code, message } as unknown as ModelkeepError;
}

const taskIdAbout = 'Id of the task in the way; null where none is known.';
const retryAbout = 'When to try again, in milliseconds.';
const taskGlobalId = ({ taskId }: { taskId: string | null }) => taskId && encodeId('Task', taskId);

builder.objectType(ModelNotFoundError, {
  ...shared('MODEL_NOT_FOUND'),
  fields: (t) => ({ suggestions: t.exposeStringList('suggestions', { description: 'Names of models that are spelt alike, best first.' }) }),
});
builder.objectType(ModelNotLoadedError, {
  ...shared('MODEL_NOT_LOADED'),
  fields: (t) => ({ model: t.exposeString('model', { description: 'Name of the model.' }) }),
});
builder.objectType(ModelLoadingError, {
  ...shared('MODEL_LOADING'),
  fields: (t) => ({
    taskId: t.id({ nullable: true, description: taskIdAbout, resolve: taskGlobalId }),
    retryAfterMs: t.exposeInt('retryAfterMs', { description: retryAbout }),
  }),
});
builder.objectType(ModelBusyError, {
  ...shared('MODEL_BUSY'),
  fields: (t) => ({ taskId: t.id({ nullable: true, description: taskIdAbout, resolve: taskGlobalId }) }),
});
builder.objectType(NameTakenError, {
  ...shared('NAME_TAKEN'),
  fields: (t) => ({ takenName: t.exposeString('takenName', { description: 'The name that is taken.' }) }),
});
builder.objectType(UnsupportedModelError, {
  ...shared('UNSUPPORTED_MODEL'),
  fields: (t) => ({
    reason: t.exposeString('reason', { description: 'What about it is not supported.' }),
    remedy: t.exposeString('remedy', { description: 'What can be done about it.' }),
  }),
});
builder.objectType(UnsupportedCapabilityError, {
  ...shared('UNSUPPORTED_CAPABILITY'),
  fields: (t) => ({ has: t.exposeStringList('has', { description: 'What the model can do.' }) }),
});
builder.objectType(InvalidInputError, {
  ...shared('INVALID_INPUT'),
  fields: (t) => ({ field: t.exposeString('field', { description: 'Path of the value, e.g. `input.items[3].text`.' }) }),
});
builder.objectType(InputTooLongError, {
  ...shared('INPUT_TOO_LONG'),
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Which item of the request, from 0.' }),
    tokens: t.exposeInt('tokens', { description: 'How many tokens it has.' }),
    limit: t.exposeInt('limit', { description: 'How many tokens the model takes.' }),
  }),
});
builder.objectType(InvalidArchiveError, {
  ...shared('INVALID_ARCHIVE'),
  fields: (t) => ({
    entry: t.exposeString('entry', { nullable: true, description: 'Name of the entry; null where the archive as a whole is meant.' }),
  }),
});

builder.objectType(InvalidImageError, {
  ...shared('INVALID_IMAGE'),
  fields: (t) => ({
    index: t.exposeInt('index', { description: 'Which item of the request, from 0.' }),
    reason: t.exposeString('reason', { description: 'What is wrong with it.' }),
  }),
});
builder.objectType(UnsafeUrlError, {
  ...shared('UNSAFE_URL'),
  fields: (t) => ({ url: t.exposeString('url', { description: 'The refused address, without credentials.' }) }),
});
for (const [code, errorClass] of [
  ['INVALID_MODEL_FILE', InvalidModelFileError],
  ['CHECKSUM_MISMATCH', ChecksumMismatchError],
] as const) {
  builder.objectType(errorClass, {
    ...shared(code),
    fields: (t) => ({ file: t.exposeString('file', { description: "The file's path inside the model." }) }),
  });
}
builder.objectType(UpstreamFailedError, {
  ...shared('UPSTREAM_FAILED'),
  fields: (t) => ({
    status: t.exposeInt('status', { nullable: true, description: 'Its HTTP status; null when no answer came.' }),
    url: t.exposeString('url', { description: 'The address that was asked, without credentials or query.' }),
  }),
});
builder.objectType(UpstreamGatedError, {
  ...shared('UPSTREAM_GATED'),
  fields: (t) => ({ url: t.exposeString('url', { description: 'The page where access is asked for.' }) }),
});
for (const [code, errorClass] of [
  ['INSUFFICIENT_MEMORY', InsufficientMemoryError],
  ['INSUFFICIENT_DISK', InsufficientDiskError],
] as const) {
  builder.objectType(errorClass, {
    ...shared(code),
    fields: (t) => ({
      needBytes: t.expose('needBytes', { type: 'SafeInt', description: 'What is needed, in bytes.' }),
      freeBytes: t.expose('freeBytes', { type: 'SafeInt', description: 'What is free, in bytes.' }),
    }),
  });
}
builder.objectType(InvalidAnswerError, {
  ...shared('INVALID_ANSWER'),
  fields: (t) => ({ reason: t.exposeString('reason', { description: 'What is wrong with it.' }) }),
});
builder.objectType(OverloadedError, {
  ...shared('OVERLOADED'),
  fields: (t) => ({ retryAfterMs: t.exposeInt('retryAfterMs', { description: retryAbout }) }),
});
builder.objectType(InternalError, {
  ...shared('INTERNAL'),
  fields: (t) => ({ id: t.exposeID('id', { description: 'The id that the log has beside the cause.' }) }),
});
for (const [code, errorClass] of [
  ['TIMEOUT', TimeoutError],
  ['CANCELED', CanceledError],
  ['INTERRUPTED', InterruptedError],
  ['RUNNER_CRASHED', RunnerCrashedError],
  ['GENERATION_NOT_FOUND', GenerationNotFoundError],
  ['TASK_NOT_FOUND', TaskNotFoundError],
  ['UNAUTHENTICATED', UnauthenticatedError],
  ['FORBIDDEN', ForbiddenError],
] as const) {
  builder.objectType(errorClass, shared(code));
}
