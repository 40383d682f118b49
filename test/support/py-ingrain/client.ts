import { Agent, type IncomingMessage, request } from 'node:http';
import type { IngrainBody } from './body.ts';

/** From this size on, libcurl asks before it sends a body. */
const expectFromBytes = 1024 ** 2;

/** What a call gave: the status and the parsed body. */
export interface PythonAnswer {
  status: number;
  body: IngrainBody;
  /** Whether the connection was there before. */
  reusedConnection: boolean;
}

/** The calls of the Python package `ingrain`, on the wire. */
export interface PythonClient extends Disposable {
  get(url: string, parameters?: Record<string, string>): Promise<PythonAnswer>;
  post(url: string, body: object): Promise<PythonAnswer>;
  delete(url: string, body: object): Promise<PythonAnswer>;
}

/**
 * Speaks HTTP as py-ingrain's `PyCURLEngine` does: one handle for everything. Its connections stay open, a GET after a POST carries
 * that POST's body again with its length and type, and bodies from 1 MiB on wait for `100 Continue`.
 */
export function createPythonClient(): PythonClient {
  const agent = new Agent({ keepAlive: true, maxSockets: 1 });
  let fields: Buffer | null = null;

  function perform(method: string, url: string): Promise<PythonAnswer> {
    const { promise, resolve, reject } = Promise.withResolvers<PythonAnswer>();
    const asks = fields !== null && fields.length >= expectFromBytes;
    const sent = request(url, {
      method,
      agent,
      headers: {
        'user-agent': 'ingrain-client/1.0.0',
        accept: '*/*',
        'accept-encoding': 'gzip, deflate',
        'content-type': 'application/json',
        ...(fields === null ? {} : { 'content-length': fields.length }),
        ...(asks ? { expect: '100-continue' } : {}),
      },
    });
    sent.on('error', reject);
    sent.on('response', (response) => void readAll(response).then((text) => resolve(toAnswer(response, text, sent.reusedSocket)), reject));
    if (asks) {
      sent.on('continue', () => sent.end(fields));
      sent.flushHeaders();
    } else sent.end(fields ?? undefined);
    return promise;
  }

  return {
    get: (url, parameters) => perform('GET', parameters ? `${url}?${new URLSearchParams(parameters)}` : url),
    post(url, body) {
      fields = Buffer.from(JSON.stringify(body));
      return perform('POST', url);
    },
    delete(url, body) {
      fields = Buffer.from(JSON.stringify(body));
      return perform('DELETE', url);
    },
    [Symbol.dispose]: () => agent.destroy(),
  };
}

async function readAll(response: IncomingMessage): Promise<string> {
  return Buffer.concat(await Array.fromAsync(response)).toString('utf8');
}

function toAnswer(response: IncomingMessage, text: string, reusedConnection: boolean): PythonAnswer {
  return { status: response.statusCode ?? 0, body: JSON.parse(text) as IngrainBody, reusedConnection };
}
