import { connect } from 'node:net';
import { serverAudits } from 'graphql-http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ListenError } from '../../src/http/listener.ts';
import { query } from '../support/graphql-client.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';
import { type SmallServer, startSmallServer } from '../support/small-server.ts';

const limitBytes = 100_000;
let server: SmallServer;
let app: RunningApp;
beforeAll(async () => {
  server = await startSmallServer({ maxBodyBytes: limitBytes, ports: { 'ingrain-models': 0 } }, { headersMs: 300, requestMs: 600 });
  app = await runningApp();
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await app?.[Symbol.asyncDispose]();
});

/** Sends bytes as they are, and gives all that comes back until the connection ends. */
function sendRaw(url: string, bytes: string): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    let text = '';
    socket.setEncoding('utf8');
    socket.on('data', (chunk) => {
      text += chunk;
    });
    socket.on('end', () => socket.end());
    socket.on('close', () => resolve(text));
    socket.on('error', reject);
  });
}

describe('GraphQL over HTTP', () => {
  it.each(serverAudits({ url: () => `${app.url}/graphql` }).map((audit) => [audit.name, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn();
    expect(result).toMatchObject({ status: 'ok' });
  });

  it('takes POST bodies as JSON only', async () => {
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'application/graphql', 'multipart/form-data; boundary=x', '']) {
      const { status } = await query(app.url, '{ __typename }', {}, { headers: { 'content-type': type } });
      expect({ type, status }).toEqual({ type, status: 415 });
    }
  });

  it('takes multipart where a header proves that no form sent it', async () => {
    const body = new FormData();
    body.set('operations', JSON.stringify({ query: '{ __typename }' }));
    body.set('map', '{}');
    const refused = await fetch(`${app.url}/graphql`, { method: 'POST', body });
    expect(refused.status).toBe(415);
    const taken = await fetch(`${app.url}/graphql`, { method: 'POST', body, headers: { 'graphql-require-preflight': '1' } });
    expect(await taken.json()).toEqual({ data: { __typename: 'Query' } });
  });

  it('runs no mutation for a GET, and says what is wrong with its parameters', async () => {
    const mutation = await fetch(`${app.url}/graphql?query=${encodeURIComponent('mutation { __typename }')}`);
    expect(mutation.status).toBe(405);
    const broken = await fetch(`${app.url}/graphql?query={__typename}&variables=nope`);
    expect([broken.status, await broken.json()]).toEqual([
      400,
      { errors: [expect.objectContaining({ extensions: { code: 'BAD_REQUEST' } })] },
    ]);
  });

  it('takes no batches', async () => {
    const response = await fetch(`${app.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: '[{"query":"{__typename}"}]',
    });
    expect(response.status).toBe(400);
  });

  it('shows an expected failure with its code, status and fields, beside what worked', async () => {
    const { status, body } = await query(server.url, '{ number expected }');
    expect(status).toBe(200);
    expect(body.data).toEqual({ number: 1, expected: null });
    expect(body.errors).toEqual([
      expect.objectContaining({
        path: ['expected'],
        extensions: { code: 'MODEL_LOADING', taskId: null, retryAfterMs: 7, http: { status: 503 } },
      }),
    ]);
  });

  it('shows an unexpected failure as an id and nothing else', async () => {
    const { body } = await query(server.url, '{ unexpected }');
    expect(body.errors[0].extensions).toEqual({ code: 'INTERNAL', id: expect.stringMatching(/^[0-9a-f-]{36}$/), http: { status: 500 } });
    expect(JSON.stringify(body)).not.toMatch(/secret|passwd|stack|\.ts/);
  });

  it('names an unknown field', async () => {
    const { body } = await query(app.url, '{ models { nodes { nmae } } }');
    expect(body.errors[0].message).toContain('nmae');
  });

  it('sends a browser on from the root', async () => {
    const response = await fetch(`${server.url}/`, { headers: { accept: 'text/html' }, redirect: 'manual' });
    expect({ status: response.status, location: response.headers.get('location') }).toEqual({ status: 302, location: '/graphql' });
  });

  it('shows a page with example queries to a browser', async () => {
    const response = await fetch(`${app.url}/graphql`, { headers: { accept: 'text/html' } });
    expect(response.headers.get('content-type')).toContain('text/html');
    expect(await response.text()).toMatch(/taskProgress[\s\S]*embed\(/);
  });

  it('aborts a resolver when the client leaves', async () => {
    await using small = await startSmallServer();
    const leaving = new AbortController();
    const asked = fetch(`${small.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: '{ wait }' }),
      signal: leaving.signal,
    });
    await small.started;
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await small.stopped;
  });
});

describe('bodies', () => {
  it.each(['/graphql', '/infer_text', '/health', '/nope'])('above the limit are refused at %s, with a length and without', async (path) => {
    const bytes = JSON.stringify({ query: 'x'.repeat(limitBytes) });
    const headers = { 'content-type': 'application/json' };
    const whole = await fetch(server.url + path, { method: 'POST', headers, body: bytes });
    expect(whole.status).toBe(413);
    const stream = new Blob([bytes]).stream();
    const chunked = await fetch(server.url + path, { method: 'POST', headers, body: stream, duplex: 'half' } as RequestInit);
    expect(chunked.status).toBe(413);
    const body = (await chunked.json()) as object;
    expect(body).toEqual(
      path === '/graphql'
        ? { errors: [expect.objectContaining({ extensions: { code: 'REQUEST_ENTITY_TOO_LARGE' } })] }
        : { detail: expect.any(String) },
    );
  });

  it('that announce too much are refused before they are sent', async () => {
    const head = `POST /infer_text HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: ${limitBytes + 1}\r\n\r\n`;
    expect(await sendRaw(server.url, head)).toMatch(/^HTTP\/1\.1 413/);
  });

  it('are asked for where the client waits for 100 Continue', async () => {
    const answer = await sendRaw(
      server.url,
      'POST /nope HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nExpect: 100-continue\r\nContent-Length: 2\r\n\r\n{}',
    );
    expect(answer).toMatch(/^HTTP\/1\.1 100 Continue\r\n\r\nHTTP\/1\.1 404/);
  });

  it('on a GET are dropped, and the connection goes on', async () => {
    const get = 'GET /health HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 9\r\n\r\n{"a":"b"}';
    const answers = await sendRaw(server.url, `${get}${get.replace('Host', 'Connection: close\r\nHost')}`);
    expect(answers.match(/HTTP\/1\.1 200 OK/g)).toHaveLength(2);
  });

  it('and headers that come too slowly end the connection', async () => {
    const halfBody = sendRaw(server.url, 'POST /infer_text HTTP/1.1\r\nHost: localhost\r\nContent-Length: 50\r\n\r\n{"na');
    const halfHeaders = sendRaw(server.url, 'POST /infer_text HTTP/1.1\r\nHost: local');
    expect(await halfBody).toMatch(/^HTTP\/1\.1 408/);
    expect(await halfHeaders).toMatch(/^HTTP\/1\.1 408/);
  });
});

describe('listeners', () => {
  it('answer liveness, readiness, and the health of their own family', async () => {
    const get = async (url: string) => {
      const response = await fetch(url);
      return [response.status, await response.json()];
    };
    expect(await get(`${server.url}/live`)).toEqual([200, { status: 'alive' }]);
    expect(await get(`${server.url}/ready`)).toEqual([200, { ready: true, models: [], failed: [] }]);
    expect(await get(`${server.url}/health`)).toEqual([200, { message: 'The inference server is running.' }]);
    expect(await get(`http://127.0.0.1:${server.ports['ingrain-models']}/health`)).toEqual([
      200,
      { message: 'The model server is running.' },
    ]);
    expect(await get(`${server.url}/ingrain/models/health`)).toEqual([200, { message: 'The model server is running.' }]);
    expect(await get(`http://127.0.0.1:${server.ports['ingrain-models']}/graphql`)).toEqual([404, { detail: 'Not Found' }]);
  });

  it('give every answer an id', async () => {
    const ids = await Promise.all(
      ['/live', '/graphql', '/nope'].map(async (path) => (await fetch(server.url + path)).headers.get('x-request-id')),
    );
    expect(new Set(ids).size).toBe(3);
    expect(ids).not.toContain(null);
  });

  it('say in one line which setting to change when a port is taken', async () => {
    const { port } = new URL(server.url);
    await expect(startSmallServer({ port: Number(port) })).rejects.toThrow(ListenError);
    await expect(startSmallServer({ port: Number(port) })).rejects.toThrow(
      new RegExp(`^Port ${port} on 127.0.0.1 is taken.*MODELKEEP_PORT\\.$`),
    );
    await expect(startSmallServer({ ports: { 'ingrain-models': Number(port) } })).rejects.toThrow(/MODELKEEP_PORTS\.$/);
  });
});

describe('closing', () => {
  it('lets a running request finish, and takes no new one', async () => {
    await using small = await startSmallServer({ drainSeconds: 20 });
    const asked = query(small.url, '{ wait }');
    await small.started;
    const closed = small.server.close();
    await expect(fetch(`${small.url}/live`)).rejects.toThrow();
    small.finish();
    expect((await asked).body).toEqual({ data: { wait: 'done' } });
    await closed;
  });

  it('cuts off what does not finish in time', async () => {
    await using small = await startSmallServer({ drainSeconds: 0 });
    const asked = query(small.url, '{ wait }');
    asked.catch(() => {});
    await small.started;
    await small.server.close();
    await expect(asked).rejects.toThrow();
    await small.stopped;
  });
});
