import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A model that was created. */
export interface CreatedModel {
  model: string;
  files?: Record<string, string>;
  adapters?: Record<string, string>;
  [field: string]: unknown;
}

/** What goes wrong, once each. */
export type OllamaFault = 'blob-refused' | 'blob-damaged' | 'blob-cut' | 'error-line' | 'create-cut' | 'text-error' | 'unfinished';

/** An Ollama on loopback, as far as it takes models: its blobs and its `create`. */
export interface StandInOllama extends AsyncDisposable {
  readonly url: string;
  readonly blobs: Map<string, Buffer>;
  readonly created: CreatedModel[];
  /** Method and path of each request. */
  readonly requests: string[];
  fault: OllamaFault | null;
  /** Blobs are not answered until this resolves. */
  hold: Promise<void> | null;
}

export async function startStandInOllama(): Promise<StandInOllama> {
  const blobs = new Map<string, Buffer>();
  const created: CreatedModel[] = [];
  const requests: string[] = [];
  const server = createServer((request, response) => void answer(request, response).catch(() => response.destroy()));
  const standIn = {
    url: '',
    blobs,
    created,
    requests,
    fault: null as OllamaFault | null,
    hold: null as Promise<void> | null,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };

  function takeFault(...kinds: OllamaFault[]): OllamaFault | null {
    const { fault } = standIn;
    if (fault === null || !kinds.includes(fault)) return null;
    standIn.fault = null;
    return fault;
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { method, url = '' } = request;
    requests.push(`${method} ${url}`);
    const digest = /^\/api\/blobs\/(sha256:[0-9a-f]{64})$/.exec(url)?.[1];
    if (digest && method === 'HEAD') return void response.writeHead(blobs.has(digest) ? 200 : 404).end();
    if (digest && method === 'POST') return receiveBlob(request, response, digest);
    if (url === '/api/create' && method === 'POST') return create(request, response);
    refuse(response, 404, 'page not found');
  }

  async function receiveBlob(request: IncomingMessage, response: ServerResponse, digest: string): Promise<void> {
    await standIn.hold;
    if (takeFault('blob-cut')) return void request.socket.destroy();
    const body = await bodyOf(request);
    if (takeFault('blob-refused')) return refuse(response, 507, 'no space left on device');
    const damaged = takeFault('blob-damaged') ? Buffer.concat([body, Buffer.from('x')]) : body;
    const actual = `sha256:${createHash('sha256').update(damaged).digest('hex')}`;
    if (actual !== digest) return refuse(response, 400, `digest mismatch, expected "${digest}", got "${actual}"`);
    blobs.set(digest, body);
    response.writeHead(201).end();
  }

  async function create(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const asked = JSON.parse(String(await bodyOf(request))) as CreatedModel;
    if (takeFault('text-error')) return void response.writeHead(502, { 'content-type': 'text/plain' }).end('bad gateway');
    if (!/^[\w][\w./:-]*$/.test(asked.model)) return refuse(response, 400, 'invalid model name');
    if (!asked.files) return refuse(response, 400, "neither 'from' or 'files' was specified");
    if (Object.keys(asked.adapters ?? {}).length > 1) return refuse(response, 400, 'only one adapter is currently supported');
    const used = [...Object.values(asked.files), ...Object.values(asked.adapters ?? {})];
    for (const digest of used) {
      const bytes = blobs.get(digest);
      if (!bytes) return refuse(response, 400, `blob ${digest} not found`);
      if (bytes.toString('latin1', 0, 4) !== 'GGUF') return refuse(response, 400, 'supplied file was not in GGUF format');
    }
    response.writeHead(200, { 'content-type': 'application/x-ndjson' });
    const say = (line: object) => response.write(`${JSON.stringify(line)}\n`);
    say({ status: 'parsing GGUF' });
    for (const digest of used) say({ status: `using existing layer ${digest}` });
    if (takeFault('error-line')) return void response.end('{"error":"unsupported architecture"}\n');
    if (takeFault('create-cut')) return void setImmediate(() => response.destroy());
    if (takeFault('unfinished')) return void response.end();
    created.push(asked);
    response.end('{"status":"writing manifest"}\n{"status":"success"}\n');
  }

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  standIn.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return standIn;
}

function refuse(response: ServerResponse, status: number, error: string): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8' }).end(JSON.stringify({ error }));
}

async function bodyOf(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}
