import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkSchema } from '../../src/engines/chat/schema/check-schema.ts';
import { eventFields, generateQuery, generatingServer, readGeneration } from '../support/generating-server.ts';
import { randomLlama } from '../support/gguf-models.ts';
import { query, subscribeWebSocket } from '../support/graphql-client.ts';
import { jsonSchemas } from '../support/json-schemas.ts';
import type { RunningApp } from '../support/running-app.ts';

let server: RunningApp;

beforeAll(async () => {
  // It knows nothing, so whatever form its answers have, the grammar gave them.
  server = await generatingServer({ random: { model: randomLlama({ contextLength: 4096 }), generation: { slots: 8, contextSize: 2048 } } });
}, 60_000);

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

async function generate(input: object) {
  const { body } = await query(server.url, generateQuery, {
    input: { model: 'random', temperature: 1, topK: 0, topP: 1, minP: 0, ...input },
  });
  return body;
}

describe('an answer has the form of its JSON schema', () => {
  it.each(Object.entries(jsonSchemas))('%s', async (_name, schema) => {
    const bodies = await Promise.all(
      [1, 2, 3].map((seed) => generate({ prompt: 'x', seed, responseFormat: { jsonSchema: schema }, maxTokens: 1500 })),
    );
    for (const { errors, data } of bodies) {
      expect(errors).toBeUndefined();
      expect(data.generate.reason).toBe('STOP');
      expect([data.generate.text, checkSchema(JSON.parse(data.generate.text), schema)]).toEqual([data.generate.text, null]);
    }
  });
});

describe('the form of an answer', () => {
  it('may be any JSON object', async () => {
    const { data } = await generate({ prompt: 'x', seed: 3, responseFormat: { json: true }, maxTokens: 300 });
    expect(data.generate.text).toMatch(/^\{/);
    if (data.generate.reason === 'STOP') expect(JSON.parse(data.generate.text)).toBeTypeOf('object');
    else expect(data.generate.reason).toBe('LENGTH');
  });

  it('may be a grammar of the client', async () => {
    const { data } = await generate({ prompt: 'x', responseFormat: { grammar: 'root ::= "ab" [0-9]{3}' } });
    expect(data.generate.text).toMatch(/^ab\d{3}$/);
  });

  it('is not whole where the answer is cut, which the reason says', async () => {
    const { data } = await generate({
      prompt: 'x',
      maxTokens: 2,
      responseFormat: { jsonSchema: { const: 'a long constant that takes more than two tokens' } },
    });
    expect(data.generate.reason).toBe('LENGTH');
  });

  it('is an error where the grammar, or the schema, is not one', async () => {
    expect((await generate({ prompt: 'x', responseFormat: { grammar: 'root ::= (' } })).errors[0].extensions.code).toBe('INVALID_INPUT');
    const { errors } = await generate({ prompt: 'x', responseFormat: { jsonSchema: { type: 'string', not: {} } } });
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'input.responseFormat.jsonSchema' });
    expect(errors[0].message).toContain('"not"');
  });

  it('that would hold everybody up is refused, before or on the way', async () => {
    const stars = Array.from({ length: 30 }, () => '[a-z]*').join(' ');
    for (const grammar of [`root ::= ${stars} "z"`, 'root ::= (a?){100} "z"\na ::= "x"']) {
      const { errors } = await generate({ prompt: 'x', responseFormat: { grammar } });
      expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'input.responseFormat' });
    }
    const { errors } = await generate({ prompt: 'x', responseFormat: { grammar: `root ::= "harmless: " ${stars} "z"` } });
    expect(errors[0].extensions.code).toBe('INVALID_INPUT');
  });

  it('is looked at once more at the end, with what a grammar could not hold', async () => {
    // A pattern leaves its grammar no room for a length.
    const jsonSchema = { type: 'string', pattern: '^a*$', minLength: 1000 };
    const document = `subscription ($input: GenerateInput!) { generate(input: $input) { ${eventFields} } }`;
    const input = { model: 'random', prompt: 'x', seed: 1, responseFormat: { jsonSchema }, temperature: 5 };
    const { end } = await readGeneration(subscribeWebSocket(server.url, document, { input }));
    expect(end).toMatchObject({ reason: 'ERROR', error: { code: 'INVALID_ANSWER' } });
    expect((await generate(input)).errors[0].extensions.code).toBe('INVALID_ANSWER');
  });

  it('is not held up by a pattern that takes for ever to check', async () => {
    const jsonSchema = {
      type: 'object',
      properties: { a: { const: 'a'.repeat(40) } },
      required: ['a'],
      additionalProperties: { type: 'string', pattern: '^(a+)+$' },
    };
    const { data, errors } = await generate({ prompt: 'x', responseFormat: { jsonSchema }, maxTokens: 200, seed: 5 });
    expect(data?.generate?.reason ?? errors[0].extensions.code).toMatch(/^(STOP|LENGTH|INVALID_ANSWER)$/);
  });
});

describe('a forced call', () => {
  const tools = [
    {
      name: 'weather',
      description: 'Tells the weather.',
      parameters: {
        type: 'object',
        properties: { city: { enum: ['Oslo', 'Rome'] }, days: { type: 'integer', minimum: 1, maximum: 7 } },
        required: ['city', 'days'],
      },
    },
    { name: 'time' },
  ];
  const ask = { messages: [{ role: 'USER', content: 'x' }], tools, maxTokens: 600 };

  it('is of the tool that was named, with arguments of its schema, and nothing of it is text', async () => {
    const { data } = await generate({ ...ask, toolChoice: { name: 'weather' } });
    expect(data.generate).toMatchObject({ text: '', reason: 'TOOL_CALLS', toolCalls: [{ name: 'weather' }] });
    expect(data.generate.toolCalls[0].id).toMatch(/^[a-z0-9]{9}$/);
    const given = JSON.parse(data.generate.toolCalls[0].arguments);
    expect(checkSchema(given, tools[0]?.parameters)).toBe(null);
  });

  it('is of some tool, once or more', async () => {
    const { data } = await generate({ ...ask, toolChoice: { mode: 'REQUIRED' }, seed: 2 });
    expect(data.generate.reason).toBe('TOOL_CALLS');
    expect(data.generate.toolCalls.length).toBeGreaterThan(0);
    for (const { name } of data.generate.toolCalls) expect(['weather', 'time']).toContain(name);
  });

  it('is an event of its own in a stream', async () => {
    const document = `subscription ($input: GenerateInput!) { generate(input: $input) { ${eventFields} } }`;
    const input = { model: 'random', ...ask, toolChoice: { name: 'time' } };
    const { events } = await readGeneration(subscribeWebSocket(server.url, document, { input }));
    expect(events).toMatchObject([
      { __typename: 'ToolCallDelta', index: 0, call: { name: 'time', arguments: '{}' } },
      { reason: 'TOOL_CALLS' },
    ]);
  });

  it('or an answer of the form that was asked for, where the model decides', async () => {
    const texts = await Promise.all(
      [1, 2, 3, 4, 5, 6].map((seed) => generate({ ...ask, seed, responseFormat: { jsonSchema: { enum: [1, 2] } } })),
    );
    for (const { data } of texts) {
      if (data.generate.reason === 'TOOL_CALLS') expect(data.generate.text).toBe('');
      else expect(data.generate.text).toMatch(/^[12]$/);
    }
  });
});
