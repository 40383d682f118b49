import type { IncomingMessage } from 'node:http';
import busboy from 'busboy';
import { ModelkeepError } from '../errors.ts';
import type { Services } from '../graphql/context.ts';
import type { UploadedFile } from '../rest/route.ts';

/** What became of a form with files: its fields, the files in the upload store; or why there is none. */
export type FormResult =
  | { kind: 'fields'; fields: Record<string, unknown>; files: UploadedFile[] }
  | { kind: 'undecodable' }
  | { kind: 'refused'; error: ModelkeepError }
  | { kind: 'gone' };

const limits = { fieldSize: 64 * 1024, fields: 100, files: 4, parts: 104 };

/**
 * Reads a multipart form whose files may be of any size: each goes to disk as it comes. Files of a form that is not whole are
 * removed again. Of a field that comes twice the last counts.
 */
export function receiveForm(
  request: IncomingMessage,
  { uploads, signal }: { uploads: Services['lifecycle']['uploads']; signal: AbortSignal },
): Promise<FormResult> {
  if (!/^(multipart\/form-data|application\/x-www-form-urlencoded)\b/i.test(request.headers['content-type'] ?? '')) {
    // No form has no fields: which ones are missed, the route says.
    request.resume();
    return Promise.resolve({ kind: 'fields', fields: {}, files: [] });
  }
  return new Promise((resolve) => {
    const fields = new Map<string, unknown>();
    const pending: Promise<UploadedFile | null>[] = [];
    let failure: FormResult | null = null;
    let isSettled = false;

    async function settle(): Promise<void> {
      if (isSettled) return;
      isSettled = true;
      const files = (await Promise.all(pending)).filter((file) => file !== null);
      if (failure) {
        for (const { id } of files) await uploads.drop(id);
        return resolve(failure);
      }
      resolve({ kind: 'fields', fields: Object.fromEntries(fields), files });
    }
    function fail(reason: FormResult): void {
      failure ??= reason;
      request.unpipe();
      request.resume();
      void settle();
    }

    let parser: ReturnType<typeof busboy>;
    try {
      parser = busboy({ headers: request.headers, limits, defParamCharset: 'utf8' });
    } catch {
      return fail({ kind: 'undecodable' });
    }
    parser.on('field', (name, value) => fields.set(name, value));
    parser.on('file', (name, stream, { filename, mimeType }) => {
      // It may fail before it is read: who reads it is told then.
      stream.on('error', () => {});
      const receiving = uploads
        .receive(stream, { fileName: filename ?? null, expectedBytes: Number(request.headers['content-length'] ?? 0), signal })
        .then(
          ({ id, sizeBytes }) => {
            const file = { id, fileName: filename ?? null, contentType: mimeType, sizeBytes };
            fields.set(name, file);
            return file;
          },
          (error: unknown) => {
            stream.resume();
            fail(error instanceof ModelkeepError ? { kind: 'refused', error } : { kind: 'undecodable' });
            return null;
          },
        );
      pending.push(receiving);
    });
    for (const event of ['error', 'partsLimit', 'filesLimit', 'fieldsLimit'] as const)
      parser.on(event, () => fail({ kind: 'undecodable' }));
    parser.on('close', () => void settle());
    request.once('close', () => {
      if (!request.complete) {
        failure ??= { kind: 'gone' };
        parser.destroy();
        void settle();
      }
    });
    request.pipe(parser);
  });
}
