import { createServer, type IncomingHttpHeaders, type RequestListener } from 'node:http';
import { type AddressInfo, createServer as createTcpServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { afterEach, describe, expect, test } from 'vitest';
import { createGuardedFetch, type GuardedResponse } from '../../src/net/guarded-fetch.ts';
import type { ResolvedAddress } from '../../src/net/resolve-address.ts';

let opened = new AsyncDisposableStack();
afterEach(async () => {
  const closing = opened;
  opened = new AsyncDisposableStack();
  await closing.disposeAsync();
});

/** A real server on a loopback address; what it saw is kept. */
async function serve(listener: RequestListener, host = '127.0.0.1') {
  const seen: { url: string; headers: IncomingHttpHeaders }[] = [];
  const server = createServer((request, response) => {
    seen.push({ url: request.url ?? '', headers: request.headers });
    listener(request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  opened.defer(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  const { port } = server.address() as AddressInfo;
  return { url: `http://${host}:${port}`, port, seen, server };
}

async function textOf(response: GuardedResponse): Promise<string> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of response.body) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

const loopback = ['127.0.0.1'];
const answerWith = (...answers: string[][]) => {
  const asked: string[] = [];
  const lookup = async (hostname: string): Promise<ResolvedAddress[]> => {
    const answer = answers[Math.min(asked.length, answers.length - 1)] ?? [];
    asked.push(hostname);
    return answer.map((address) => ({ address, family: 4 }));
  };
  return { asked, lookup };
};

describe('connecting', () => {
  test('never happens to a private address, and does when the operator allows it', async () => {
    const server = await serve((_request, response) => response.end('hello'));
    await expect(createGuardedFetch({ allow: [] })(server.url)).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    expect(server.seen).toHaveLength(0);
    for (const allow of [['127.0.0.1'], ['127.0.0.0/8'], [`127.0.0.1:${server.port}`]]) {
      expect(await textOf(await createGuardedFetch({ allow })(server.url))).toBe('hello');
    }
    expect(server.seen).toHaveLength(3);
    await expect(createGuardedFetch({ allow: ['127.0.0.1:1'] })(server.url)).rejects.toMatchObject({ code: 'UNSAFE_URL' });
  });

  test('asks for a name once, and connects to that very answer', async () => {
    const good = await serve((_request, response) => response.end('good'));
    const evil = createServer((_request, response) => response.end('evil'));
    let evilConnections = 0;
    evil.on('connection', () => {
      evilConnections += 1;
    });
    await new Promise<void>((resolve) => evil.listen(good.port, '127.0.0.2', resolve));
    opened.defer(() => new Promise<void>((resolve) => void evil.close(() => resolve())));
    const { lookup, asked } = answerWith(['127.0.0.1'], ['127.0.0.2']);
    const fetch = createGuardedFetch({ allow: loopback, lookup });
    const response = await fetch(`http://rebind.example:${good.port}/`);
    expect(await textOf(response)).toBe('good');
    expect(asked).toEqual(['rebind.example']);
    expect(good.seen[0]?.headers.host).toBe(`rebind.example:${good.port}`);
    // The next fetch gets the second answer, which is refused before a socket.
    await expect(fetch(`http://rebind.example:${good.port}/`)).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    expect(evilConnections).toBe(0);
  });

  test('sends the name, not the address, as TLS server name', async () => {
    const { promise: serverName, resolve } = Promise.withResolvers<string>();
    const server = createTlsServer({
      SNICallback(name, callback) {
        resolve(name);
        callback(new Error('no certificate here'));
      },
    });
    server.on('tlsClientError', () => {});
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    opened.defer(() => new Promise<void>((done) => void server.close(() => done())));
    const { lookup } = answerWith(['127.0.0.1']);
    const fetching = createGuardedFetch({ allow: loopback, lookup })(`https://models.example.:${(server.address() as AddressInfo).port}/`);
    await expect(fetching).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', status: null });
    expect(await serverName).toBe('models.example');
  });

  test('tells a name that does not exist and a port where nobody listens', async () => {
    const lookup = async () => {
      throw Object.assign(new Error('no'), { code: 'ENOTFOUND' });
    };
    await expect(createGuardedFetch({ allow: [], lookup })('http://nowhere.example/')).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      status: null,
    });
    const server = createTcpServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    await expect(createGuardedFetch({ allow: loopback })(`http://127.0.0.1:${port}/`)).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      status: null,
    });
  });

  test('skips the check for a trusted origin only, not for another port of that host', async () => {
    const server = await serve((_request, response) => response.end('hub'));
    const fetch = createGuardedFetch({ allow: [] });
    expect(await textOf(await fetch(server.url, { trustedOrigins: [server.url] }))).toBe('hub');
    await expect(fetch(server.url, { trustedOrigins: ['http://127.0.0.1:1'] })).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    await expect(fetch(server.url, { trustedOrigins: [server.url.replace('http:', 'https:')] })).rejects.toMatchObject({
      code: 'UNSAFE_URL',
    });
  });
});

describe('redirects', () => {
  const redirect =
    (location: string, status = 302): RequestListener =>
    (_request, response) =>
      response.writeHead(status, { location }).end();

  test('are checked at each hop', async () => {
    const secret = await serve((_request, response) => response.end('secret'), '127.0.0.2');
    const places = [
      `${secret.url}/`,
      'http://169.254.169.254/',
      'file:///etc/passwd',
      'http://u:p@127.0.0.1/',
      'http://[::1]/',

      'http://%zz/',
    ];
    for (const location of places) {
      for (const status of [301, 302, 303, 307, 308]) {
        const server = await serve(redirect(location, status));
        await expect(createGuardedFetch({ allow: loopback })(server.url)).rejects.toMatchObject({ code: 'UNSAFE_URL' });
        await expect(createGuardedFetch({ allow: [] })(server.url, { trustedOrigins: [server.url] })).rejects.toMatchObject({
          code: 'UNSAFE_URL',
        });
      }
    }
    expect(secret.seen).toHaveLength(0);
  });

  test('of a name are looked up again, and a second, private answer is refused', async () => {
    const server = await serve(redirect('/again'));
    const { lookup, asked } = answerWith(['127.0.0.1'], ['127.0.0.2']);
    await expect(createGuardedFetch({ allow: loopback, lookup })(`http://rebind.example:${server.port}/`)).rejects.toMatchObject({
      code: 'UNSAFE_URL',
    });
    expect(asked).toHaveLength(2);
    expect(server.seen).toHaveLength(1);
  });

  test('are followed three times, relative ones too, and not four', async () => {
    const server = await serve((request, response) => {
      const left = Number(request.url?.slice(1));
      if (left === 0) response.end('there');
      else response.writeHead(307, { location: `${left - 1}` }).end();
    });
    const fetch = createGuardedFetch({ allow: loopback });
    const response = await fetch(`${server.url}/3`);
    expect(response.redirects.map((hop) => hop.status)).toEqual([307, 307, 307]);
    expect(response.url).toBe(`${server.url}/0`);
    expect(await textOf(response)).toBe('there');
    await expect(fetch(`${server.url}/4`)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  });

  test('that go in a circle end', async () => {
    const server = await serve(redirect('/'));
    await expect(createGuardedFetch({ allow: loopback })(server.url)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(server.seen).toHaveLength(4);
  });

  test('are the answer itself where they are not to be followed', async () => {
    const server = await serve(redirect('http://169.254.169.254/'));
    await using response = await createGuardedFetch({ allow: loopback })(server.url, { followRedirects: false });
    expect(response.status).toBe(302);
  });

  test("take a client's headers no further than the first origin, and not back to it", async () => {
    const second = await serve((_request, response) => response.writeHead(302, { location: `${first.url}/back` }).end());
    const first = await serve((request, response) => {
      if (request.url === '/start') response.writeHead(302, { location: '/same' }).end();
      else if (request.url === '/same') response.writeHead(302, { location: second.url }).end();
      else response.end('done');
    });
    const headers = { authorization: 'Bearer secret', cookie: 'a=b', 'x-own': '1' };
    const response = await createGuardedFetch({ allow: loopback })(`${first.url}/start`, {
      headers,
      everyHopHeaders: { range: 'bytes=5-' },
    });
    expect(await textOf(response)).toBe('done');
    expect(first.seen.map((request) => request.headers.authorization)).toEqual(['Bearer secret', 'Bearer secret', undefined]);
    expect(second.seen[0]?.headers).toMatchObject({ range: 'bytes=5-' });
    for (const name of Object.keys(headers)) expect(second.seen[0]?.headers[name]).toBeUndefined();
  });
});

describe('limits', () => {
  const fetch = createGuardedFetch({ allow: loopback });

  test('a body that says it is too large is refused before it is read, one that does not while it streams', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/honest') response.writeHead(200, { 'content-length': '1000' });
      response.write('x'.repeat(600));
      response.end('x'.repeat(400));
    });
    await expect(fetch(`${server.url}/honest`, { maxBytes: 999 })).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    const response = await fetch(`${server.url}/quiet`, { maxBytes: 999 });
    await expect(textOf(response)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', message: expect.stringContaining('999') });
    expect(await textOf(await fetch(`${server.url}/quiet`, { maxBytes: 1000 }))).toHaveLength(1000);
  });

  test('another type, and a compressed body that was not asked for, are refused', async () => {
    const server = await serve((request, response) => {
      const [type = '', encoding = 'identity'] = (request.url ?? '').slice(1).split('+');
      response.writeHead(200, { 'content-type': type.replace('~', '/'), 'content-encoding': encoding }).end('x');
    });
    const acceptTypes = ['image/*', 'application/json'];
    for (const good of ['image~png', 'application~json', 'image~jpeg; q=1'])
      expect(await textOf(await fetch(`${server.url}/${good}`, { acceptTypes }))).toBe('x');
    for (const bad of ['text~html', '', 'imagex~png'])
      await expect(fetch(`${server.url}/${bad}`, { acceptTypes })).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    for (const encoding of ['gzip', 'br', 'deflate'])
      await expect(fetch(`${server.url}/image~png+${encoding}`)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(server.seen.every((request) => request.headers['accept-encoding'] === 'identity')).toBe(true);
  });

  test('a server that never answers, one that stalls, and one that drips are cut', async () => {
    const server = await serve((request, response) => {
      if (request.url === '/silent') return;
      response.write('x');
      if (request.url === '/stall') return;
      const timer = setInterval(() => response.write('x'), 20);
      response.once('close', () => clearInterval(timer));
    });
    await expect(fetch(`${server.url}/silent`, { headersTimeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(fetch(`${server.url}/silent`, { timeoutMs: 100 })).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(textOf(await fetch(`${server.url}/stall`, { idleTimeoutMs: 100 }))).rejects.toMatchObject({ code: 'TIMEOUT' });
    await expect(textOf(await fetch(`${server.url}/drip`, { idleTimeoutMs: 5000, timeoutMs: 300 }))).rejects.toMatchObject({
      code: 'TIMEOUT',
    });
  });

  test('a body that breaks off is a failure, not a short file', async () => {
    const server = await serve((_request, response) => {
      response.writeHead(200, { 'content-length': '100' });
      response.write('x'.repeat(50), () => response.destroy());
    });
    await expect(textOf(await fetch(server.url))).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', status: null });
  });
});

describe('letting go', () => {
  const fetch = createGuardedFetch({ allow: loopback });

  test('a signal ends the fetch at any moment', async () => {
    const { promise: arrived, resolve: markArrived } = Promise.withResolvers<void>();
    const server = await serve((request, response) => {
      if (request.url === '/silent') markArrived();
      else response.write('x');
    });
    await expect(fetch(server.url, { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELED' });
    const waiting = new AbortController();
    const silent = fetch(`${server.url}/silent`, { signal: waiting.signal });
    await arrived;
    waiting.abort();
    await expect(silent).rejects.toMatchObject({ code: 'CANCELED' });
    const reading = new AbortController();
    const response = await fetch(`${server.url}/body`, { signal: reading.signal });
    const body = textOf(response);
    reading.abort();
    await expect(body).rejects.toMatchObject({ code: 'CANCELED' });
    const looking = new AbortController();
    const slow = createGuardedFetch({ allow: [], lookup: () => new Promise(() => {}) })('http://slow.example/', { signal: looking.signal });
    looking.abort();
    await expect(slow).rejects.toMatchObject({ code: 'CANCELED' });
  });

  test.each(['disposing unread', 'leaving the loop'])('%s closes the connection', async (way) => {
    const { promise: closed, resolve } = Promise.withResolvers<void>();
    const server = await serve((_request, response) => {
      response.once('close', resolve);
      response.write('x');
    });
    const response = await fetch(server.url);
    if (way === 'leaving the loop') for await (const _chunk of response.body) break;
    else await response[Symbol.asyncDispose]();
    await closed;
  });
});
