/**
 * Where the JSON object or array that begins at `start` ends (exclusive); null while it is not whole, -1 where none begins there.
 * Only strings and brackets are followed: parsing tells whether it is JSON.
 */
export function jsonEnd(text: string, start: number): number | null {
  const first = text.charAt(start);
  if (first === '') return null;
  if (first !== '{' && first !== '[') return -1;
  let depth = 0;
  let isString = false;
  for (let at = start; at < text.length; at += 1) {
    const character = text.charAt(at);
    if (isString) {
      if (character === '\\') at += 1;
      else if (character === '"') isString = false;
    } else if (character === '"') isString = true;
    else if (character === '{' || character === '[') depth += 1;
    else if (character === '}' || character === ']') {
      depth -= 1;
      if (depth === 0) return at + 1;
    }
  }
  return null;
}

/** Index of the first character from `start` on that is not blank. */
export function skipBlanks(text: string, start: number): number {
  let at = start;
  while (at < text.length && ' \n\r\t'.includes(text.charAt(at))) at += 1;
  return at;
}

/** Undefined for what is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
