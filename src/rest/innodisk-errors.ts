import type { ErrorCode } from '../errors.ts';
import { fastapiErrors, validationAnswer } from './fastapi.ts';
import { titleCase } from './python-text.ts';
import type { Answer, FamilyErrors } from './route.ts';

/** How Innodisk's handler words one error. */
export interface Problem {
  type: 'validate_error' | 'internal_error' | 'unexpected_error';
  loc: string[];
  /** With a capital at every word, as the handler writes them all. */
  msg: string;
  input: Record<string, unknown>;
}

interface WireFailure {
  readonly code: ErrorCode;
  readonly message: string;
}

/** The request is understood, and wrong. */
export function refuse(message: string, input: Record<string, unknown> = {}): Answer {
  const problem: Problem = { type: 'validate_error', loc: ['body'], msg: titleCase(message), input };
  return { status: 422, body: { detail: [problem] } };
}

export const modelNotExist = () => refuse('Model not exist.');
export const modelNameInvalid = () => refuse('Model name is invalid or missing.');

/** Fields that have to be there; `input` is what came instead of them. */
export function missing(part: 'body' | 'query', fields: readonly string[], input: unknown = null): Answer {
  return validationAnswer(fields.map((field) => ({ type: 'missing', loc: [part, field], msg: 'Field required', input })));
}

export function internalProblem(message: string): Problem {
  return { type: 'internal_error', loc: ['internal_error'], msg: titleCase(message), input: {} };
}

/** A refusal for what is going on here, and not for what was asked: a bare list. */
export function conflict(status: 403 | 409, message: string): Answer {
  return { status, body: [internalProblem(message)] };
}

const statuses: Partial<Record<ErrorCode, number>> = { INSUFFICIENT_DISK: 507, OVERLOADED: 503, MODEL_BUSY: 409 };

/** A document's failure, before anything is streamed. */
export function failureAnswer({ code, message }: WireFailure): Answer {
  if (code === 'MODEL_NOT_FOUND') return modelNotExist();
  if (code === 'INVALID_INPUT' || code === 'NAME_TAKEN' || code === 'UNSUPPORTED_MODEL') return refuse(message);
  const status = statuses[code];
  return status === undefined ? unexpected(message) : { status, body: [internalProblem(message)] };
}

function unexpected(message: string): Answer {
  const problem: Problem = { type: 'unexpected_error', loc: ['unexpected'], msg: titleCase(message), input: {} };
  return { status: 500, body: [problem] };
}

/** What the router refuses is worded by FastAPI, what nobody expected by the handler. */
export const innodiskErrors: FamilyErrors = { ...fastapiErrors, internal: () => unexpected('Internal server error.') };
