import { isRecord, parseJson } from './json-span.ts';
import type { WrittenCall } from './tool-format.ts';

/** A call of an object such as `{"name": …, "arguments": …}`; null where it is none. Families name the arguments differently. */
export function callOf(value: unknown): WrittenCall | null {
  if (!isRecord(value)) return null;
  const inner = isRecord(value.function) ? value.function : value;
  const name = inner.name ?? inner.function ?? inner.tool_name;
  if (typeof name !== 'string' || name === '') return null;
  const given = inner.arguments ?? inner.parameters ?? {};
  const json = argumentsText(given);
  return json === null ? null : { name, arguments: json };
}

/** The arguments as JSON text of an object; null where they are something else. */
function argumentsText(given: unknown): string | null {
  const value = typeof given === 'string' ? parseJson(given === '' ? '{}' : given) : given;
  return isRecord(value) ? JSON.stringify(value) : null;
}
