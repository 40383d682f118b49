import type { RawAnswer } from './raw-http.ts';

/**
 * What is wrong with an answer to a request that may be anything: null where nothing is. A failure of the server must name
 * what failed; nothing may show where the program lies or how it is built.
 */
export function complaintAbout({ status, body, ended }: RawAnswer, { mayBeSilent }: { mayBeSilent: boolean }): string | null {
  if (showsInside(body)) return `shows its inside: ${body.slice(0, 500)}`;
  if (status === null) return ended || mayBeSilent ? null : 'was not answered';
  if (!ended && !mayBeSilent) return `was not answered to the end: ${status} ${body.slice(0, 200)}`;
  if (status >= 500 && !isTyped(body)) return `untyped ${status}: ${body.slice(0, 500)}`;
  if (/"code":"INTERNAL"/.test(body)) return `INTERNAL: ${body.slice(0, 500)}`;
  return null;
}

/** Whether a text has a stack, or a path of this machine. */
export function showsInside(text: string): boolean {
  return /node_modules|\.[tj]s:\d+|\n\s+at \w|modelkeep-test-|SQLITE_/.test(text);
}

function isTyped(body: string): boolean {
  const text = body.replace(/^[0-9a-f]+\r\n/i, '').replace(/\r\n0\r\n\r\n$/, '');
  try {
    const { detail, error, errors, ready } = JSON.parse(text) as Record<string, unknown>;
    return typeof detail === 'string' || typeof error === 'string' || Array.isArray(errors) || ready === false;
  } catch {
    return false;
  }
}
