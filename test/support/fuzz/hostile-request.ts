import fc from 'fast-check';

/** A route as `/openapi.json` lists it. */
export interface KnownRoute {
  method: string;
  path: string;
  /** Names of the body's fields, in any depth. */
  fields: string[];
}

/** A request in bytes; `isWhole` says whether the server can know its end, and so has to answer. */
export interface HostileRequest {
  bytes: Uint8Array;
  isWhole: boolean;
  about: string;
}

/** Every route that a server documents, and the ones that need no document. */
export async function knownRoutes(url: string): Promise<KnownRoute[]> {
  const { paths } = (await (await fetch(`${url}/openapi.json`)).json()) as { paths: Record<string, Record<string, unknown>> };
  const documented = Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method: method.toUpperCase(), path, fields: fieldNames(operation) })),
  );
  const plain = ['/graphql', '/live', '/ready', '/metrics', '/openapi.json', '/'].flatMap((path) =>
    ['GET', 'POST'].map((method) => ({ method, path, fields: ['query', 'variables', 'operationName', 'extensions'] })),
  );
  return [...documented, ...plain];
}

/** Requests that are wrong in some way, over any of the routes. `names` are used as values: what is there is reached so. */
export function hostileRequest(routes: readonly KnownRoute[], names: readonly string[]): fc.Arbitrary<HostileRequest> {
  return fc
    .constantFrom(...routes)
    .chain((route) =>
      fc.record({
        method: fc.oneof({ weight: 8, arbitrary: fc.constant(route.method) }, { weight: 1, arbitrary: fc.constantFrom(...oddMethods) }),
        target: target(route),
        type: fc.constantFrom(...contentTypes),
        headers: fc.oneof({ weight: 6, arbitrary: fc.constant('') }, { weight: 1, arbitrary: fc.constantFrom(...oddHeaders) }),
        body: body(route.fields, names),
        framing: fc.oneof(
          { weight: 12, arbitrary: fc.constant('length' as const) },
          { weight: 4, arbitrary: fc.constantFrom(...framings) },
        ),
      }),
    )
    .map(write);
}

const oddMethods = ['HEAD', 'OPTIONS', 'PUT', 'PATCH', 'DELETE', 'PROPFIND', 'TRACE', 'QUERY', 'get', 'FOO', 'G E T', '\u0001', ''];
const contentTypes = [
  'application/json',
  'application/json',
  'application/json; charset=utf-16',
  'text/plain',
  'multipart/form-data; boundary=x',
  'multipart/form-data',
  'application/x-www-form-urlencoded',
  'application/octet-stream',
  '',
  '/',
  'x'.repeat(3000),
];
const oddHeaders = [
  `x-large: ${'x'.repeat(12_000)}\r\n`,
  `x-too-large: ${'x'.repeat(200_000)}\r\n`,
  'x-many: 1\r\n'.repeat(1500),
  'accept: text/event-stream\r\n',
  'accept: multipart/mixed\r\n',
  'accept: ;;;,,,q=9\r\n',
  'authorization: Bearer \u00ff\r\n',
  'expect: 100-continue\r\n',
  'expect: something\r\n',
  'graphql-require-preflight: 1\r\n',
  'origin: null\r\n',
  'host: evil.example\r\n',
  'upgrade: websocket\r\nconnection: upgrade\r\n',
  'upgrade: h2c\r\nconnection: upgrade, http2-settings\r\n',
  'range: bytes=0-999999999999\r\n',
  'content-encoding: gzip\r\n',
  'traceparent: 00-zz-zz-zz\r\n',
  'no colon here\r\n',
  ' folded: yes\r\n',
];
const framings = ['chunked', 'endless chunks', 'too long', 'too short', 'bad length', 'both', 'bad chunk'] as const;

function target({ path, method }: KnownRoute): fc.Arbitrary<string> {
  const segment = fc.oneof(fc.constantFrom('%', '%00', '%ff', '..', '%2e%2e', '//', 'x'.repeat(5000), 'a%2Fb', '😀'), fc.webSegment());
  const filled = segment.map((text) => encodeURI(path.replace(/\{\w+\}/g, text || 'x')).replaceAll('%25', '%'));
  const query = fc.constantFrom(
    '',
    '',
    '',
    '?',
    '?name=%00',
    '?a=1&a=2&a[]=3',
    `?${'q=1&'.repeat(2000)}`,
    '?query={__typename}',
    '?query={',
    '?variables={',
  );
  const changed = fc.tuple(filled, query).map(([text, suffix]) => text + suffix);
  const broken = fc.constantFrom(
    `${path}/`,
    `${path}//`,
    `/%${path}`,
    '*',
    'http://elsewhere/x',
    '/\u0000',
    '/\u00ff\u00fe',
    '//',
    'no-slash',
    '',
  );
  return fc.oneof({ weight: 8, arbitrary: changed }, { weight: 1, arbitrary: broken }).map((text) => (method === '' ? path : text));
}

function body(fields: readonly string[], names: readonly string[]): fc.Arbitrary<Uint8Array> {
  const value: fc.Arbitrary<unknown> = fc.oneof(
    fc.constantFrom(...names, '', '\u0000', '\ud800', null, true, -0, 1e308, -1, 2 ** 53, [], {}, [[]], ['a', 1, null], { text: 'a' }),
    fc.string(),
    fc.jsonValue({ maxDepth: 4 }),
  );
  const known = fc.constantFrom(...(fields.length > 0 ? fields : ['name']));
  const object = fc
    .dictionary(fc.oneof({ weight: 9, arbitrary: known }, fc.string()), value, { maxKeys: 8 })
    .map((made) => JSON.stringify(made));
  const text = fc.oneof(
    { weight: 10, arbitrary: object },
    { weight: 3, arbitrary: fc.tuple(object, fc.nat()).map(([made, at]) => made.slice(0, at % (made.length + 1))) },
    { weight: 1, arbitrary: fc.json() },
    { weight: 1, arbitrary: fc.string() },
    {
      weight: 2,
      arbitrary: fc
        .tuple(
          known,
          fc.constantFrom(
            '['.repeat(100_000),
            '{"a":'.repeat(50_000),
            `${'['.repeat(5000)}${']'.repeat(5000)}`,
            '9'.repeat(5000),
            '1e999',
            '-1e-999',
            '1'.repeat(400),
            '0x10',
            'NaN',
            '"\\ud800"',
            '"\\u0000"',
            `"${'a'.repeat(100_000)}"`,
          ),
        )
        .map(([name, raw]) => `{${JSON.stringify(name)}:${raw}}`),
    },
  );
  return fc.oneof(
    { weight: 8, arbitrary: text.map((made) => Buffer.from(made)) },
    { weight: 1, arbitrary: fc.uint8Array({ maxLength: 200 }) },
  );
}

interface Parts {
  method: string;
  target: string;
  type: string;
  headers: string;
  body: Uint8Array;
  framing: 'length' | (typeof framings)[number];
}

function write({ method, target: path, type, headers, body: content, framing }: Parts): HostileRequest {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\n${type && `content-type: ${type}\r\n`}${headers}`;
  const size = content.byteLength;
  const chunk = Buffer.concat([Buffer.from(`${size.toString(16)}\r\n`), content, Buffer.from('\r\n')]);
  const chunked = 'transfer-encoding: chunked\r\n\r\n';
  const framed: Record<Parts['framing'], [string, Uint8Array]> = {
    length: [`content-length: ${size}\r\n\r\n`, content],
    chunked: [chunked, Buffer.concat([size > 0 ? chunk : Buffer.alloc(0), Buffer.from('0\r\n\r\n')])],
    'endless chunks': [chunked, size > 0 ? chunk : Buffer.alloc(0)],
    'too long': [`content-length: ${size + 1000}\r\n\r\n`, content],
    'too short': [`content-length: ${Math.max(0, size - 3)}\r\n\r\n`, content],
    'bad length': ['content-length: -1\r\n\r\n', content],
    both: [`content-length: ${size}\r\n${chunked}`, chunk],
    'bad chunk': [chunked, Buffer.from('zz\r\nbad\r\n')],
  };
  const [lengths, sent] = framed[framing];
  const isWhole = framing !== 'endless chunks' && framing !== 'too long' && !/upgrade|100-continue/.test(headers);
  const about = `${method} ${path.slice(0, 100)} ${type.slice(0, 40)} ${headers.slice(0, 40).trim()} ${framing} ${Buffer.from(content).toString().slice(0, 300)}`;
  return { bytes: Buffer.concat([Buffer.from(head + lengths, 'utf8'), sent]), isWhole, about };
}

function fieldNames(operation: unknown): string[] {
  const found = new Set<string>();
  const visit = (node: unknown): void => {
    if (typeof node !== 'object' || node === null) return;
    for (const [key, value] of Object.entries(node)) {
      if (key === 'properties' && typeof value === 'object' && value !== null) for (const name of Object.keys(value)) found.add(name);
      visit(value);
    }
  };
  visit((operation as { requestBody?: unknown }).requestBody);
  return [...found];
}
