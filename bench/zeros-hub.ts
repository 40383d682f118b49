import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

/** A process of its own: a hub with one repository, a small checkpoint beside a large file of noughts. Prints its address. */
const [folder = '', size = '2000000000'] = process.argv.slice(2);
const sizeBytes = Number(size);
const commit = 'c'.repeat(40);
const piece = Buffer.alloc(1024 ** 2);

const small = new Map(
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => {
      const path = `${entry.parentPath}/${entry.name}`;
      return [path.slice(folder.length + 1), readFileSync(path)];
    }),
);

function sha256OfNoughts(): string {
  const hash = createHash('sha256');
  for (let left = sizeBytes; left > 0; left -= piece.length) hash.update(left < piece.length ? piece.subarray(0, left) : piece);
  return hash.digest('hex');
}

const lfs = { oid: sha256OfNoughts(), size: sizeBytes, pointerSize: 134 };
const tree = [
  ...[...small].map(([path, content]) => ({
    type: 'file',
    path,
    size: content.length,
    oid: createHash('sha1').update(`blob ${content.length}\0`).update(content).digest('hex'),
  })),
  { type: 'file', path: 'noughts.dat', size: sizeBytes, oid: '0'.repeat(40), lfs },
];

function sendNoughts(response: ServerResponse, count: number): void {
  let left = count;
  const send = () => {
    while (left > 0 && !response.destroyed) {
      const bytes = left < piece.length ? piece.subarray(0, left) : piece;
      left -= bytes.length;
      if (!response.write(bytes)) return void response.once('drain', send);
    }
    response.end();
  };
  send();
}

const server = createServer((request, response) => {
  const { pathname } = new URL(request.url ?? '/', 'http://127.0.0.1');
  if (pathname.startsWith('/api/')) {
    response.setHeader('content-type', 'application/json');
    return void response.end(JSON.stringify(pathname.includes('/tree/') ? tree : { id: 'a/noughts', sha: commit }));
  }
  const path = decodeURIComponent(pathname.split(`/resolve/${commit}/`)[1] ?? '');
  const content = small.get(path);
  response.setHeader('x-repo-commit', commit);
  if (content) return void response.end(content);
  const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
  const start = Number(first ?? 0);
  const end = last ? Number(last) + 1 : sizeBytes;
  response.writeHead(first === undefined ? 200 : 206, {
    etag: `"${lfs.oid}"`,
    'content-length': end - start,
    ...(first === undefined ? {} : { 'content-range': `bytes ${start}-${end - 1}/${sizeBytes}` }),
  });
  sendNoughts(response, end - start);
});
server.listen(0, '127.0.0.1', () => process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}\n`));
