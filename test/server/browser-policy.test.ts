import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { type SmallServer, startSmallServer } from '../support/small-server.ts';

let server: SmallServer;
let keyed: SmallServer;
beforeAll(async () => {
  server = await startSmallServer({ allowedOrigins: ['https://console.example'], allowedHosts: ['models.lan'] });
  keyed = await startSmallServer({ apiKeys: ['first', 'second'] });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await keyed?.[Symbol.asyncDispose]();
});

interface Sent {
  method?: string;
  path?: string;
  headers?: Record<string, string>;
  body?: string;
}

/** `fetch` sets Host and Origin by itself; this sends what it is given. */
function send(
  url: string,
  { method = 'POST', path = '/graphql', headers = {}, body }: Sent,
): Promise<{ status: number; headers: Record<string, unknown>; body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request(url + path, { method, headers }, async (response) => {
      response.setEncoding('utf8');
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body: (await response.toArray()).join('') });
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const json = { 'content-type': 'application/json' };
const number = JSON.stringify({ query: '{ number }' });

/** The status that a WebSocket upgrade is answered with; 101 when it is let in. */
function upgrade(url: string, headers: Record<string, string>, path = '/graphql'): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(url.replace('http', 'ws') + path, 'graphql-transport-ws', { headers });
    socket.on('open', () => {
      resolve(101);
      socket.terminate();
    });
    socket.on('unexpected-response', (_request, response) => resolve(response.statusCode ?? 0));
    socket.on('error', () => {});
  });
}

const hostileOrigins = [
  'http://evil.example',
  'null',
  'https://console.example.evil.example',
  'http://localhost.evil.example',
  'http://127.0.0.1.evil.example',
  'http://evil.example:8686',
  'file://',
  'http://localhost@evil.example',
  'chrome-extension://localhost',
  '',
];

describe('a page of another origin', () => {
  it.each(hostileOrigins)('with Origin %j is refused on every door', async (origin) => {
    for (const path of ['/graphql', '/infer_text', '/nope', '/live']) {
      const { status, headers, body } = await send(server.url, { path, headers: { ...json, origin }, body: number });
      expect({ path, status }).toEqual({ path, status: 403 });
      expect(headers['access-control-allow-origin']).toBeUndefined();
      expect(JSON.parse(body)).toEqual(
        path === '/graphql' ? { errors: [expect.objectContaining({ extensions: { code: 'FORBIDDEN' } })] } : { detail: expect.any(String) },
      );
    }
    expect(await upgrade(server.url, { origin })).toBe(403);
    const preflight = await send(server.url, { method: 'OPTIONS', headers: { origin, 'access-control-request-method': 'POST' } });
    expect(preflight.status).toBe(403);
  });

  it.each(['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x'])(
    'cannot send a form as %s',
    async (type) => {
      for (const path of ['/graphql', '/load_model', '/delete_model']) {
        const { status } = await send(server.url, { path, headers: { 'content-type': type, origin: 'http://evil.example' }, body: number });
        expect(status).toBe(403);
      }
    },
  );

  it('cannot hide its origin', async () => {
    const { status } = await send(server.url, { path: '/load_model', headers: { 'sec-fetch-site': 'cross-site' }, body: '{}' });
    expect(status).toBe(403);
  });
});

describe('a page of an allowed origin', () => {
  it.each(['https://console.example', 'http://localhost:3000', 'http://127.0.0.1:5173', 'http://[::1]:8080', 'https://app.localhost'])(
    '%s is served with credentials',
    async (origin) => {
      const { status, headers } = await send(server.url, { headers: { ...json, origin }, body: number });
      expect(status).toBe(200);
      expect(headers).toMatchObject({ 'access-control-allow-origin': origin, 'access-control-allow-credentials': 'true', vary: 'Origin' });
      expect(await upgrade(server.url, { origin })).toBe(101);
    },
  );

  it('gets its preflight answered without a key, on every door', async () => {
    for (const path of ['/graphql', '/load_model']) {
      const { status, headers } = await send(keyed.url, {
        path,
        method: 'OPTIONS',
        headers: {
          origin: 'http://localhost:3000',
          'access-control-request-method': 'POST',
          'access-control-request-headers': 'authorization, content-type',
        },
      });
      expect(status).toBe(204);
      expect(headers['access-control-allow-headers']).toBe('authorization, content-type');
      expect(headers['access-control-allow-methods']).toContain('DELETE');
    }
  });
});

describe('the host name', () => {
  it.each([
    'evil.example',
    'evil.example:8686',
    'localhost.evil.example',
    '10.0.0.1',
    '127.0.0.1.nip.io',
    '[::2]',
    'localhost:80@evil.example',
  ])('%s is refused while the server has no keys', async (host) => {
    for (const path of ['/graphql', '/loaded_models'])
      expect((await send(server.url, { path, headers: { ...json, host }, body: number })).status).toBe(403);
    expect(await upgrade(server.url, { host })).toBe(403);
  });

  it.each(['localhost', 'LOCALHOST:9', '127.0.0.1:1', '[::1]:8686', 'models.lan', 'models.lan:8686', 'localhost.'])(
    '%s is served',
    async (host) => {
      expect((await send(server.url, { headers: { ...json, host }, body: number })).status).toBe(200);
    },
  );

  it('may be any where a key is needed', async () => {
    const { status } = await send(keyed.url, { headers: { ...json, host: 'models.example', authorization: 'Bearer first' }, body: number });
    expect(status).toBe(200);
  });
});

describe('keys', () => {
  it.each([undefined, 'Bearer', 'Bearer wrong', 'Basic first', 'first', 'Bearer firs', 'Bearer first second'])(
    'refuse Authorization %j on every door',
    async (authorization) => {
      const headers = { ...json, ...(authorization === undefined ? {} : { authorization }) };
      for (const path of ['/graphql', '/loaded_models', '/load_model', '/openapi.json', '/nope']) {
        const answer = await send(keyed.url, { path, headers, body: number });
        expect({ path, status: answer.status, scheme: answer.headers['www-authenticate'] }).toEqual({
          path,
          status: 401,
          scheme: 'Bearer',
        });
        const body = JSON.parse(answer.body);
        if (path === '/graphql') expect(body.errors[0].extensions.code).toBe('UNAUTHENTICATED');
        else expect(body).toEqual({ detail: expect.any(String) });
      }
      expect((await send(keyed.url, { headers: { ...headers, accept: 'text/event-stream' }, body: number })).status).toBe(401);
      expect((await send(keyed.url, { method: 'GET', path: '/graphql?query={number}', headers })).status).toBe(401);
      expect(
        (await send(keyed.url, { method: 'GET', path: '/graphql?query={number}', headers: { ...headers, accept: 'text/html' } })).status,
      ).toBe(401);
    },
  );

  it('let each configured key in', async () => {
    for (const key of ['first', 'second']) {
      expect((await send(keyed.url, { headers: { ...json, authorization: `bearer ${key}` }, body: number })).status).toBe(200);
    }
  });

  it('are not needed for liveness, readiness and health', async () => {
    for (const path of ['/live', '/ready', '/health']) expect((await send(keyed.url, { method: 'GET', path })).status).toBe(200);
  });
});
