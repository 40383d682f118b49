import type { ErrorCode } from '../errors.ts';
import { type Answer, DocumentFailedError } from './route.ts';

interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

interface TaskOutcome {
  readonly task: { readonly settled: { readonly state: string; readonly error: WireFailure | null } | null };
}

export function detail(status: number, text: string): Answer {
  return { status, body: { detail: text } };
}

const statuses: Partial<Record<ErrorCode, number>> = {
  INVALID_INPUT: 422,
  INPUT_TOO_LONG: 422,
  INVALID_IMAGE: 422,
  UNSAFE_URL: 422,
  UPSTREAM_FAILED: 502,
  UNSUPPORTED_CAPABILITY: 403,
  UNSUPPORTED_MODEL: 422,
  MODEL_LOADING: 503,
  OVERLOADED: 503,
  INSUFFICIENT_MEMORY: 507,
  INSUFFICIENT_DISK: 507,
  MODEL_BUSY: 409,
};

/** What is not worded by a route itself. */
export function otherFailure({ code, message }: WireFailure): Answer {
  return detail(statuses[code] ?? 500, message);
}

/** A mutation's typed error, or how the task that it started failed; null when all went well. */
export function failureOf(outcome: TaskOutcome | WireFailure | object | null): WireFailure | null {
  if (outcome === null) return { code: 'INTERNAL', message: 'The server gave no answer.' };
  if ('code' in outcome) return outcome as WireFailure;
  if (!('task' in outcome)) return null;
  const end = (outcome as TaskOutcome).task.settled;
  if (end?.state === 'SUCCEEDED') return null;
  return end?.error ?? { code: end?.state === 'CANCELED' ? 'CANCELED' : 'TIMEOUT', message: 'The work did not come to its end.' };
}

/** Whether a document failed because there is no such model; its name may also be one that no model can have. */
export function isMissing(error: unknown): boolean {
  return error instanceof DocumentFailedError && (error.failure.code === 'MODEL_NOT_FOUND' || error.failure.code === 'INVALID_INPUT');
}
