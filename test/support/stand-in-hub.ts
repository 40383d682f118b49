import { createServer, type IncomingHttpHeaders, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { createFaults, type Faults, sendBody } from './stand-in-hub-faults.ts';
import { readRepository, type StandInFile, type StandInRepository, type StandInRepositoryInput } from './stand-in-hub-repository.ts';

/**
 * A real HTTP server on loopback that answers as the Hugging Face hub does: model info, revision, tree, resolve (with the
 * redirect of LFS files), Range, ETag and the X- headers, and whatever faults a test asks for.
 *
 * ```ts
 * await using hub = await startStandInHub({ repositories: { 'intfloat/e5-small-v2': goldenFolder('tiny-bert-st') } });
 * hub.faults.add({ match: 'model.safetensors', cutAtByte: 1000 });
 * ```
 */
export interface StandInHub extends AsyncDisposable {
  /** What HF_ENDPOINT is set to, e.g. `http://127.0.0.1:41234`. */
  readonly url: string;
  /** Where LFS files are redirected to; the same server unless `separateCdn`. */
  readonly cdnUrl: string;
  /** Every request so far, oldest first. */
  readonly requests: StandInRequest[];
  readonly faults: Faults;
  readonly repositories: ReadonlyMap<string, StandInRepository>;
  /** Adds a repository, or puts a new commit in its place. */
  publish(name: string, repository: string | StandInRepositoryInput): StandInRepository;
  /** Connections that are open now, kept ones included. */
  connectionCount(): Promise<number>;
  close(): Promise<void>;
}

/** One request as the hub saw it. */
interface StandInRequest {
  server: 'hub' | 'cdn';
  method: string;
  /** Path with query, as sent. */
  url: string;
  headers: IncomingHttpHeaders;
  /** 0 until answered. */
  status: number;
  /** Bytes of the body that have left, as far as the answer went. */
  sentBytes: number;
}

/** Pieces of the protocol that some hubs and mirrors do not have. */
export type StandInLack =
  | 'revision'
  | 'info'
  | 'tree-at-commit'
  | 'lfs'
  | 'range'
  | 'redirect'
  | 'etag'
  | 'commit-header'
  | 'head'
  | 'linked';

export interface StandInHubOptions {
  repositories?: Record<string, string | StandInRepositoryInput>;
  lacks?: readonly StandInLack[];
  /** Serve the CDN from another port, so another origin. */
  separateCdn?: boolean;
  /** Tree entries per page; default 1000. */
  pageSize?: number;
  /** 0 = any free one. */
  port?: number;
}

/** The model folder of a golden case in `test/golden`. */
export function goldenFolder(name: string): string {
  return fileURLToPath(new URL(`../golden/${name}/model`, import.meta.url));
}

export async function startStandInHub(options: StandInHubOptions = {}): Promise<StandInHub> {
  const { repositories: inputs = {}, lacks = [], separateCdn = false, pageSize = 1000, port = 0 } = options;
  const repositories = new Map(Object.entries(inputs).map(([name, input]) => [name, readRepository(name, input)]));
  const requests: StandInRequest[] = [];
  const faults = createFaults();
  const handle = (server: 'hub' | 'cdn') => (request: IncomingMessage, response: ServerResponse) => {
    const entry: StandInRequest = {
      server,
      method: request.method ?? '',
      url: request.url ?? '',
      headers: request.headers,
      status: 0,
      sentBytes: 0,
    };
    requests.push(entry);
    answer(request, response, entry).then(
      () => {
        entry.status = response.statusCode;
      },
      (error: unknown) => response.destroy(error as Error),
    );
  };
  const servers = [await listen(createServer(handle('hub')), port)];
  if (separateCdn) servers.push(await listen(createServer(handle('cdn')), 0));
  const [url = '', cdnUrl = url] = servers.map((server) => `http://127.0.0.1:${(server.address() as AddressInfo).port}`);

  async function answer(request: IncomingMessage, response: ServerResponse, entry: StandInRequest): Promise<void> {
    const method = request.method ?? 'GET';
    const fault = faults.take(method, request.url ?? '');
    if (fault?.reset) return void request.socket.destroy();
    const planned =
      fault?.status === undefined
        ? route({ repositories, lacks, pageSize, url, cdnUrl, request, mayRange: !fault?.ignoreRange })
        : { status: fault.status, headers: {}, body: Buffer.from(fault.body ?? '') };
    const headers = { 'content-length': String(planned.body.length), ...planned.headers, ...fault?.headers };
    response.statusCode = planned.status;
    for (const [name, value] of Object.entries(headers)) if (value !== null) response.setHeader(name, value);
    if (method === 'HEAD') return void response.end();
    const onSent = (bytes: number) => {
      entry.sentBytes += bytes;
    };
    await sendBody(response, planned.body, { fault, onSent });
  }

  async function close(): Promise<void> {
    faults.clear();
    for (const server of servers) server.closeAllConnections();
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }

  return {
    url,
    cdnUrl,
    requests,
    faults,
    repositories,
    publish(name, input) {
      const repository = readRepository(name, input);
      repositories.set(name, repository);
      return repository;
    },
    async connectionCount() {
      const counts = servers.map(
        (server) =>
          new Promise<number>((resolve, reject) => server.getConnections((error, count) => (error ? reject(error) : resolve(count)))),
      );
      return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
    },
    close,
    [Symbol.asyncDispose]: close,
  };
}

interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Buffer;
}

interface Question {
  repositories: ReadonlyMap<string, StandInRepository>;
  lacks: readonly StandInLack[];
  pageSize: number;
  url: string;
  cdnUrl: string;
  request: IncomingMessage;
  mayRange: boolean;
}

function route(question: Question): Answer {
  const { request, repositories, lacks, cdnUrl, url } = question;
  const address = new URL(request.url ?? '/', url);
  const path = address.pathname.slice(1);
  if (request.method === 'HEAD' && lacks.includes('head')) return failure(405, null, 'Method Not Allowed');
  const name = [...repositories.keys()].find((key) =>
    [`${key}/`, `api/models/${key}/`, `cdn/${key}/`].some((start) => `${path}/`.startsWith(start)),
  );
  const repository = name === undefined ? undefined : repositories.get(name);
  // As the real hub: without a token it does not tell "private" from "unknown".
  if (repository === undefined)
    return request.headers.authorization ? failure(404, 'RepoNotFound') : failure(401, 'RepoNotFound', 'Invalid username or password.');
  const rest = path.slice(path.indexOf(repository.name) + repository.name.length + 1);
  if (path.startsWith('cdn/'))
    return content(
      question,
      [...repository.files.values()].find((file) => file.sha256 === rest),
      {},
    );
  const hasToken = request.headers.authorization === `Bearer ${repository.token}`;
  if (repository.token !== null && !repository.isGated && !hasToken) return failure(401, 'RepoNotFound', 'Invalid username or password.');
  if (path.startsWith('api/models/')) return api(question, repository, rest, address);
  const [verb, revision = '', ...parts] = rest.split('/');
  if (verb !== 'resolve') return failure(404, 'EntryNotFound');
  if (!isRevision(repository, decodeURIComponent(revision))) return failure(404, 'RevisionNotFound');
  if (repository.isGated && !hasToken)
    return failure(request.headers.authorization ? 403 : 401, 'GatedRepo', 'Access to this model is restricted.');
  const file = repository.files.get(decodeURIComponent(parts.join('/')));
  const common: Record<string, string> = lacks.includes('commit-header') ? {} : { 'x-repo-commit': repository.commit };
  if (file === undefined) return failure(404, 'EntryNotFound', 'Entry not found', common);
  if (!file.isLfs || lacks.includes('redirect')) return content(question, file, common);
  const linked = lacks.includes('linked') ? {} : { 'x-linked-etag': `"${file.sha256}"`, 'x-linked-size': String(file.content.length) };
  return {
    status: 302,
    headers: { ...common, ...linked, location: `${cdnUrl}/cdn/${repository.name}/${file.sha256}` },
    body: Buffer.from('Found'),
  };
}

function api({ lacks, pageSize, url }: Question, repository: StandInRepository, rest: string, address: URL): Answer {
  const [verb = '', revision = '', ...under] = rest.split('/');
  const info = {
    _id: 'stand-in',
    id: repository.name,
    sha: repository.commit,
    private: repository.token !== null,
    gated: repository.isGated ? 'auto' : false,
  };
  const siblings = [...repository.files.keys()].map((rfilename) => ({ rfilename }));
  if (verb === '') return lacks.includes('info') ? failure(404, null) : json({ ...info, siblings });
  const wanted = decodeURIComponent(revision);
  if (!isRevision(repository, wanted) || (verb === 'tree' && wanted === repository.commit && lacks.includes('tree-at-commit')))
    return failure(404, 'RevisionNotFound');
  if (verb === 'revision') return lacks.includes('revision') ? failure(404, null) : json({ ...info, siblings });
  if (verb !== 'tree') return failure(404, null);
  const entries = treeEntries(repository, under.join('/'), address.searchParams.get('recursive') === 'true', lacks);
  const start = Number(address.searchParams.get('cursor') ?? 0);
  const next = new URL(address);
  next.searchParams.set('cursor', String(start + pageSize));
  const link = start + pageSize < entries.length ? { link: `<${url}${next.pathname}${next.search}>; rel="next"` } : {};
  return json(entries.slice(start, start + pageSize), link);
}

function treeEntries(repository: StandInRepository, folder: string, isRecursive: boolean, lacks: readonly StandInLack[]): object[] {
  const start = folder === '' ? '' : `${folder}/`;
  const folders = new Set<string>();
  const files: object[] = [];
  for (const file of repository.files.values()) {
    if (!file.path.startsWith(start)) continue;
    const parts = file.path.slice(start.length).split('/').slice(0, -1);
    for (let depth = 1; depth <= (isRecursive ? parts.length : Math.min(1, parts.length)); depth += 1)
      folders.add(start + parts.slice(0, depth).join('/'));
    if (!isRecursive && parts.length > 0) continue;
    const lfs = file.isLfs && !lacks.includes('lfs') ? { lfs: { oid: file.sha256, size: file.content.length, pointerSize: 134 } } : {};
    files.push({ type: 'file', oid: file.gitSha1, size: file.content.length, path: file.path, ...lfs });
  }
  return [...[...folders].map((path) => ({ type: 'directory', oid: '0'.repeat(40), size: 0, path })), ...files];
}

function content({ request, lacks, mayRange }: Question, file: StandInFile | undefined, common: Record<string, string>): Answer {
  if (file === undefined) return failure(404, 'EntryNotFound');
  const etag: Record<string, string> = lacks.includes('etag') ? {} : { etag: `"${file.isLfs ? file.sha256 : file.gitSha1}"` };
  const type = file.path.endsWith('.json') ? 'text/plain; charset=utf-8' : 'application/octet-stream';
  const headers = { 'content-type': type, ...common, ...etag };
  const [, first, last = ''] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  if (first === undefined || !mayRange || lacks.includes('range')) return { status: 200, headers, body: file.content };
  const size = file.content.length;
  if (Number(first) >= size) return { status: 416, headers: { ...headers, 'content-range': `bytes */${size}` }, body: Buffer.alloc(0) };
  const end = last === '' ? size : Math.min(size, Number(last) + 1);
  return {
    status: 206,
    headers: { ...headers, 'content-range': `bytes ${first}-${end - 1}/${size}` },
    body: file.content.subarray(Number(first), end),
  };
}

function isRevision(repository: StandInRepository, revision: string): boolean {
  return revision === repository.commit || revision === 'HEAD' || repository.branches.includes(revision);
}

function json(value: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status: 200,
    headers: { 'content-type': 'application/json; charset=utf-8', ...headers },
    body: Buffer.from(JSON.stringify(value)),
  };
}

function failure(status: number, code: string | null, message = 'Not found', headers: Record<string, string> = {}): Answer {
  const named = code === null ? {} : { 'x-error-code': code, 'x-error-message': message };
  return { ...json({ error: message }, { ...named, ...headers }), status };
}

function listen(server: Server, port: number): Promise<Server> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve(server));
  });
}
