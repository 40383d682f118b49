/** Texts as Python's standard library writes them, for APIs whose originals are written in it. */

/** A number that Python has as a float: `1.0`, where JSON has `1`. */
export class PythonFloat {
  readonly value: number;
  constructor(value: number) {
    this.value = value;
  }
}

/** `json.dumps` with its defaults: a space behind commas and colons, and ASCII alone. */
export function pythonJson(value: unknown): string {
  if (value instanceof PythonFloat) return Number.isInteger(value.value) ? value.value.toFixed(1) : String(value.value);
  if (typeof value === 'string') return toAscii(JSON.stringify(value));
  if (Array.isArray(value)) return `[${value.map(pythonJson).join(', ')}]`;
  if (typeof value === 'object' && value !== null) {
    return `{${Object.entries(value)
      .map(([key, member]) => `${pythonJson(key)}: ${pythonJson(member)}`)
      .join(', ')}}`;
  }
  return JSON.stringify(value);
}

function toAscii(text: string): string {
  // By UTF-16 unit, as JSON's escapes are.
  return text.replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`);
}

/** `str.title()`: each run of letters begins with a capital and goes on in small ones, behind digits and apostrophes too. */
export function titleCase(text: string): string {
  return text.replace(/\p{Cased}+/gu, (run) => {
    const [first = '', ...rest] = run;
    const [head = '', ...tail] = first.toUpperCase();
    return head + [...tail, ...rest].join('').toLowerCase();
  });
}
