/**
 * Every failure that a caller can expect: one class per code, with typed fields.
 *
 * A door (GraphQL, REST, CLI) translates by `code` through one table of its own and never by message. Anything that is
 * not a `ModelkeepError` is a bug: it is logged with an id and shown as `INTERNAL`.
 *
 * Longer than other files on purpose: all that can go wrong is read in one place.
 */

/** Base of all expected failures. Its enumerable own fields besides `code` and `message` are what the code promises. */
export abstract class ModelkeepError extends Error {
  abstract readonly code: ErrorCode;
}

/** No model has this name, alias or id. */
export class ModelNotFoundError extends ModelkeepError {
  readonly code = 'MODEL_NOT_FOUND';
  /** Names of stored models that are spelt alike, best first. */
  readonly suggestions: string[];
  constructor({ name, suggestions = [] }: { name: string; suggestions?: string[] }) {
    const hint = suggestions.length > 0 ? ` Did you mean ${suggestions.join(', ')}?` : '';
    super(`There is no model ${quote(name)} on this server.${hint}`);
    this.suggestions = suggestions;
  }
}

/** The model is stored but not in memory, and the caller did not ask to load it. */
export class ModelNotLoadedError extends ModelkeepError {
  readonly code = 'MODEL_NOT_LOADED';
  /** Name of the model. */
  readonly model: string;
  constructor({ model }: { model: string }) {
    super(`Model ${quote(model)} is not loaded. Load it first with loadModel.`);
    this.model = model;
  }
}

/** The model is being loaded: wait for the task, or come back. */
export class ModelLoadingError extends ModelkeepError {
  readonly code = 'MODEL_LOADING';
  /** Id of the task that loads it, if one does. */
  readonly taskId: string | null;
  /** When to try again, in milliseconds. */
  readonly retryAfterMs: number;
  constructor({ model, taskId, retryAfterMs = 1000 }: { model: string; taskId: string | null; retryAfterMs?: number }) {
    super(`Model ${quote(model)} is being loaded; try again in ${retryAfterMs} ms.`);
    this.taskId = taskId;
    this.retryAfterMs = retryAfterMs;
  }
}

/** Another task works on the model, so this one cannot start. */
export class ModelBusyError extends ModelkeepError {
  readonly code = 'MODEL_BUSY';
  /** Id of the task in the way. */
  readonly taskId: string | null;
  constructor({ model, taskId, work }: { model: string; taskId: string | null; work: string }) {
    super(`Model ${quote(model)} is busy: ${work}. Wait for that to end, or cancel it.`);
    this.taskId = taskId;
  }
}

/** Another model has this name or alias. */
export class NameTakenError extends ModelkeepError {
  readonly code = 'NAME_TAKEN';
  /** The name that is taken. */
  readonly takenName: string;
  constructor({ takenName }: { takenName: string }) {
    super(`The name ${quote(takenName)} belongs to another model. Choose another, or delete that model first.`);
    this.takenName = takenName;
  }
}

/** The checkpoint is whole, but no engine here runs it. */
export class UnsupportedModelError extends ModelkeepError {
  readonly code = 'UNSUPPORTED_MODEL';
  /** What about it is not supported, e.g. the architecture's name. */
  readonly reason: string;
  /** What the user can do about it. */
  readonly remedy: string;
  constructor({ reason, remedy }: { reason: string; remedy: string }) {
    super(`${reason} ${remedy}`);
    this.reason = reason;
    this.remedy = remedy;
  }
}

/** The model exists, but cannot do what was asked of it. */
export class UnsupportedCapabilityError extends ModelkeepError {
  readonly code = 'UNSUPPORTED_CAPABILITY';
  /** What the model can do. */
  readonly has: string[];
  constructor({ model, wanted, has, hint }: { model: string; wanted: string; has: readonly string[]; hint?: string }) {
    super(`Model ${quote(model)} cannot ${wanted}: it has ${has.join(', ') || 'no capability yet'}.${hint ? ` ${hint}` : ''}`);
    this.has = [...has];
  }
}

/** A value that the caller gave is wrong. */
export class InvalidInputError extends ModelkeepError {
  readonly code = 'INVALID_INPUT';
  /** Path of the field, e.g. `items[3].text`. */
  readonly field: string;
  constructor({ field, message }: { field: string; message: string }) {
    super(`${field}: ${message}`);
    this.field = field;
  }
}

/** A text has more tokens than the model takes, and cutting it was not allowed. */
export class InputTooLongError extends ModelkeepError {
  readonly code = 'INPUT_TOO_LONG';
  /** Which item of the request, from 0. */
  readonly index: number;
  /** How many tokens it has. */
  readonly tokens: number;
  /** How many the model takes. */
  readonly limit: number;
  constructor({ index, tokens, limit, message }: { index: number; tokens: number; limit: number; message?: string }) {
    super(message ?? `Item ${index} has ${tokens} tokens; the model takes ${limit}. Shorten it, or ask for truncate: END.`);
    this.index = index;
    this.tokens = tokens;
    this.limit = limit;
  }
}

/** An image that cannot be read, or is larger than images may be. */
export class InvalidImageError extends ModelkeepError {
  readonly code = 'INVALID_IMAGE';
  /** Which item of the request, from 0. */
  readonly index: number;
  /** What is wrong with it. */
  readonly reason: string;
  constructor({ index, reason, cause }: { index: number; reason: string; cause?: unknown }) {
    super(`Item ${index} is not an image that can be used: ${reason}`, { cause });
    this.index = index;
    this.reason = reason;
  }
}

/** The address is one that this server does not fetch from. */
export class UnsafeUrlError extends ModelkeepError {
  readonly code = 'UNSAFE_URL';
  /** The refused address, without credentials. */
  readonly url: string;
  constructor({ url, reason }: { url: string; reason: string }) {
    super(`${quote(url)} is not fetched: ${reason}`);
    this.url = url;
  }
}

/** A model file is malformed or missing. */
export class InvalidModelFileError extends ModelkeepError {
  readonly code = 'INVALID_MODEL_FILE';
  /** The file's path inside the model's folder. */
  readonly file: string;
  constructor({ file, message, cause }: { file: string; message: string; cause?: unknown }) {
    super(`${file}: ${message}`, { cause });
    this.file = file;
  }
}

/** An archive is malformed, or has an entry that is not taken. */
export class InvalidArchiveError extends ModelkeepError {
  readonly code = 'INVALID_ARCHIVE';
  /** The entry's name; null where the archive as a whole is meant. */
  readonly entry: string | null;
  constructor({ entry = null, message, cause }: { entry?: string | null; message: string; cause?: unknown }) {
    super(entry === null ? `The archive cannot be read: ${message}` : `${entry}: ${message}`, { cause });
    this.entry = entry;
  }
}

/** A downloaded file is not the one that the hub announced. */
export class ChecksumMismatchError extends ModelkeepError {
  readonly code = 'CHECKSUM_MISMATCH';
  /** The file's path inside the repository. */
  readonly file: string;
  constructor({ file, expected, actual }: { file: string; expected: string; actual: string }) {
    super(`${file}: expected ${expected}, got ${actual}. The bytes were thrown away; try again.`);
    this.file = file;
  }
}

/** Another server failed us. */
export class UpstreamFailedError extends ModelkeepError {
  readonly code = 'UPSTREAM_FAILED';
  /** Its HTTP status; null when no answer came. */
  readonly status: number | null;
  /** The address that was asked, without credentials or query. */
  readonly url: string;
  constructor({ url, status, message, cause }: { url: string; status: number | null; message: string; cause?: unknown }) {
    super(message, { cause });
    this.url = url;
    this.status = status;
  }
}

/** The repository is private or gated: somebody must ask for access on its page. */
export class UpstreamGatedError extends ModelkeepError {
  readonly code = 'UPSTREAM_GATED';
  /** The page to visit. */
  readonly url: string;
  constructor({ repository, url, mayBeMissing = false }: { repository: string; url: string; mayBeMissing?: boolean }) {
    const what = mayBeMissing ? 'does not exist on the hub (check the spelling), or is private or gated' : 'is private or gated';
    super(`${quote(repository)} ${what}. Ask for access at ${url}, then set HF_TOKEN to a token that has it.`);
    this.url = url;
  }
}

/** The model does not fit into the memory budget, even after evicting what may be evicted. */
export class InsufficientMemoryError extends ModelkeepError {
  readonly code = 'INSUFFICIENT_MEMORY';
  /** What the model needs, in bytes. */
  readonly needBytes: number;
  /** What is free, in bytes. */
  readonly freeBytes: number;
  constructor({ needBytes, freeBytes, message }: { needBytes: number; freeBytes: number; message?: string }) {
    super(message ?? `${needBytes} bytes of memory are needed, ${freeBytes} are free. Unload a model, or raise MODELKEEP_MEMORY_BUDGET.`);
    this.needBytes = needBytes;
    this.freeBytes = freeBytes;
  }
}

/** The disk has no room for the files. */
export class InsufficientDiskError extends ModelkeepError {
  readonly code = 'INSUFFICIENT_DISK';
  /** What is needed, in bytes. */
  readonly needBytes: number;
  /** What is free, in bytes. */
  readonly freeBytes: number;
  constructor({ needBytes, freeBytes }: { needBytes: number; freeBytes: number }) {
    super(`${needBytes} bytes are needed on the disk, ${freeBytes} are free. Delete a model, or move MODELKEEP_DATA.`);
    this.needBytes = needBytes;
    this.freeBytes = freeBytes;
  }
}

/** A queue is full: come back later. */
export class OverloadedError extends ModelkeepError {
  readonly code = 'OVERLOADED';
  /** When to try again, in milliseconds. */
  readonly retryAfterMs: number;
  constructor({ retryAfterMs, message }: { retryAfterMs: number; message?: string }) {
    super(message ?? `The queue is full; try again in ${retryAfterMs} ms.`);
    this.retryAfterMs = retryAfterMs;
  }
}

/** Something took longer than it may. */
export class TimeoutError extends ModelkeepError {
  readonly code = 'TIMEOUT';
  constructor({ what, timeoutMs }: { what: string; timeoutMs: number }) {
    super(`${what} took longer than ${timeoutMs} ms.`);
  }
}

/** Somebody cancelled it, or the client left. */
export class CanceledError extends ModelkeepError {
  readonly code = 'CANCELED';
  constructor({ what }: { what: string }) {
    super(`${what} was cancelled.`);
  }
}

/** The server stopped while the task ran. */
export class InterruptedError extends ModelkeepError {
  readonly code = 'INTERRUPTED';
  constructor({ what }: { what: string }) {
    super(`The server stopped during ${what}. retryTask goes on where it was.`);
  }
}

/** The process that runs the model died. It is started again; this request is lost. */
export class RunnerCrashedError extends ModelkeepError {
  readonly code = 'RUNNER_CRASHED';
  constructor({
    model,
    detail,
    advice = 'It is being started again; send the request again.',
  }: { model: string; detail: string; advice?: string }) {
    super(`The process that runs ${quote(model)} ended: ${detail}. ${advice}`);
  }
}

/** A model's answer is not in the form that was asked for. */
export class InvalidAnswerError extends ModelkeepError {
  readonly code = 'INVALID_ANSWER';
  /** What is wrong with it. */
  readonly reason: string;
  constructor({ reason }: { reason: string }) {
    super(`The answer is not in the form that responseFormat asks for: ${reason}. Ask again, or with other sampling.`);
    this.reason = reason;
  }
}

/** No generation that is kept has this id. */
export class GenerationNotFoundError extends ModelkeepError {
  readonly code = 'GENERATION_NOT_FOUND';
  constructor({ id }: { id: string }) {
    super(`There is no generation ${quote(id)} on this server. Detached ones are kept for 5 minutes after their end.`);
  }
}

/** No task has this id. */
export class TaskNotFoundError extends ModelkeepError {
  readonly code = 'TASK_NOT_FOUND';
  constructor({ id }: { id: string }) {
    super(`There is no task ${quote(id)} on this server.`);
  }
}

/** A key is needed, and none or a wrong one came. */
export class UnauthenticatedError extends ModelkeepError {
  readonly code = 'UNAUTHENTICATED';
  constructor() {
    super('This server wants a key: send "Authorization: Bearer <key>" with one of MODELKEEP_API_KEYS.');
  }
}

/** The caller may not do this. */
export class ForbiddenError extends ModelkeepError {
  readonly code = 'FORBIDDEN';
  constructor({ message }: { message: string }) {
    super(message);
  }
}

/** A failure nobody expected. Its cause is in the log under `id`; the client sees only that id. */
export class InternalError extends ModelkeepError {
  readonly code = 'INTERNAL';
  /** The id that the log has beside the cause. */
  readonly id: string;
  constructor({ id, cause }: { id: string; cause?: unknown }) {
    super(`Something unexpected failed here; the log has it under ${id}.`, { cause });
    this.id = id;
  }
}

/** Each code with its class; the GraphQL error types and the journal's revival are made from this table. */
export const errorClasses = {
  MODEL_NOT_FOUND: ModelNotFoundError,
  MODEL_NOT_LOADED: ModelNotLoadedError,
  MODEL_LOADING: ModelLoadingError,
  MODEL_BUSY: ModelBusyError,
  NAME_TAKEN: NameTakenError,
  UNSUPPORTED_MODEL: UnsupportedModelError,
  UNSUPPORTED_CAPABILITY: UnsupportedCapabilityError,
  INVALID_INPUT: InvalidInputError,
  INPUT_TOO_LONG: InputTooLongError,
  INVALID_IMAGE: InvalidImageError,
  UNSAFE_URL: UnsafeUrlError,
  INVALID_MODEL_FILE: InvalidModelFileError,
  INVALID_ARCHIVE: InvalidArchiveError,
  CHECKSUM_MISMATCH: ChecksumMismatchError,
  UPSTREAM_FAILED: UpstreamFailedError,
  UPSTREAM_GATED: UpstreamGatedError,
  INSUFFICIENT_MEMORY: InsufficientMemoryError,
  INSUFFICIENT_DISK: InsufficientDiskError,
  OVERLOADED: OverloadedError,
  TIMEOUT: TimeoutError,
  CANCELED: CanceledError,
  INTERRUPTED: InterruptedError,
  RUNNER_CRASHED: RunnerCrashedError,
  INVALID_ANSWER: InvalidAnswerError,
  GENERATION_NOT_FOUND: GenerationNotFoundError,
  TASK_NOT_FOUND: TaskNotFoundError,
  UNAUTHENTICATED: UnauthenticatedError,
  FORBIDDEN: ForbiddenError,
  INTERNAL: InternalError,
} as const;

/** The stable name of a failure, the same on every door. */
export type ErrorCode = keyof typeof errorClasses;

/** A failure as plain data: how it crosses to another process and rests in the journal. */
export interface WireError {
  code: ErrorCode;
  message: string;
  /** The class's own fields, e.g. `suggestions`. */
  fields: Record<string, unknown>;
}

/** Plain data of a failure; one that was not expected becomes `INTERNAL` with the given id. */
export function errorToWire(error: unknown, unexpectedId: string): WireError {
  const known = error instanceof ModelkeepError ? error : new InternalError({ id: unexpectedId });
  const { code, cause: _cause, ...fields } = { ...known };
  return { code, message: known.message, fields };
}

/** The failure that `errorToWire` wrote, as an instance of its class again. */
export function errorFromWire({ code, message, fields }: WireError): ModelkeepError {
  const errorClass = errorClasses[code] ?? InternalError;
  const error = Object.create(errorClass.prototype) as ModelkeepError;
  Error.captureStackTrace(error, errorFromWire);
  Object.defineProperty(error, 'message', { value: message, configurable: true, writable: true });
  return Object.assign(error, { code, ...fields });
}

/** A client's string as it may stand in a message: short, on one line, quoted. */
export function quote(text: string): string {
  return JSON.stringify(text.length > 200 ? `${text.slice(0, 200)}…` : text);
}
