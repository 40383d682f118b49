import { InvalidInputError } from '../errors.ts';

/** The longest text of one item, in UTF-16 units: far beyond every text encoder's window. */
const maxTextLength = 1_000_000;

/** The most values that one answer may hold: more would not fit into one JSON text. */
export const maxVectorValues = 16 * 1024 ** 2;

/** Throws INVALID_INPUT for a text that is too long to be worth looking at. */
export function requireTextLength(text: string, field: string): void {
  if (text.length <= maxTextLength) return;
  throw new InvalidInputError({ field, message: `expected at most ${maxTextLength} characters, got ${text.length}. Split the text.` });
}

/** Throws INVALID_INPUT when so many vectors would not fit into one answer. */
export function requireAnswerSize(count: number, width: number, field = 'input.items'): void {
  const most = Math.floor(maxVectorValues / Math.max(1, width));
  if (count <= most) return;
  throw new InvalidInputError({
    field,
    message: `expected at most ${most} items of ${width} values each, got ${count}. Split the request.`,
  });
}
