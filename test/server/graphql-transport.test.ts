import { parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type SmallServer, startSmallServer } from '../support/small-server.ts';

let small: SmallServer;
beforeAll(async () => {
  small = await startSmallServer();
});
afterAll(() => small?.[Symbol.asyncDispose]());

/** The parts of a multipart answer. */
async function incremental(document: string): Promise<unknown[]> {
  const response = await fetch(`${small.url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'multipart/mixed' },
    body: JSON.stringify({ query: document }),
  });
  expect(response.headers.get('content-type')).toContain('multipart/mixed');
  return [...(await response.text()).matchAll(/^\{.*\}$/gm)].map(([part]) => JSON.parse(part));
}

describe('incremental delivery', () => {
  it('sends deferred fields later, in the shape that clients of today read', async () => {
    expect(await incremental('{ item { fast ... @defer { slow } } }')).toEqual([
      { data: { item: { fast: 'f' } }, hasNext: true },
      { incremental: [{ data: { slow: 's' }, path: ['item'] }], hasNext: false },
    ]);
  });

  it('sends a streamed list item by item', async () => {
    const [first, ...later] = (await incremental('{ list @stream(initialCount: 1) }')) as {
      incremental?: { items?: number[]; path?: unknown[] }[];
    }[];
    expect(first).toEqual({ data: { list: [1] }, hasNext: true });
    expect(later.at(-1)).toMatchObject({ hasNext: false });
    const parts = later.flatMap((part) => part.incremental ?? []);
    expect(parts).toEqual([
      { items: [2], path: ['list', 1] },
      { items: [3], path: ['list', 2] },
    ]);
  });
});

describe('an operation in this process', () => {
  const signal = new AbortController().signal;

  it('goes through the same chain: failures are typed and masked', async () => {
    const { data, errors } = await small.server.execute(parse('{ number expected unexpected }'), {}, { signal });
    expect(data).toEqual({ number: 1, expected: null, unexpected: null });
    expect(errors?.map(({ extensions }) => extensions.code)).toEqual(['MODEL_LOADING', 'INTERNAL']);
    expect(errors?.[1]?.message).not.toContain('secret');
  });

  it('is validated', async () => {
    const { errors } = await small.server.execute(parse('{ nope }'), {}, { signal });
    expect(errors?.[0]?.message).toContain('nope');
  });

  it('says by a code that variables do not fit', async () => {
    const response = await fetch(`${small.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: 'query ($wanted: Boolean!) { number @include(if: $wanted) }', variables: { wanted: 5 } }),
    });
    const { errors } = (await response.json()) as { errors: unknown[] };
    expect(errors).toMatchObject([{ message: expect.stringContaining('$wanted'), extensions: { code: 'BAD_USER_INPUT' } }]);
  });

  it('stops when its caller leaves', async () => {
    await using waiting = await startSmallServer();
    const leaving = new AbortController();
    const asked = waiting.server.execute(parse('{ wait }'), {}, { signal: leaving.signal });
    asked.catch(() => {});
    await waiting.started;
    leaving.abort();
    await waiting.stopped;
  });
});
