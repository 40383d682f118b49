import type { IncomingMessage } from 'node:http';

/** A body, or why there is none. */
export type BodyResult = { kind: 'body'; bytes: Buffer } | { kind: 'tooLarge' } | { kind: 'gone' };

/** Whether a request announces a body above the limit. */
export function announcesTooMuch(request: IncomingMessage, limitBytes: number): boolean {
  return Number(request.headers['content-length'] ?? 0) > limitBytes;
}

export interface BodyOptions {
  limitBytes: number;
  /** False reads it all and throws it away. */
  keeps: boolean;
}

/** Reads a whole body. One that grows above the limit is given up at once; `gone` means that the client left. */
export function readBody(request: IncomingMessage, { limitBytes, keeps }: BodyOptions): Promise<BodyResult> {
  if (announcesTooMuch(request, limitBytes)) return Promise.resolve({ kind: 'tooLarge' });
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    let sizeBytes = 0;
    const settle = (result: BodyResult) => {
      request.off('data', onData);
      resolve(result);
    };
    const onData = (chunk: Buffer) => {
      sizeBytes += chunk.byteLength;
      if (sizeBytes > limitBytes) return settle({ kind: 'tooLarge' });
      if (keeps) chunks.push(chunk);
    };
    request.on('data', onData);
    request.once('end', () => settle({ kind: 'body', bytes: Buffer.concat(chunks) }));
    request.once('error', () => settle({ kind: 'gone' }));
    request.once('close', () => settle({ kind: 'gone' }));
  });
}
