import { InvalidModelFileError, quote } from '../errors.ts';
import { isJsonObject } from './json-file.ts';

/**
 * Checks the templates in a tokenizer.json's `post_processor`: every special token that one names must be described. The native
 * library trusts that, and aborts the whole process where it is not so.
 */
export function checkTemplates(processor: unknown, file: string): void {
  // A list, not recursion: a file may nest as deep as it likes.
  const waiting: unknown[] = [processor];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    if (!isJsonObject(next)) continue;
    if (Array.isArray(next.processors)) waiting.push(...next.processors);
    if (next.type === 'TemplateProcessing') checkTemplate(next, file);
  }
}

function checkTemplate(template: Readonly<Record<string, unknown>>, file: string): void {
  const described = isJsonObject(template.special_tokens) ? template.special_tokens : {};
  const pieces = [template.single, template.pair].flatMap((list: unknown): unknown[] => (Array.isArray(list) ? list : []));
  for (const piece of pieces) {
    if (!isJsonObject(piece) || !isJsonObject(piece.SpecialToken)) continue;
    const { id } = piece.SpecialToken;
    const token = typeof id === 'string' && Object.hasOwn(described, id) ? described[id] : null;
    if (isJsonObject(token) && token.id === id) continue;
    throw new InvalidModelFileError({
      file,
      message: `It is not a tokenizer: its template names ${quote(String(id))}, which it does not describe.`,
    });
  }
}
