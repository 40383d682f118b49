import { type ExecutionResult, getIntrospectionQuery, parse } from 'graphql';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { operationLimits } from '../../src/graphql/limits.ts';
import { buildSchema } from '../../src/graphql/schema.ts';
import { createGraphqlServer } from '../../src/graphql/server.ts';
import { query, subscribeEvents, subscribeWebSocket } from '../support/graphql-client.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';

let app: RunningApp;
beforeAll(async () => {
  app = await runningApp();
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
});

type Send = (document: string, variables?: Record<string, unknown>) => Promise<ExecutionResult>;

/** The same document over every way in; a WebSocket client throws the errors that refuse an operation. */
const transports: Record<string, Send> = {
  'an HTTP POST': async (document, variables) => (await query(app.url, document, variables)).body,
  'an HTTP GET': async (document, variables = {}) => {
    const parameters = new URLSearchParams({ query: document, variables: JSON.stringify(variables) });
    return (await (await fetch(`${app.url}/graphql?${parameters}`)).json()) as ExecutionResult;
  },
  'server-sent events': async (document, variables) => {
    await using events = subscribeEvents(app.url, document, variables);
    try {
      return (await events.next()).value;
    } catch (error) {
      return JSON.parse((error as Error).message.replace(/^\d+ /, ''));
    }
  },
  'a WebSocket': async (document, variables) => {
    await using events = subscribeWebSocket(app.url, document, variables);
    try {
      return (await events.next()).value;
    } catch (errors) {
      return { errors: errors as NonNullable<ExecutionResult['errors']> };
    }
  },
  'a REST route': (document, variables = {}) => {
    const graphql = createGraphqlServer({ services: app.app.services, schema: buildSchema(), ending: new AbortController().signal });
    return graphql.execute(parse(document), variables, { signal: new AbortController().signal });
  },
};

const { maxDepth, maxAliases, maxTokens, maxComplexity, maxDirectives, maxRootFields } = operationLimits;
/** `levels` fields below each other, without lists that would cost too much first. */
const deep = (levels: number) =>
  `{ model(name: "x") { ${'activeTask { model { '.repeat((levels - 2) / 2)} id ${'} }'.repeat((levels - 2) / 2)} } }`;
const aliases = (count: number) => `{ ${Array.from({ length: count }, (_, index) => `a${index}: __typename`).join(' ')} }`;
const directives = (count: number) => `{ server { version ${'... @include(if: true) { version } '.repeat(count)} } }`;
const rootFields = (count: number) => `{ ${'__typename '.repeat(count)} }`;
const tokens = (count: number) =>
  `query ($ids: [ID!]! = [${'"x" '.repeat(count - 34)}]) { __typename nodes(ids: $ids) @include(if: false) { id } }`;
const costly = 'query ($first: Int!) { models(first: $first) { nodes { tasks(first: $first) { nodes { id } } } } }';
/** The aliases are spread, not written. */
const spreadAliases = `{ ${'...F '.repeat(4)} } fragment F on Query { ${Array.from({ length: 10 }, (_, index) => `a${index}: __typename`).join(' ')} }`;
const spreadDepth = `{ model(name: "x") { ...A } } fragment A on Model { activeTask { model { activeTask { model { ...B } } } } } fragment B on Model { activeTask { model { activeTask { model { activeTask { model { activeTask { id } } } } } } } }`;

describe.each(Object.entries(transports))('over %s', (transport, send) => {
  const allowed: [string, string, Record<string, unknown>?][] = [
    ['depth', deep(maxDepth)],
    ['aliases', aliases(maxAliases)],
    ['directives', directives(maxDirectives)],
    ['root fields', rootFields(maxRootFields)],
    ['tokens', tokens(maxTokens)],
    ['cost', costly, { first: 60 }],
    ['introspection', getIntrospectionQuery()],
  ];
  it.each(allowed)('an operation at the limit of %s is taken', async (_limit, document, variables) => {
    const { data, errors } = await send(document, variables);
    expect(errors).toBeUndefined();
    expect(Object.keys(data ?? {})).not.toEqual([]);
  });

  const refused: [string, string, RegExp, Record<string, unknown>?][] = [
    ['depth', deep(maxDepth + 2), /levels of fields/],
    ['depth through fragments', spreadDepth, /levels of fields/],
    ['aliases', aliases(maxAliases + 1), /aliases/],
    ['aliases through fragments', spreadAliases, /aliases/],
    ['directives', directives(maxDirectives + 1), /directives/],
    ['root fields', rootFields(maxRootFields + 1), /root fields/],
    ['cost', costly, new RegExp(`at most ${maxComplexity}`), { first: 100 }],
    [
      'introspection depth',
      `{ __schema { types { fields { type { fields { type { fields { type { fields { name } } } } } } } } } }`,
      /introspection depth/,
    ],
  ];
  it.each(refused)('an operation above the limit of %s is refused', async (_limit, document, message, variables) => {
    const { data, errors } = await send(document, variables);
    expect(data ?? null).toBeNull();
    expect(errors?.[0]).toMatchObject({ message: expect.stringMatching(message), extensions: { code: 'GRAPHQL_VALIDATION_FAILED' } });
  });

  // A route's documents are parsed once and are the server's own.
  it.skipIf(transport === 'a REST route')('an operation above the limit of tokens is refused', async () => {
    const { errors } = await send(tokens(maxTokens + 1));
    expect(errors?.[0]?.message).toContain(`${maxTokens} tokens`);
  });

  it.skipIf(transport === 'a REST route')('a subscription that costs too much is refused', async () => {
    const document = `subscription { modelChanged { tasks(first: 100) { nodes { model { tasks(first: 100) { nodes { id } } } } } } }`;
    const { errors } = await send(document);
    expect(errors?.[0]?.message).toContain(`at most ${maxComplexity}`);
  });
});

it('answers 400 to an operation that is too large', async () => {
  for (const [document, variables] of [[deep(maxDepth + 2)], [costly, { first: 100 }]] as const) {
    const { status } = await query(app.url, document, variables, { headers: { accept: 'application/graphql-response+json' } });
    expect(status).toBe(400);
  }
});

it('counts a list of ids as long as it is, and refuses more than 100', async () => {
  const ids = Array.from({ length: 101 }, () => crypto.randomUUID());
  const { body } = await query(app.url, 'query ($ids: [ID!]!) { nodes(ids: $ids) { id } }', { ids });
  expect(body.errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'ids' });
});

it('refuses pages above 100', async () => {
  const { body } = await query(app.url, '{ models(first: 101) { totalCount } }');
  expect(body.errors[0].extensions.code).toBe('INVALID_INPUT');
});
