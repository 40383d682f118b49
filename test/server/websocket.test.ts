import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { query, subscribeWebSocket, webSocketClient } from '../support/graphql-client.ts';
import { type SmallServer, startSmallServer } from '../support/small-server.ts';

let server: SmallServer;
let keyed: SmallServer;
const limitBytes = 10_000;
beforeAll(async () => {
  server = await startSmallServer({ maxBodyBytes: limitBytes });
  keyed = await startSmallServer({ apiKeys: ['first'] });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await keyed?.[Symbol.asyncDispose]();
});

/** A bare socket that speaks the protocol by hand. */
async function rawSocket(
  url: string,
  { initialises = true, headers = {} }: { initialises?: boolean; headers?: Record<string, string> } = {},
) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws', { headers });
  const received: { type: string; id?: string; payload?: unknown }[] = [];
  let wake = () => {};
  socket.on('message', (data) => {
    received.push(JSON.parse(String(data)));
    wake();
  });
  const closed = new Promise<number>((resolve) => socket.on('close', (code) => resolve(code)));
  await new Promise((resolve, reject) => socket.once('open', resolve).once('error', reject));
  const raw = {
    socket,
    closed,
    send: (message: object) => socket.send(JSON.stringify(message)),
    /** The next message. */
    async next() {
      while (received.length === 0) await new Promise<void>((resolve) => (wake = resolve));
      return received.shift();
    },
    [Symbol.dispose]: () => socket.terminate(),
  };
  if (initialises) {
    raw.send({ type: 'connection_init' });
    expect((await raw.next())?.type).toBe('connection_ack');
  }
  return raw;
}

describe('graphql-transport-ws', () => {
  it('answers a query, and shows failures like every other transport', async () => {
    await using events = subscribeWebSocket(server.url, '{ number expected unexpected }');
    const { value } = await events.next();
    expect(value.data).toEqual({ number: 1, expected: null, unexpected: null });
    expect(value.errors[0].extensions).toEqual({ code: 'MODEL_LOADING', taskId: null, retryAfterMs: 7, http: { status: 503 } });
    expect(value.errors[1].extensions).toMatchObject({ code: 'INTERNAL', http: { status: 500 } });
    expect(JSON.stringify(value)).not.toMatch(/secret|passwd|stack/);
    expect((await events.next()).done).toBe(true);
  });

  it('names what is wrong with a document, and goes on', async () => {
    using raw = await rawSocket(server.url);
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ nope }' } });
    expect(await raw.next()).toMatchObject({ type: 'error', id: '1', payload: [{ message: expect.stringContaining('nope') }] });
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ number' } });
    expect(await raw.next()).toMatchObject({ type: 'error', id: '1', payload: [{ message: expect.stringContaining('Syntax Error') }] });
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ number }' } });
    expect(await raw.next()).toMatchObject({ type: 'next', id: '1', payload: { data: { number: 1 } } });
  });

  it('answers pings', async () => {
    using raw = await rawSocket(server.url);
    raw.send({ type: 'ping', payload: { a: 1 } });
    expect(await raw.next()).toEqual({ type: 'pong', payload: { a: 1 } });
  });

  it('aborts the resolver of a plain query on complete, and keeps the connection', async () => {
    await using small = await startSmallServer();
    using raw = await rawSocket(small.url);
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ wait }' } });
    await small.started;
    raw.send({ type: 'complete', id: '1' });
    await small.stopped;
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ number }' } });
    expect(await raw.next()).toMatchObject({ type: 'next', id: '1', payload: { data: { number: 1 } } });
  });

  it('aborts the resolver of a plain query when the socket is cut', async () => {
    await using small = await startSmallServer();
    const raw = await rawSocket(small.url);
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ wait }' } });
    await small.started;
    raw.socket.terminate();
    await small.stopped;
  });

  it('ends a subscription on complete while it waits for its next event', async () => {
    await using small = await startSmallServer();
    using raw = await rawSocket(small.url);
    raw.send({ type: 'subscribe', id: 's', payload: { query: 'subscription { ticks }' } });
    expect(await raw.next()).toMatchObject({ type: 'next', payload: { data: { ticks: 1 } } });
    raw.send({ type: 'complete', id: 's' });
    await small.stopped;
  });

  it('ends a subscription when the socket is cut', async () => {
    await using small = await startSmallServer();
    const raw = await rawSocket(small.url);
    raw.send({ type: 'subscribe', id: 's', payload: { query: 'subscription { ticks }' } });
    expect(await raw.next()).toMatchObject({ type: 'next' });
    raw.socket.terminate();
    await small.stopped;
  });

  it('closes on a message above the limit', async () => {
    using raw = await rawSocket(server.url);
    raw.send({ type: 'subscribe', id: '1', payload: { query: `{ number } # ${'x'.repeat(limitBytes)}` } });
    expect(await raw.closed).toBe(1009);
  });

  it('closes on what is no message of the protocol', async () => {
    using raw = await rawSocket(server.url);
    raw.socket.send('nope');
    expect(await raw.closed).toBe(4400);
  });

  it('closes on an operation before the connection is initialised', async () => {
    using raw = await rawSocket(server.url, { initialises: false });
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ number }' } });
    expect(await raw.closed).toBe(4401);
  });

  it('takes at most 100 operations at once', async () => {
    await using small = await startSmallServer();
    using raw = await rawSocket(small.url);
    for (let id = 0; id < 101; id += 1) raw.send({ type: 'subscribe', id: String(id), payload: { query: '{ wait }' } });
    expect(await raw.next()).toMatchObject({ type: 'error', id: '100', payload: [{ extensions: { code: 'OVERLOADED' } }] });
  });

  it('is not offered under another protocol or path', async () => {
    const refusal = (path: string) =>
      new Promise((resolve) => {
        const socket = new WebSocket(server.url.replace('http', 'ws') + path, 'graphql-transport-ws');
        socket.on('unexpected-response', (_request, response) => resolve(response.statusCode)).on('error', () => {});
      });
    expect(await refusal('/nope')).toBe(404);
    const other = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-ws');
    expect(await new Promise((resolve) => other.on('close', resolve).on('error', () => {}))).not.toBe(1000);
  });
});

describe('the key of a WebSocket', () => {
  it.each([[{ authorization: 'Bearer first' }], [{ Authorization: 'Bearer first' }], [{ key: 'first' }]])(
    'is taken from %j',
    async (payload) => {
      using raw = await rawSocket(keyed.url, { initialises: false });
      raw.send({ type: 'connection_init', payload });
      expect((await raw.next())?.type).toBe('connection_ack');
    },
  );

  it('is taken from the header of a client that can send one', async () => {
    using raw = await rawSocket(keyed.url, { initialises: false, headers: { authorization: 'Bearer first' } });
    raw.send({ type: 'connection_init' });
    expect((await raw.next())?.type).toBe('connection_ack');
  });

  it.each([
    undefined,
    {},
    { authorization: 'Bearer wrong' },
    { authorization: 'first' },
    { key: 'wrong' },
    { key: 7 },
    { authorization: 'Bearer wrong', key: 'first' },
  ])('is refused where the parameters are %j', async (payload) => {
    using raw = await rawSocket(keyed.url, { initialises: false });
    raw.send({ type: 'connection_init', payload });
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ number }' } });
    expect(await raw.closed).toBe(4401);
  });
});

describe('a server that stops', () => {
  it('ends subscriptions with a typed last event, then closes with 1001', async () => {
    await using small = await startSmallServer();
    using raw = await rawSocket(small.url);
    raw.send({ type: 'subscribe', id: 's', payload: { query: 'subscription { ticks }' } });
    expect(await raw.next()).toMatchObject({ type: 'next', payload: { data: { ticks: 1 } } });
    const closed = small.server.close();
    expect(await raw.next()).toMatchObject({ type: 'next', payload: { errors: [{ extensions: { code: 'INTERRUPTED' } }] } });
    expect(await raw.next()).toEqual({ type: 'complete', id: 's' });
    expect(await raw.closed).toBe(1001);
    await small.stopped;
    await closed;
  });

  it('lets a running query finish first', async () => {
    await using small = await startSmallServer({ drainSeconds: 20 });
    using raw = await rawSocket(small.url);
    raw.send({ type: 'subscribe', id: '1', payload: { query: '{ wait }' } });
    await small.started;
    const closed = small.server.close();
    small.finish();
    expect(await raw.next()).toMatchObject({ type: 'next', payload: { data: { wait: 'done' } } });
    expect(await raw.closed).toBe(1001);
    await closed;
  });
});

it('serves many clients of one library beside each other', async () => {
  const clients = Array.from({ length: 20 }, () => webSocketClient(server.url));
  const values = await Promise.all(clients.map(async (client) => (await client.iterate({ query: '{ number }' }).next()).value));
  expect(values).toEqual(clients.map(() => ({ data: { number: 1 } })));
  await Promise.all(clients.map((client) => client.dispose()));
  expect((await query(server.url, '{ number }')).status).toBe(200);
});
