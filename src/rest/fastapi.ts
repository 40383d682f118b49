import type { z } from 'zod';
import { explainIssue, type ValidationItem } from './fastapi-issue.ts';
import type { Answer, FamilyErrors } from './route.ts';

/** What FastAPI answers when it refuses a request by itself; observed with FastAPI 0.142 and pydantic 2.13. */
export const fastapiErrors: FamilyErrors = {
  notFound: () => detail(404, 'Not Found'),
  methodNotAllowed: (allowed) => ({ ...detail(405, 'Method Not Allowed'), headers: { allow: allowed.join(', ') } }),
  unauthenticated: (message) => ({ ...detail(401, message), headers: { 'www-authenticate': 'Bearer' } }),
  forbidden: (message) => detail(403, message),
  tooLarge: (limitBytes) => detail(413, `The request body is larger than ${limitBytes} bytes.`),
  undecodable: () => detail(400, 'There was an error parsing the body'),
  notJson: ({ offset, message }) =>
    validationAnswer([{ type: 'json_invalid', loc: ['body', offset], msg: 'JSON decode error', input: {}, ctx: { error: message } }]),
  invalid: (part, input, issues) => validationAnswer(explain(part, input, issues)),
  internal: () => ({ status: 500, body: 'Internal Server Error' }),
};

/** A 422 with these items. */
export function validationAnswer(items: readonly ValidationItem[]): Answer {
  return { status: 422, body: { detail: items } };
}

function explain(part: 'body' | 'query', input: unknown, issues: readonly z.core.$ZodIssue[]): ValidationItem[] {
  if (part === 'body' && (input === undefined || input === null))
    return [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }];
  // A missing body field shows the whole body; a missing parameter shows null.
  const missing = part === 'body' ? input : null;
  return issues.flatMap((issue) => explainIssue(issue, { loc: [part], input, missing }));
}

function detail(status: number, text: string): Answer {
  return { status, body: { detail: text } };
}
