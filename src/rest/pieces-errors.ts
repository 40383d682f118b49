import type { ErrorCode } from '../errors.ts';
import { type Answer, DocumentFailedError, type FamilyErrors } from './route.ts';

/** Clients look at the status alone; the text is for people. */
export const piecesErrors: FamilyErrors = {
  notFound: () => ({ status: 404, body: { detail: 'Not Found' } }),
  methodNotAllowed: (allowed) => ({ status: 405, body: 'Method Not Allowed', headers: { allow: allowed.join(', ') } }),
  unauthenticated: (message) => ({ status: 401, body: message, headers: { 'www-authenticate': 'Bearer' } }),
  forbidden: (message) => ({ status: 403, body: message }),
  undecodable: () => ({ status: 400, body: 'The body is not text in UTF-8.' }),
  notJson: ({ message, offset }) => ({ status: 400, body: `The body is not JSON: ${message} (character ${offset}).` }),
  invalid: (_part, _input, issues) => ({
    status: 400,
    body: `The body does not fit: ${issues.map(({ path, message }) => `${path.join('.') || 'body'}: ${message}`).join('; ')}.`,
  }),
  tooLarge: (limitBytes) => ({ status: 413, body: `The request body is larger than ${limitBytes} bytes.` }),
  internal: () => ({ status: 500, body: 'Internal Server Error' }),
};

/** 410 for a model that is not there, on every route; 500 is what is documented for all else, where nothing fits better. */
const statuses: Partial<Record<ErrorCode, number>> = {
  MODEL_NOT_FOUND: 410,
  INVALID_INPUT: 400,
  FORBIDDEN: 403,
  NAME_TAKEN: 409,
  MODEL_BUSY: 409,
  UNSUPPORTED_MODEL: 422,
  OVERLOADED: 503,
};

export function piecesFailure({ code, message }: WireFailure): Answer {
  return { status: statuses[code] ?? 500, body: code === 'MODEL_NOT_FOUND' ? 'model was not found.' : message };
}

interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

interface TaskOutcome {
  readonly task: {
    readonly settled: { readonly state: string; readonly error: { readonly code: ErrorCode; readonly message: string } | null } | null;
  };
}

/** What a mutation answered, when well; throws its typed error as a document's failure. */
export function requireWell<Outcome extends object>(outcome: Outcome | null): Exclude<Outcome, WireFailure> {
  if (outcome && !isFailure(outcome)) return outcome as Exclude<Outcome, WireFailure>;
  throw failed(outcome ?? { code: 'INTERNAL', message: 'The server gave no answer.' });
}

function isFailure(outcome: object): outcome is WireFailure {
  return 'code' in outcome;
}

/** As `requireWell`, for a task that was waited for. */
export function requireEnd(outcome: TaskOutcome | WireFailure | null): void {
  const end = requireWell(outcome).task.settled;
  if (end?.state === 'SUCCEEDED') return;
  if (end?.error) throw failed(end.error);
  throw failed({ code: end?.state === 'CANCELED' ? 'CANCELED' : 'TIMEOUT', message: 'The work did not come to its end.' });
}

function failed({ code, message }: WireFailure): DocumentFailedError {
  return new DocumentFailedError({ code, message, fields: {} });
}
