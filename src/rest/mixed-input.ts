import busboy from 'busboy';
import { findJsonProblem, type JsonProblem } from './json-problem.ts';

/** A file of a multipart body, read whole: the body's limit holds for it. */
export interface FormFile {
  fileName: string;
  contentType: string;
  bytes: Buffer;
}

/** A field that came more than once is a list, in order. */
export type MixedInput =
  | { kind: 'fields'; fields: Record<string, unknown> }
  | { kind: 'notJson'; problem: JsonProblem }
  | { kind: 'undecodable' };

/** More parts than any client sends. */
const maxParts = 1000;

/**
 * The fields of a request that may come as parameters of the query, as a JSON object, as a form or as multipart, in any mix;
 * the body wins. For clients of APIs that changed their mind over the years.
 */
export async function readMixedInput(request: { queryText: string; body: Buffer; contentType: string }): Promise<MixedInput> {
  const query = collect(new URLSearchParams(request.queryText));
  const body = await readFields(request);
  return body.kind === 'fields' ? { kind: 'fields', fields: { ...query, ...body.fields } } : body;
}

async function readFields({ body, contentType }: { body: Buffer; contentType: string }): Promise<MixedInput> {
  if (/^multipart\/form-data\b/i.test(contentType)) return readMultipart(body, contentType);
  const text = decodeUtf8(body);
  if (text === null) return { kind: 'undecodable' };
  if (text.trim() === '') return { kind: 'fields', fields: {} };
  // Some clients send JSON under the form's type, which is what curl's -d says by itself.
  const isForm = /^application\/x-www-form-urlencoded\b/i.test(contentType) && !/^\s*[[{"]/.test(text);
  if (isForm) return { kind: 'fields', fields: collect(new URLSearchParams(text)) };
  try {
    const value: unknown = JSON.parse(text);
    // `null` stands for a body without fields; what else is no object fits no field either.
    return { kind: 'fields', fields: typeof value === 'object' && value !== null && !Array.isArray(value) ? { ...value } : {} };
  } catch {
    return { kind: 'notJson', problem: findJsonProblem(text) };
  }
}

function readMultipart(body: Buffer, contentType: string): Promise<MixedInput> {
  return new Promise((resolve) => {
    const entries: [string, string | FormFile][] = [];
    const undecodable = () => resolve({ kind: 'undecodable' });
    try {
      const parser = busboy({ headers: { 'content-type': contentType }, limits: { parts: maxParts, fieldSize: Number.POSITIVE_INFINITY } });
      parser.on('field', (name, value) => entries.push([name, value]));
      parser.on('file', (name, file, { filename = '', mimeType }) => {
        const chunks: Buffer[] = [];
        file.on('data', (chunk: Buffer) => chunks.push(chunk));
        file.on('end', () => entries.push([name, { fileName: filename, contentType: mimeType, bytes: Buffer.concat(chunks) }]));
      });
      parser.on('error', undecodable);
      parser.on('partsLimit', undecodable);
      parser.on('close', () => resolve({ kind: 'fields', fields: collect(entries) }));
      parser.end(body);
    } catch {
      // No boundary in the content type.
      undecodable();
    }
  });
}

function collect(entries: Iterable<[string, unknown]>): Record<string, unknown> {
  const fields = Map.groupBy(entries, ([name]) => name);
  return Object.fromEntries(
    [...fields].map(([name, values]) => [name, values.length === 1 ? values[0]?.[1] : values.map(([, value]) => value)]),
  );
}

function decodeUtf8(bytes: Buffer): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}
