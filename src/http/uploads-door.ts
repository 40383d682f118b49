import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { FileStore } from '@tus/file-store';
import { Server } from '@tus/server';
import { InsufficientDiskError, InvalidInputError } from '../errors.ts';
import type { Services } from '../graphql/context.ts';
import { writeAnswer } from './answer.ts';

/** Where resumable uploads go. */
const uploadsPath = '/uploads';

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const methods = new Set(['POST', 'PATCH', 'HEAD', 'DELETE', 'OPTIONS']);

export type UploadsDoor = ReturnType<typeof createUploadsDoor>;

/**
 * Resumable uploads by the tus protocol 1.0 (https://tus.io): a client creates one, sends it in pieces, asks how far it got after whatever
 * went wrong, goes on. The finished one's id is what `uploadModel` and `deployModel` take.
 */
export function createUploadsDoor({
  lifecycle: { uploads },
  config: { maxUploadBytes },
  log,
}: Pick<Services, 'lifecycle' | 'config' | 'log'>) {
  const tus = new Server({
    path: uploadsPath,
    datastore: new FileStore({ directory: uploads.folder }),
    maxSize: maxUploadBytes,
    relativeLocation: true,
    respectForwardedHeaders: false,
    // What browsers may do is settled before: its headers must not be written over.
    allowedOrigins: () => false,
    namingFunction: () => randomUUID(),
    getFileIdFromRequest: (_request, lastPath) => (lastPath && uuid.test(lastPath) ? lastPath : undefined),
    async onUploadCreate(_request, { size }) {
      await uploads.requireSpace(size ?? 0);
      return {};
    },
    onResponseError(_request, error) {
      if (error instanceof InsufficientDiskError) return { status_code: 507, body: `${error.message}\n` };
      if (error instanceof InvalidInputError) return { status_code: 413, body: `${error.message}\n` };
      if ('status_code' in error && error.status_code < 500) return undefined;
      log.error({ err: error }, 'an upload failed unexpectedly');
      return { status_code: 500, body: 'The piece could not be kept. Ask how far the upload got, and go on from there.\n' };
    },
  });

  return {
    owns: (path: string) => path === uploadsPath || path.startsWith(`${uploadsPath}/`),
    async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
      // What was sent is not given back: the protocol's library would.
      if (!methods.has(request.method ?? '')) {
        const headers = { allow: [...methods].join(', ') };
        return writeAnswer(request, response, { status: 405, body: 'Method Not Allowed', headers });
      }
      await tus.handle(request, response);
    },
  };
}
