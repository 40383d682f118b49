/** Where and why a text is not JSON, in the words of Python's `json`, which FastAPI passes on. */
export interface JsonProblem {
  /** Characters from the start. */
  offset: number;
  message: string;
}

/** Finds the first problem of a text that `JSON.parse` refused. */
export function findJsonProblem(text: string): JsonProblem {
  const number = /-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?/y;
  const word = /true|false|null|NaN|-?Infinity/y;
  const escapeSequence = /\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4})/y;
  let position = 0;

  function fail(message: string, offset = position): never {
    throw new Found({ offset, message });
  }
  function skipSpace(): void {
    while (' \t\n\r'.includes(text[position] ?? 'x')) position += 1;
  }
  function take(pattern: RegExp): boolean {
    pattern.lastIndex = position;
    const [found] = pattern.exec(text) ?? [];
    position += found?.length ?? 0;
    return found !== undefined;
  }
  function scanString(): void {
    const start = position;
    position += 1;
    for (;;) {
      while (position < text.length && text[position] !== '"' && text[position] !== '\\' && text.charCodeAt(position) >= 0x20)
        position += 1;
      if (position >= text.length) fail('Unterminated string starting at', start);
      if (text[position] === '"') {
        position += 1;
        return;
      }
      if (text[position] !== '\\') fail('Invalid control character at');
      if (!take(escapeSequence)) fail(text[position + 1] === 'u' ? 'Invalid \\uXXXX escape' : 'Invalid \\escape');
    }
  }
  function scanObject(): void {
    position += 1;
    skipSpace();
    if (text[position] === '}') {
      position += 1;
      return;
    }
    for (;;) {
      if (text[position] !== '"') fail('Expecting property name enclosed in double quotes');
      scanString();
      skipSpace();
      if (text[position] !== ':') fail("Expecting ':' delimiter");
      position += 1;
      if (scanSeparator('}')) return;
    }
  }
  function scanArray(): void {
    position += 1;
    skipSpace();
    if (text[position] === ']') {
      position += 1;
      return;
    }
    while (!scanSeparator(']'));
  }
  /** A value and what follows it; true where that closes the container. */
  function scanSeparator(end: string): boolean {
    scanValue();
    skipSpace();
    const character = text[position];
    if (character !== end && character !== ',') fail("Expecting ',' delimiter");
    position += 1;
    skipSpace();
    return character === end;
  }
  function scanValue(): void {
    skipSpace();
    const character = text[position];
    if (character === '{') scanObject();
    else if (character === '[') scanArray();
    else if (character === '"') scanString();
    else if (!take(word) && !take(number)) fail('Expecting value');
  }

  try {
    scanValue();
    skipSpace();
    return { offset: position, message: 'Extra data' };
  } catch (error) {
    if (error instanceof Found) return error.problem;
    // Deeper than the stack: JSON.parse copes with that, so there is no wording to copy.
    return { offset: position, message: 'Expecting value' };
  }
}

class Found extends Error {
  readonly problem: JsonProblem;
  constructor(problem: JsonProblem) {
    super(problem.message);
    this.problem = problem;
  }
}
