import type { z } from 'zod';

/** One item of a 422's `detail`. */
export interface ValidationItem {
  type: string;
  /** Where: `body` or `query`, then keys, positions, and in a union the kind that was tried. */
  loc: (string | number)[];
  msg: string;
  /** What was there. */
  input: unknown;
  ctx?: Record<string, unknown>;
}

interface Place {
  /** Where `input` is. */
  loc: (string | number)[];
  /** The value that the issue's path starts from. */
  input: unknown;
  /** What a missing value shows as its input. */
  missing: unknown;
}

/** A zod issue in pydantic's words: one item, or one for each kind of a union that was tried. */
export function explainIssue(issue: z.core.$ZodIssue, { loc: start, input, missing }: Place): ValidationItem[] {
  const loc = [...start, ...issue.path.map((key) => (typeof key === 'symbol' ? String(key) : key))];
  const value = valueAt(input, issue.path);
  if (value === undefined && issue.path.length > 0) {
    const parent = issue.path.length === 1 ? missing : valueAt(input, issue.path.slice(0, -1));
    return [{ type: 'missing', loc, msg: 'Field required', input: parent }];
  }
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    return issue.errors.flatMap((branch) => explainBranch(branch, { loc, input: value, missing: value }));
  }
  const { type, msg, ctx } = wording(issue, value);
  return [{ type, loc, msg, input: value, ...(ctx ? { ctx } : {}) }];
}

/** One kind of a union, named the way pydantic does it: `str`, `list[str]`, … */
function explainBranch(issues: readonly z.core.$ZodIssue[], place: Place): ValidationItem[] {
  const [first] = issues;
  if (first?.code === 'invalid_type' && first.expected === 'null') return [];
  const isInside = (first?.path.length ?? 0) > 0;
  const kind = isInside || (first?.code === 'invalid_type' && first.expected === 'array') ? 'list[str]' : kindOf(first);
  return issues.flatMap((issue) => explainIssue(issue, { ...place, loc: [...place.loc, kind] }));
}

function kindOf(issue: z.core.$ZodIssue | undefined): string {
  if (issue?.code !== 'invalid_type') return 'value';
  return { string: 'str', boolean: 'bool', number: 'int', int: 'int' }[issue.expected as string] ?? issue.expected;
}

function wording(issue: z.core.$ZodIssue, value: unknown): Pick<ValidationItem, 'type' | 'msg' | 'ctx'> {
  switch (issue.code) {
    case 'invalid_type':
      return wrongType(issue.expected, value);
    case 'invalid_value': {
      const expected = inWords(issue.values.map((choice) => `'${String(choice)}'`));
      return { type: 'literal_error', msg: `Input should be ${expected}`, ctx: { expected } };
    }
    case 'too_small':
      return tooSmall(issue);
    case 'too_big':
      return issue.inclusive === false
        ? { type: 'less_than', msg: `Input should be less than ${issue.maximum}`, ctx: { lt: Number(issue.maximum) } }
        : { type: 'less_than_equal', msg: `Input should be less than or equal to ${issue.maximum}`, ctx: { le: Number(issue.maximum) } };
    default:
      return { type: 'value_error', msg: `Value error, ${issue.message}`, ctx: { error: {} } };
  }
}

function wrongType(expected: string, value: unknown): Pick<ValidationItem, 'type' | 'msg'> {
  switch (expected) {
    case 'string':
      return { type: 'string_type', msg: 'Input should be a valid string' };
    case 'boolean':
      return isScalar(value)
        ? { type: 'bool_parsing', msg: 'Input should be a valid boolean, unable to interpret input' }
        : { type: 'bool_type', msg: 'Input should be a valid boolean' };
    case 'int':
    case 'number':
      return wrongInteger(value);
    case 'array':
      return { type: 'list_type', msg: 'Input should be a valid list' };
    case 'record':
      return { type: 'dict_type', msg: 'Input should be a valid dictionary' };
    case 'object':
      return { type: 'model_attributes_type', msg: 'Input should be a valid dictionary or object to extract fields from' };
    default:
      return { type: `${expected}_type`, msg: `Input should be a valid ${expected}` };
  }
}

function wrongInteger(value: unknown): Pick<ValidationItem, 'type' | 'msg'> {
  if (typeof value === 'string')
    return { type: 'int_parsing', msg: 'Input should be a valid integer, unable to parse string as an integer' };
  if (typeof value === 'number')
    return { type: 'int_from_float', msg: 'Input should be a valid integer, got a number with a fractional part' };
  return { type: 'int_type', msg: 'Input should be a valid integer' };
}

function tooSmall({ origin, minimum, inclusive }: z.core.$ZodIssueTooSmall): Pick<ValidationItem, 'type' | 'msg' | 'ctx'> {
  if (origin === 'string') {
    const characters = `${minimum} character${minimum === 1 ? '' : 's'}`;
    return { type: 'string_too_short', msg: `String should have at least ${characters}`, ctx: { min_length: Number(minimum) } };
  }
  return inclusive === false
    ? { type: 'greater_than', msg: `Input should be greater than ${minimum}`, ctx: { gt: Number(minimum) } }
    : { type: 'greater_than_equal', msg: `Input should be greater than or equal to ${minimum}`, ctx: { ge: Number(minimum) } };
}

/** `'a', 'b' or 'c'`. */
function inWords(choices: readonly string[]): string {
  const last = choices.at(-1) ?? '';
  return choices.length > 1 ? `${choices.slice(0, -1).join(', ')} or ${last}` : last;
}

function isScalar(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'number';
}

function valueAt(root: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (typeof value === 'object' && value !== null ? (value as Record<PropertyKey, unknown>)[key] : undefined),
    root,
  );
}
