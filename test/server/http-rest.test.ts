import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { InvalidInputError } from '../../src/errors.ts';
import { createHttpServer, type HttpServer } from '../../src/http/server.ts';
import { fastapiErrors } from '../../src/rest/fastapi.ts';
import { findJsonProblem } from '../../src/rest/json-problem.ts';
import { customRoute, type Route, type RouteFamily } from '../../src/rest/route.ts';
import { createRouter } from '../../src/rest/router.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';

/** Answers with what the router and the checks made of the request. */
function echo(path: string, parts: Partial<Pick<Route, 'method' | 'body' | 'query'>> = {}): Route {
  return customRoute({
    method: 'POST',
    path,
    operationId: path,
    summary: 'Echoes.',
    body: null,
    query: null,
    ...parts,
    run: (_execute, { body, query, parameters }) => ({ status: 200, body: { path, body, query, parameters } }),
    onError: ({ message }) => ({ status: 500, body: message }),
  });
}

const checked = z.object({
  name: z.string(),
  count: z.int().gt(0).nullish(),
  text: z.union([z.string(), z.array(z.string())]),
  flag: z.boolean().default(true),
  library: z.enum(['one', 'two', 'three']),
  headers: z.record(z.string(), z.string()).nullish(),
});

const one: RouteFamily = {
  name: 'ingrain-inference',
  title: 'One',
  prefixes: ['/one', '/both'],
  errors: fastapiErrors,
  routes: [
    echo('/same', { method: 'GET' }),
    echo('/models', { method: 'GET' }),
    echo('/checked', { body: checked }),
    echo('/asked', { method: 'GET', query: z.object({ name: z.string() }) }),
    echo('/model/{id}', { method: 'GET' }),
    echo('/model/getactive', { method: 'GET' }),
    echo('/slashed/', { method: 'DELETE', body: z.object({ name: z.string() }) }),
    customRoute({
      ...echo('/fails'),
      onError: ({ message }) => ({ status: 500, body: message }),
      run: () => Promise.reject(new InvalidInputError({ field: 'secret', message: 'of /etc/passwd' })),
    }),
  ],
};
const two: RouteFamily = {
  ...one,
  name: 'ingrain-models',
  title: 'Two',
  prefixes: ['/two', '/both'],
  routes: [echo('/same', { method: 'GET' }), echo('/models/', { method: 'GET' })],
};

let app: RunningApp;
let server: HttpServer;
let url: string;
beforeAll(async () => {
  app = await runningApp({ logLevel: 'silent' });
  server = createHttpServer({ services: app.app.services, families: [one, two] });
  url = (await server.listen()).url;
});
afterAll(async () => {
  await server?.close();
  await app?.[Symbol.asyncDispose]();
});

async function send(method: string, path: string, body?: string, headers: Record<string, string> = {}) {
  const response = await fetch(url + path, { method, headers, redirect: 'manual', ...(body === undefined ? {} : { body }) });
  const text = await response.text();
  const isJson = response.headers.get('content-type') === 'application/json';
  return { status: response.status, headers: response.headers, body: isJson ? JSON.parse(text) : text };
}

describe('the router', () => {
  const router = createRouter({ families: [one, two], hasPrefixes: true });
  const titleAt = (path: string) => {
    const match = router.find('GET', path);
    return match.kind === 'route' ? match.family.title : match.kind;
  };

  it('gives a path that two families have to the first, except under their own prefixes', () => {
    expect(['/same', '/one/same', '/two/same', '/both/same'].map(titleAt)).toEqual(['One', 'One', 'Two', 'One']);
  });

  it('tells paths apart by their trailing slash', () => {
    expect(['/models', '/models/', '/two/models/', '/two/models'].map(titleAt)).toEqual(['One', 'Two', 'Two', 'redirect']);
  });

  it('takes a fixed path before a parameter, and no empty parameter', () => {
    const parametersAt = (path: string) => {
      const match = router.find('GET', path);
      return match.kind === 'route' ? [match.route.path, match.parameters] : match.kind;
    };
    expect(parametersAt('/model/getactive')).toEqual(['/model/getactive', {}]);
    expect(parametersAt('/model/a%2Fb%20c')).toEqual(['/model/{id}', { id: 'a/b c' }]);
    expect(parametersAt('/model/%zz')).toEqual(['/model/{id}', { id: '%zz' }]);
    expect(parametersAt('/model/a/b')).toBe('unknown');
    expect(parametersAt('/model//')).toBe('unknown');
  });

  it('normalises nothing', () => {
    expect(['//same', '/one/../same', '/Same', '/s%61me', '/same/.', ''].map(titleAt)).toEqual(Array.from({ length: 6 }, () => 'unknown'));
  });

  it('names the methods that a path has', async () => {
    const { status, headers, body } = await send('PUT', '/same');
    expect([status, headers.get('allow'), body]).toEqual([405, 'GET', { detail: 'Method Not Allowed' }]);
  });

  it('sends a client on to the path with the other slash, with its query', async () => {
    const { status, headers } = await send('DELETE', '/slashed?a=b');
    expect([status, headers.get('location')]).toEqual([307, `${url}/slashed/?a=b`]);
  });

  it('describes the routes of each prefix', async () => {
    const { body } = await send('GET', '/two/openapi.json');
    expect(Object.keys(body.paths)).toEqual(['/two/same', '/two/models/']);
    const whole = (await send('GET', '/openapi.json')).body;
    expect(whole.openapi).toBe('3.1.0');
    expect(whole.paths['/checked'].post.requestBody.content['application/json'].schema.required).toEqual(['name', 'text', 'library']);
    expect(whole.paths['/asked'].get.parameters).toEqual([{ name: 'name', in: 'query', required: true, schema: { type: 'string' } }]);
    expect(whole.paths['/model/{id}'].get.parameters[0]).toMatchObject({ name: 'id', in: 'path' });
  });
});

describe('bodies and queries', () => {
  const good = { name: 'a', text: 'b', library: 'two' };

  it.each(['application/json', 'text/plain', 'application/x-www-form-urlencoded', 'nonsense'])(
    'are JSON whatever the content type %s says',
    async (type) => {
      const { status, body } = await send('POST', '/checked', JSON.stringify({ ...good, unknown: 1 }), { 'content-type': type });
      expect([status, body.body]).toEqual([200, { ...good, flag: true }]);
    },
  );

  it('are read on a DELETE', async () => {
    expect((await send('DELETE', '/slashed/', '{"name":"x"}')).body.body).toEqual({ name: 'x' });
  });

  it('are form-decoded in a query', async () => {
    expect((await send('GET', '/asked?name=a%2Fb+c&other=1')).body.query).toEqual({ name: 'a/b c' });
  });

  const base = { ...good };
  const refused: [string, string, object[]][] = [
    [
      'missing',
      '{"name":"a"}',
      [
        { type: 'missing', loc: ['body', 'text'], msg: 'Field required', input: { name: 'a' } },
        { type: 'missing', loc: ['body', 'library'], msg: 'Field required', input: { name: 'a' } },
      ],
    ],
    ['absent', '', [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    ['null', 'null', [{ type: 'missing', loc: ['body'], msg: 'Field required', input: null }]],
    [
      'a list',
      '[]',
      [
        {
          type: 'model_attributes_type',
          loc: ['body'],
          msg: 'Input should be a valid dictionary or object to extract fields from',
          input: [],
        },
      ],
    ],
    [
      'a wrong string',
      JSON.stringify({ ...base, name: 7 }),
      [{ type: 'string_type', loc: ['body', 'name'], msg: 'Input should be a valid string', input: 7 }],
    ],
    [
      'text for an integer',
      JSON.stringify({ ...base, count: 'x' }),
      [
        {
          type: 'int_parsing',
          loc: ['body', 'count'],
          msg: 'Input should be a valid integer, unable to parse string as an integer',
          input: 'x',
        },
      ],
    ],
    [
      'a fraction for an integer',
      JSON.stringify({ ...base, count: 1.5 }),
      [
        {
          type: 'int_from_float',
          loc: ['body', 'count'],
          msg: 'Input should be a valid integer, got a number with a fractional part',
          input: 1.5,
        },
      ],
    ],
    [
      'a number too small',
      JSON.stringify({ ...base, count: 0 }),
      [{ type: 'greater_than', loc: ['body', 'count'], msg: 'Input should be greater than 0', input: 0, ctx: { gt: 0 } }],
    ],
    [
      'a wrong boolean',
      JSON.stringify({ ...base, flag: 'maybe' }),
      [{ type: 'bool_parsing', loc: ['body', 'flag'], msg: 'Input should be a valid boolean, unable to interpret input', input: 'maybe' }],
    ],
    [
      'a wrong choice',
      JSON.stringify({ ...base, library: 'four' }),
      [
        {
          type: 'literal_error',
          loc: ['body', 'library'],
          msg: "Input should be 'one', 'two' or 'three'",
          input: 'four',
          ctx: { expected: "'one', 'two' or 'three'" },
        },
      ],
    ],
    [
      'a wrong union',
      JSON.stringify({ ...base, text: ['a', 1] }),
      [
        { type: 'string_type', loc: ['body', 'text', 'str'], msg: 'Input should be a valid string', input: ['a', 1] },
        { type: 'string_type', loc: ['body', 'text', 'list[str]', 1], msg: 'Input should be a valid string', input: 1 },
      ],
    ],
    [
      'broken JSON',
      '{""name": "a"}',
      [{ type: 'json_invalid', loc: ['body', 3], msg: 'JSON decode error', input: {}, ctx: { error: "Expecting ':' delimiter" } }],
    ],
  ];
  it.each(refused)("with %s are refused in FastAPI's words", async (_what, body, detail) => {
    expect(await send('POST', '/checked', body)).toMatchObject({ status: 422, body: { detail } });
  });

  it('without a parameter are refused with null as input', async () => {
    expect((await send('GET', '/asked')).body).toEqual({
      detail: [{ type: 'missing', loc: ['query', 'name'], msg: 'Field required', input: null }],
    });
  });

  it('that are no UTF-8 are refused', async () => {
    const response = await fetch(`${url}/checked`, { method: 'POST', body: new Uint8Array([0x7b, 0xff, 0x7d]) });
    expect([response.status, await response.json()]).toEqual([400, { detail: 'There was an error parsing the body' }]);
  });

  it('that make a route fail unexpectedly are answered in plain text, without the cause', async () => {
    const { status, headers, body } = await send('POST', '/fails');
    expect([status, headers.get('content-type'), body]).toEqual([500, 'text/plain; charset=utf-8', 'Internal Server Error']);
  });
});

// What CPython 3.11's json says of the same texts.
it.each([
  ['{""name": 1}', 3, "Expecting ':' delimiter"],
  ['{"a":', 5, 'Expecting value'],
  ['{"a":1,}', 7, 'Expecting property name enclosed in double quotes'],
  ['[1,]', 3, 'Expecting value'],
  ['{"a":"x', 5, 'Unterminated string starting at'],
  ['nope', 0, 'Expecting value'],
  ['{"a":1} x', 8, 'Extra data'],
  ['"\\q"', 1, 'Invalid \\escape'],
  ["{'a':1}", 1, 'Expecting property name enclosed in double quotes'],
  ['{"a":"\n"}', 6, 'Invalid control character at'],
  ['[1 2]', 3, "Expecting ',' delimiter"],
])('finds what is wrong with %j', (text, offset, message) => {
  expect(findJsonProblem(text)).toEqual({ offset, message });
});
