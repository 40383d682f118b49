import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { goldenImage } from './golden-images.ts';

/** A server of images on loopback, with all that can go wrong. */
export interface ImageServer extends AsyncDisposable {
  /** e.g. `http://127.0.0.1:41234`; its paths are those of `answers`, and `/golden/NAME`. */
  readonly url: string;
  readonly port: number;
  readonly seen: { path: string; headers: IncomingHttpHeaders }[];
  /** Requests that it has not answered: those for `/held`, until `release`. */
  readonly held: Set<ServerResponse>;
  /** The most it had to do at once. */
  readonly mostAtOnce: number;
  release(): void;
}

const megabyte = Buffer.alloc(1024 ** 2);
const tenGigabytes = 10 * 1000 ** 3;

const answers: Record<string, (request: IncomingMessage, response: ServerResponse) => void> = {
  '/missing': (_, response) => response.writeHead(404, { 'content-type': 'image/png' }).end('no'),
  '/broken': (_, response) => response.writeHead(500).end(),
  '/page': (_, response) => response.writeHead(200, { 'content-type': 'text/html' }).end('<html>'),
  '/empty': (_, response) => response.writeHead(200, { 'content-type': 'image/png' }).end(),
  '/to-loopback': (_, response) => response.writeHead(302, { location: 'http://127.0.0.1:1/secret.png' }).end(),
  '/loop': (_, response) => response.writeHead(302, { location: '/loop' }).end(),
  '/zipped': (_, response) => response.writeHead(200, { 'content-type': 'image/png', 'content-encoding': 'gzip' }).end('x'),
  '/says-10-gb': (_, response) => response.writeHead(200, { 'content-type': 'image/png', 'content-length': tenGigabytes }).write('x'),
  '/sends-10-gb': (_, response) => stream(response.writeHead(200, { 'content-type': 'image/png' }), tenGigabytes),
  '/drips': (_, response) => drip(response.writeHead(200, { 'content-type': 'image/png' })),
  '/no-type': (_, response) => response.writeHead(200).end(goldenImage('rgb.png')),
  '/octets': (_, response) => response.writeHead(200, { 'content-type': 'application/octet-stream' }).end(goldenImage('rgb.png')),
};

export async function startImageServer(): Promise<ImageServer> {
  const seen: ImageServer['seen'] = [];
  const held = new Set<ServerResponse>();
  let [atOnce, mostAtOnce] = [0, 0];
  const server = createServer((request, response) => {
    const path = (request.url ?? '').split('?')[0] ?? '';
    seen.push({ path, headers: request.headers });
    atOnce += 1;
    mostAtOnce = Math.max(mostAtOnce, atOnce);
    response.on('close', () => {
      atOnce -= 1;
      held.delete(response);
    });
    const answer = answers[path];
    if (answer) answer(request, response);
    else if (path === '/held') held.add(response);
    else response.writeHead(200, { 'content-type': 'image/whatever' }).end(goldenImage(path.replace('/golden/', '')));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    port,
    seen,
    held,
    get mostAtOnce() {
      return mostAtOnce;
    },
    release() {
      for (const response of held) response.writeHead(200, { 'content-type': 'image/png' }).end(goldenImage('rgb.png'));
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** As fast as it is taken. */
function stream(response: ServerResponse, totalBytes: number): void {
  let sentBytes = 0;
  const send = () => {
    while (sentBytes < totalBytes && !response.destroyed) {
      sentBytes += megabyte.length;
      if (!response.write(megabyte)) return void response.once('drain', send);
    }
  };
  send();
}

/** A byte now and then, for ever. */
function drip(response: ServerResponse): void {
  const timer = setInterval(() => response.write('x'), 20);
  response.on('close', () => clearInterval(timer));
}
