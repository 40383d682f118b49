import { createHash, randomBytes } from 'node:crypto';
import { readdir, readFile, utimes, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { join } from 'node:path';
import { Upload } from 'tus-js-client';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '../../src/clock.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { fastapiErrors } from '../../src/rest/fastapi.ts';
import { customRoute, type RouteFamily } from '../../src/rest/route.ts';
import { createUploadStore } from '../../src/sources/upload.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const maxUploadBytes = 40 * 1024 ** 2;
const file = z.object({ id: z.string(), fileName: z.string().nullable(), contentType: z.string(), sizeBytes: z.number() });

/** Takes a form with a file, and answers what it found. */
const family: RouteFamily = {
  name: 'innodisk',
  title: 'Files',
  prefixes: ['/files'],
  errors: fastapiErrors,
  routes: [
    customRoute({
      method: 'POST',
      path: '/files',
      operationId: 'files',
      summary: 'Takes a file.',
      body: z.object({ model: file, name: z.string() }),
      query: null,
      reads: 'FILES',
      run: async (_execute, { body }) => ({
        status: 200,
        body: { ...body, found: await app.app.services.lifecycle.uploads.find(body.model.id) },
      }),
      onError: ({ message }) => ({ status: 500, body: message }),
    }),
  ],
};

let app: RunningApp;
let server: HttpServer;
let url: string;
beforeAll(async () => {
  app = await runningApp({ maxUploadBytes, maxBodyBytes: 1024 ** 2, logLevel: 'silent' });
  server = createHttpServer({ services: app.app.services, families: [family], timeouts: { headersMs: 2000, requestMs: 500 } });
  url = (await server.listen()).url;
});
afterAll(async () => {
  await server?.close();
  await app?.[Symbol.asyncDispose]();
});

const folder = () => app.app.services.lifecycle.uploads.folder;
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

function form(bytes: Uint8Array, name = 'a model.zip'): FormData {
  const data = new FormData();
  data.set('name', 'x');
  data.set('model', new Blob([bytes as Uint8Array<ArrayBuffer>], { type: 'application/zip' }), name);
  return data;
}

/** Sends a file resumably; resolves to its id. */
function sendResumably(
  bytes: Buffer,
  options: Partial<ConstructorParameters<typeof Upload>[1]> = {},
): Promise<{ id: string; upload: Upload }> {
  return new Promise((resolve, reject) => {
    const upload = new Upload(bytes, {
      endpoint: `${app.url}/uploads`,
      chunkSize: 1024 ** 2,
      retryDelays: [0, 50],
      metadata: { filename: 'größe.gguf' },
      onSuccess: () => resolve({ id: upload.url?.split('/').at(-1) ?? '', upload }),
      onError: reject,
      ...options,
    });
    upload.start();
  });
}

describe('a form with a file', () => {
  it('goes to disk, is hashed on the way, and goes again where nothing takes it', async () => {
    const bytes = randomBytes(5 * 1024 ** 2);
    const response = await fetch(`${url}/files`, { method: 'POST', body: form(bytes, '../größe.zip') });
    expect(response.status).toBe(200);
    const body = (await response.json()) as { model: { id: string }; found: object };
    expect(body).toMatchObject({
      name: 'x',
      model: { contentType: 'application/zip', sizeBytes: bytes.length },
      found: { fileName: expect.stringContaining('größe.zip'), sizeBytes: bytes.length, sha256: sha256(bytes) },
    });
    await expect.poll(() => readdir(folder())).toEqual([]);
  });

  it('above the limit is refused, also where no length was announced, and leaves nothing', async () => {
    const bytes = Buffer.alloc(maxUploadBytes + 1);
    expect((await fetch(`${url}/files`, { method: 'POST', body: form(bytes) })).status).toBe(413);
    const head = '--b\r\nContent-Disposition: form-data; name="model"; filename="m"\r\n\r\n';
    const stream = new Blob([head, bytes, '\r\n--b--\r\n']).stream();
    const headers = { 'content-type': 'multipart/form-data; boundary=b' };
    const chunked = await fetch(`${url}/files`, { method: 'POST', body: stream, headers, duplex: 'half' } as RequestInit);
    expect(chunked.status).toBe(413);
    await expect.poll(() => readdir(folder())).toEqual([]);
  });

  it("that is no form, or not whole, is refused in the family's words", async () => {
    const json = await fetch(`${url}/files`, { method: 'POST', body: '{}', headers: { 'content-type': 'application/json' } });
    expect([json.status, await json.json()]).toMatchObject([422, { detail: [{ type: 'missing' }, { type: 'missing' }] }]);
    const cut = await fetch(`${url}/files`, {
      method: 'POST',
      body: '--b\r\nContent-Disposition: form-data; name="model"; filename="m"\r\n\r\nabc',
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(cut.status).toBe(400);
    const missing = new FormData();
    missing.set('name', 'x');
    expect((await fetch(`${url}/files`, { method: 'POST', body: missing })).status).toBe(422);
    await expect.poll(() => readdir(folder())).toEqual([]);
  });

  it('whose client leaves half-way leaves nothing', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    socket.write(
      'POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 5000000\r\n\r\n' +
        '--b\r\nContent-Disposition: form-data; name="model"; filename="m"\r\n\r\n' +
        'x'.repeat(200_000),
    );
    await expect.poll(() => readdir(folder())).toHaveLength(1);
    socket.destroy();
    await expect.poll(() => readdir(folder())).toEqual([]);
  });

  it('may take longer than other bodies as long as something comes; who sends nothing is cut off', async () => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    const body =
      '--b\r\nContent-Disposition: form-data; name="name"\r\n\r\nx\r\n--b\r\nContent-Disposition: form-data; name="model"; filename="m"\r\n\r\n';
    const end = '\r\n--b--\r\n';
    const length = body.length + 8 + end.length;
    socket.write(
      `POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: ${length}\r\n\r\n${body}`,
    );
    for (let index = 0; index < 8; index += 1) {
      await new Promise((resolve) => setTimeout(resolve, 150));
      socket.write('x');
    }
    socket.write(end);
    const [answer] = await Promise.all([new Promise<string>((resolve) => socket.once('data', (data) => resolve(String(data))))]);
    expect(answer).toMatch(/^HTTP\/1\.1 200/);
    socket.destroy();
    const silent = connect(Number(new URL(url).port), '127.0.0.1');
    silent.write(
      'POST /files HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n--b\r\n',
    );
    const refused = await new Promise<string>((resolve) => silent.once('data', (data) => resolve(String(data))));
    expect(refused).toMatch(/^HTTP\/1\.1 408/);
    silent.destroy();
  });
});

describe('a resumable upload', () => {
  it('arrives in pieces, and is found under its id', async () => {
    const bytes = randomBytes(3 * 1024 ** 2 + 17);
    const { id } = await sendResumably(bytes);
    const { uploads } = app.app.services.lifecycle;
    expect(await uploads.find(id)).toEqual({ id, fileName: 'größe.gguf', sizeBytes: bytes.length, sha256: null });
    await uploads.claim(id);
    expect(sha256(await readFile(uploads.claimedFile(id)))).toBe(sha256(bytes));
    await expect(uploads.find(id)).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    await uploads.release(id);
    await expect.poll(() => readdir(folder())).toEqual([]);
  });

  it('goes on where it was cut off', async () => {
    const bytes = randomBytes(4 * 1024 ** 2);
    let uploadUrl = '';
    await new Promise<void>((resolve) => {
      const upload = new Upload(bytes, {
        endpoint: `${app.url}/uploads`,
        chunkSize: 1024 ** 2,
        onChunkComplete() {
          uploadUrl = upload.url ?? '';
          void upload.abort().then(() => resolve());
        },
      });
      upload.start();
    });
    const id = uploadUrl.split('/').at(-1) ?? '';
    await expect(app.app.services.lifecycle.uploads.find(id)).rejects.toMatchObject({ message: expect.stringContaining('not whole yet') });
    let firstPiece = 0;
    await sendResumably(bytes, { uploadUrl, endpoint: null, onProgress: (sent) => (firstPiece ||= sent) });
    expect(firstPiece).toBeGreaterThanOrEqual(1024 ** 2);
    expect(sha256(await readFile(join(folder(), id)))).toBe(sha256(bytes));
    await app.app.services.lifecycle.uploads.drop(id);
  });

  it('is not given back, and nothing but its own folder can be reached', async () => {
    const { id } = await sendResumably(Buffer.from('secret'));
    const headers = { 'tus-resumable': '1.0.0' };
    expect((await fetch(`${app.url}/uploads/${id}`)).status).toBe(405);
    for (const path of ['..%2f..%2fstate.db', '%2e%2e%2fstate.db', `${id}.json`, 'x', '']) {
      const response = await fetch(`${app.url}/uploads/${path}`, { method: 'HEAD', headers });
      expect([404, 410]).toContain(response.status);
      expect([400, 404, 410]).toContain((await fetch(`${app.url}/uploads/${path}`, { method: 'DELETE', headers })).status);
    }
    expect((await fetch(`${app.url}/uploads/${id}`, { method: 'DELETE', headers })).status).toBe(204);
    await expect.poll(() => readdir(folder())).toEqual([]);
  });

  it('above the limit is refused before a byte is sent', async () => {
    const response = await fetch(`${app.url}/uploads`, {
      method: 'POST',
      headers: { 'tus-resumable': '1.0.0', 'upload-length': String(maxUploadBytes + 1) },
    });
    expect(response.status).toBe(413);
    await expect.poll(() => readdir(folder())).toEqual([]);
  });

  it('obeys the browser policy', async () => {
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '1' };
    const foreign = await fetch(`${app.url}/uploads`, { method: 'POST', headers: { ...headers, origin: 'https://evil.example' } });
    expect(foreign.status).toBe(403);
    const own = await fetch(`${app.url}/uploads`, { method: 'POST', headers: { ...headers, origin: 'http://localhost:5173' } });
    expect(own.status).toBe(201);
    expect(own.headers.get('access-control-allow-origin')).toBe('http://localhost:5173');
    expect(own.headers.get('access-control-expose-headers')).toMatch(/location.*upload-offset/i);
    await app.app.services.lifecycle.uploads.drop(own.headers.get('location')?.split('/').at(-1) ?? '');
  });

  it('needs a key where the server has keys', async () => {
    await using closed = await runningApp({ apiKeys: ['a-long-enough-key'], logLevel: 'silent' });
    const headers = { 'tus-resumable': '1.0.0', 'upload-length': '1' };
    expect((await fetch(`${closed.url}/uploads`, { method: 'POST', headers })).status).toBe(401);
    const allowed = await fetch(`${closed.url}/uploads`, {
      method: 'POST',
      headers: { ...headers, authorization: 'Bearer a-long-enough-key' },
    });
    expect(allowed.status).toBe(201);
  });
});

describe('the sweep', () => {
  it('takes what is a day old, and what nobody can resume; never what is claimed', async () => {
    await using temporary = await temporaryFolder();
    const store = await createUploadStore({ folder: temporary.path, maxBytes: 1000, clock: systemClock });
    const receive = async () =>
      (
        await store.receive(
          (async function* () {
            yield Buffer.from('x');
          })(),
          { fileName: null },
        )
      ).id;
    const [fresh, old, claimed] = [await receive(), await receive(), await receive()];
    await store.claim(claimed);
    const orphan = join(temporary.path, crypto.randomUUID());
    await writeFile(orphan, 'half');
    const yesterday = new Date(Date.now() - 25 * 3_600_000);
    for (const name of [old, `${old}.json`, `${claimed}.claimed`]) await utimes(join(temporary.path, name), yesterday, yesterday);
    expect(await store.sweep()).toBe(3);
    expect((await readdir(temporary.path)).sort()).toEqual([fresh, `${fresh}.json`, `${claimed}.claimed`].sort());
  });
});
