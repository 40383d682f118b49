import { InvalidInputError } from '../errors.ts';

/** What one generation may be asked for. */
export const generateLimits = {
  /** UTF-16 units of a prompt, or of all messages together. */
  maxTextLength: 4 * 1024 ** 2,
  maxMessages: 2000,
  maxStopTexts: 16,
  maxStopLength: 256,
  maxTools: 128,
  /** Characters of a template, of a grammar, and of all schemas of a request. */
  maxProgramLength: 256 * 1024,
  /** Levels of a schema. */
  maxSchemaDepth: 100,
  maxLogprobs: 20,
} as const;

/** Throws INVALID_INPUT for what is no number within the bounds. */
export function requireNumber(
  field: string,
  value: number,
  { least, most, isWhole = false }: { least: number; most: number; isWhole?: boolean },
): number {
  if (Number.isFinite(value) && value >= least && value <= most && (!isWhole || Number.isInteger(value))) return value;
  throw new InvalidInputError({ field, message: `expected a ${isWhole ? 'whole ' : ''}number from ${least} to ${most}, got ${value}.` });
}

/** Throws INVALID_INPUT for a text that is longer. */
export function requireLength(field: string, text: string, most: number): string {
  if (text.length <= most) return text;
  throw new InvalidInputError({ field, message: `expected at most ${most} characters, got ${text.length}.` });
}

/** Throws INVALID_INPUT for a list that is longer. */
export function requireCount<Item>(field: string, items: readonly Item[], most: number): readonly Item[] {
  if (items.length <= most) return items;
  throw new InvalidInputError({ field, message: `expected at most ${most}, got ${items.length}.` });
}

/** Throws INVALID_INPUT for a schema that is nested deeper than anything sensible, or longer. */
export function requireSchema(field: string, schema: Record<string, unknown>): Record<string, unknown> {
  if (depthOf(schema) > generateLimits.maxSchemaDepth) {
    throw new InvalidInputError({ field, message: `expected at most ${generateLimits.maxSchemaDepth} levels.` });
  }
  requireLength(field, JSON.stringify(schema), generateLimits.maxProgramLength);
  return schema;
}

/** Level by level, as depth is what is in question; stops where it is too much. */
function depthOf(value: unknown): number {
  let level: unknown[] = [value];
  let depth = 0;
  while (level.length > 0 && depth <= generateLimits.maxSchemaDepth) {
    level = level.flatMap((item) => (typeof item === 'object' && item !== null ? Object.values(item) : []));
    depth += 1;
  }
  return depth;
}
