import { describe, expect, it } from 'vitest';
import { subscribeEvents } from '../support/graphql-client.ts';
import { startSmallServer } from '../support/small-server.ts';

describe('server-sent events', () => {
  it('carry a subscription', async () => {
    await using small = await startSmallServer();
    await using events = subscribeEvents(small.url, 'subscription { ticks }');
    expect((await events.next()).value).toEqual({ data: { ticks: 1 } });
  });

  it('end the generator when the client leaves, while it waits for its next event', async () => {
    await using small = await startSmallServer();
    {
      await using events = subscribeEvents(small.url, 'subscription { ticks }');
      await events.next();
    }
    await small.stopped;
  });

  it('abort the resolver of a plain query when the client leaves', async () => {
    await using small = await startSmallServer();
    const events = subscribeEvents(small.url, '{ wait }');
    const asked = events.next();
    asked.catch(() => {});
    await small.started;
    await events[Symbol.asyncDispose]();
    await small.stopped;
  });

  it('end with a typed last event when the server stops', async () => {
    await using small = await startSmallServer();
    await using events = subscribeEvents(small.url, 'subscription { ticks }');
    await events.next();
    const closed = small.server.close();
    expect((await events.next()).value.errors[0].extensions).toEqual({ code: 'INTERRUPTED', http: { status: 503 } });
    expect((await events.next()).done).toBe(true);
    await closed;
    await small.stopped;
  });

  it('need the key', async () => {
    await using small = await startSmallServer({ apiKeys: ['first'] });
    await using refused = subscribeEvents(small.url, 'subscription { ticks }', {}, { key: 'wrong' });
    await expect(refused.next()).rejects.toThrow(/^401/);
    await using events = subscribeEvents(small.url, 'subscription { ticks }', {}, { key: 'first' });
    expect((await events.next()).value).toEqual({ data: { ticks: 1 } });
  });

  it('show failures like every other transport', async () => {
    await using small = await startSmallServer();
    await using events = subscribeEvents(small.url, '{ number expected unexpected }');
    const { value } = await events.next();
    expect(value.errors[0].extensions).toEqual({ code: 'MODEL_LOADING', taskId: null, retryAfterMs: 7, http: { status: 503 } });
    expect(JSON.stringify(value)).not.toMatch(/secret|passwd|stack/);
  });
});
