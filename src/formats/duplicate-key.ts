/**
 * The first key that stands twice in one object of a JSON text, or null. `JSON.parse` keeps the last one silently, and so
 * two readers of one file could see different tensors.
 *
 * @param text valid JSON: parse it first.
 */
export function findDuplicateKey(text: string): string | null {
  const keysOfOpenObjects: (Set<string> | null)[] = [];
  let position = 0;
  while (position < text.length) {
    const character = text[position];
    if (character === '"') {
      const end = endOfString(text, position);
      const keys = keysOfOpenObjects.at(-1);
      if (keys && isKey(text, end)) {
        const key = JSON.parse(text.slice(position, end)) as string;
        if (keys.has(key)) return key;
        keys.add(key);
      }
      position = end;
      continue;
    }
    if (character === '{') keysOfOpenObjects.push(new Set());
    if (character === '[') keysOfOpenObjects.push(null);
    if (character === '}' || character === ']') keysOfOpenObjects.pop();
    position += 1;
  }
  return null;
}

function endOfString(text: string, start: number): number {
  let position = start + 1;
  while (position < text.length && text[position] !== '"') position += text[position] === '\\' ? 2 : 1;
  return position + 1;
}

function isKey(text: string, position: number): boolean {
  let next = position;
  while (next < text.length && /\s/.test(text[next] ?? '')) next += 1;
  return text[next] === ':';
}
