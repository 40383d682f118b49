import { type ErrorCode, errorFromWire, errorToWire, InputTooLongError, InvalidImageError, type ModelkeepError } from '../errors.ts';

/** An item that could not be used. */
export interface ItemFailure {
  /** Which item of the request, from 0. */
  index: number;
  error: ModelkeepError;
}

/** As a client reads it among `itemErrors`: with the failure's own fields beside. */
export interface ItemError {
  index: number;
  code: ErrorCode;
  message: string;
}

/**
 * The failure of a request of which items failed: that of the first of them, with its `index`, and with all of them as `itemErrors`.
 * There must be one.
 */
export function itemsFailed(failures: readonly ItemFailure[]): ModelkeepError {
  const sorted = failures.map(({ index, error }) => ({ index, error: withIndex(error, index) })).sort((a, b) => a.index - b.index);
  const [first] = sorted;
  if (!first) throw new Error('A request was failed without a failure.');
  const itemErrors = sorted.map(({ index, error }): ItemError => {
    const { code, message, fields } = errorToWire(error, 'unknown');
    return { ...fields, index, code, message };
  });
  const { code, message, fields } = errorToWire(first.error, 'unknown');
  return errorFromWire({ code, message, fields: { ...fields, index: first.index, itemErrors } });
}

/** The failures that a request failed with; null where it failed as a whole. */
export function itemErrorsOf(error: ModelkeepError): ItemError[] | null {
  return 'itemErrors' in error ? (error.itemErrors as ItemError[]) : null;
}

/** The same failure of another item: a share of a request counts its own items. */
export function withIndex(error: ModelkeepError, index: number): ModelkeepError {
  if (error instanceof InvalidImageError) return new InvalidImageError({ index, reason: error.reason });
  if (error instanceof InputTooLongError) return new InputTooLongError({ index, tokens: error.tokens, limit: error.limit });
  return error;
}
