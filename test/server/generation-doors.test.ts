import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateQuery, generateSubscription, generatingServer, readGeneration } from '../support/generating-server.ts';
import { endlessModel, randomLlama } from '../support/gguf-models.ts';
import { query, subscribeEvents, subscribeWebSocket } from '../support/graphql-client.ts';
import { graphql, type RunningApp } from '../support/running-app.ts';

const createDocument = `mutation ($input: CreateModelInput!) {
  createModel(input: $input) { ... on CreateModelPayload { task { settled(timeoutMs: 30000) { state } } } ... on Error { message } }
}`;
const loadDocument = `mutation ($input: LoadModelInput!) {
  loadModel(input: $input) { ... on LoadModelPayload { task { settled(timeoutMs: 60000) { state } } } ... on Error { message } }
}`;
const smile = 'é😀';

let server: RunningApp;
beforeAll(async () => {
  server = await generatingServer({
    random: { model: randomLlama({ contextLength: 2048, template: null }), generation: { slots: 4 } },
    bytes: { model: endlessModel({ pieces: bytePieces(`A${smile}`) }), generation: { slots: 4 } },
  });
  // AFAI's requests have no seed, so the model has one.
  const seeded = { name: 'seeded', from: 'random', settings: { parameters: { seed: 7, temperature: 1.1 } } };
  const { createModel } = await graphql(server.url, createDocument, { input: seeded });
  expect(createModel).toMatchObject({ task: { settled: { state: 'SUCCEEDED' } } });
  const { loadModel } = await graphql(server.url, loadDocument, { input: { name: 'seeded' } });
  expect(loadModel).toMatchObject({ task: { settled: { state: 'SUCCEEDED' } } });
}, 60_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

/** One token for each byte. */
function bytePieces(text: string): string[] {
  return [...Buffer.from(text)].map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`);
}

const ask = async (input: object) => (await query(server.url, generateQuery, { input })).body;

interface Input {
  model: string;
  prompt: string;
  maxTokens: number;
}

/** The pieces of an answer, as each door brings them. */
const doors: Readonly<Record<string, (input: Input) => Promise<string[]>>> = {
  WebSocket: (input) => pieces(subscribeWebSocket(server.url, generateSubscription, { input })),
  'server-sent events': (input) => pieces(subscribeEvents(server.url, generateSubscription, { input })),
  'a query': async (input) => [(await ask(input)).data.generate.text],
  AFAI: async ({ model, prompt, maxTokens }) => {
    const response = await fetch(`${server.url}/generate/fromtext`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ model_name: model, prompt, max_new_tokens: maxTokens }),
    });
    expect(response.status).toBe(200);
    const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
    // A chunk that ended inside a character would throw.
    return (await Array.fromAsync(response.body ?? [])).map((chunk) => decoder.decode(chunk));
  },
};

async function pieces(events: AsyncIterable<any>): Promise<string[]> {
  return (await readGeneration(events)).events.flatMap(({ text }) => text ?? []);
}

describe('every door', () => {
  it('gives the same text for the same seed, also while the others write', async () => {
    const input = { model: 'seeded', prompt: 'abc', maxTokens: 40 };
    const texts = await Promise.all(Object.values(doors).map(async (read) => (await read(input)).join('')));
    expect(texts[0]).not.toBe('');
    expect(new Set(texts)).toHaveLength(1);
    const explicit = { ...input, model: 'random', temperature: 1.1 };
    expect((await ask({ ...explicit, seed: 7 })).data.generate.text).toBe(texts[0]);
    expect((await ask({ ...explicit, seed: 8 })).data.generate.text).not.toBe(texts[0]);
  });

  it.each(Object.entries(doors))('has whole characters in each piece, though each byte of them is a token: %s', async (_name, read) => {
    const seen = await read({ model: 'bytes', prompt: 'x', maxTokens: 1 + 6 * 5 });
    expect(seen.join('')).toBe(`A${smile.repeat(5)}`);
    for (const piece of seen) expect(piece).toMatch(/^A?(?:é|😀)*$/u);
  });

  it.each(Object.entries(doors))('has the replacement character for one that was cut, and nothing else: %s', async (_name, read) => {
    // A, both bytes of é, three of four of the smile.
    expect((await read({ model: 'bytes', prompt: 'x', maxTokens: 6 })).join('')).toMatch(/^Aé\ufffd?$/);
  });
});

describe('many clients', () => {
  it('fifty, each on a WebSocket of its own, share four places, and all finish', async () => {
    const all = await Promise.all(
      Array.from({ length: 50 }, (_, index) => {
        const input = { model: 'random', prompt: `client ${index}`, maxTokens: 1 + (index % 9), seed: index };
        return readGeneration(subscribeWebSocket(server.url, generateSubscription, { input }));
      }),
    );
    for (const [index, { end }] of all.entries()) {
      expect(end).toMatchObject({ error: null, reason: expect.stringMatching(/^(LENGTH|STOP)$/) });
      if (end.reason === 'LENGTH') expect(end.usage.completionTokens).toBe(1 + (index % 9));
    }
    expect(new Set(all.map(({ end }) => end.generationId))).toHaveLength(50);
    expect(server.app.services.scheduler.residents().find(({ name }) => name === 'random')?.queueDepth).toBe(0);
  });
});

describe('the edges of what may be asked for', () => {
  const input = { model: 'random', prompt: 'abc', maxTokens: 4 };

  it.each<[what: string, input: object]>([
    ['an empty prompt', { prompt: '' }],
    ['a prompt of characters that no token has', { prompt: '🙂\u0000\u202e' }],
    [
      'the smallest of each',
      { maxTokens: 1, temperature: 0, topP: 0, topK: 0, minP: 0, seed: 0, repeatPenalty: 0.01, presencePenalty: -2 },
    ],
    [
      'the largest of each',
      {
        maxTokens: 10_000_000,
        temperature: 5,
        topP: 1,
        topK: 1_000_000,
        minP: 1,
        seed: 2 ** 32 - 1,
        repeatPenalty: 10,
        frequencyPenalty: 2,
      },
    ],
    ['a temperature next to nothing', { temperature: 1e-9 }],
    ['more alternatives than are likely', { logprobs: 20, topK: 1 }],
    [
      'as many stop texts as there may be, of the greatest length',
      { stop: Array.from({ length: 16 }, (_, index) => `${index}`.repeat(256).slice(0, 256)) },
    ],
    [
      'null for each that has a default',
      { temperature: null, topP: null, topK: null, minP: null, seed: null, stop: null, echo: null, truncate: null },
    ],
  ])('%s', async (_what, edge) => {
    const { data, errors } = await ask({ ...input, ...edge });
    expect(errors).toBeUndefined();
    const { text, reason, usage } = data.generate;
    expect(['LENGTH', 'STOP']).toContain(reason);
    expect(usage.completionTokens).toBeGreaterThan(0);
    expect(text.isWellFormed()).toBe(true);
  });

  it.each<[field: string, value: unknown]>([
    ['maxTokens', 0],
    ['maxTokens', 10_000_001],
    ['temperature', 5.01],
    ['topP', 1.01],
    ['topK', -1],
    ['minP', -0.01],
    ['seed', 2 ** 32],
    ['seed', -1],
    ['repeatPenalty', 0],
    ['presencePenalty', 2.01],
    ['frequencyPenalty', -2.01],
    ['logprobs', 21],
    ['stop', Array.from({ length: 17 }, () => 'a')],
  ])('beyond them %s %j is refused by its name', async (field, value) => {
    const { errors } = await ask({ ...input, [field]: value });
    expect(errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', field: expect.stringContaining(`input.${field}`) });
  });

  it('nor does the server take numbers of another kind', async () => {
    for (const wrong of [{ maxTokens: 1.5 }, { maxTokens: 2 ** 31 }, { seed: 0.5 }, { temperature: 'warm' }, { temperature: '1' }])
      expect((await ask({ ...input, ...wrong })).errors, JSON.stringify(wrong)).toBeDefined();
  });

  it('and a stop text in the very first token leaves nothing, with STOP as the reason', async () => {
    const { text } = (await ask({ ...input, temperature: 0 })).data.generate;
    const first = [...text][0] ?? '';
    expect((await ask({ ...input, temperature: 0, stop: [first] })).data.generate).toMatchObject({ text: '', reason: 'STOP' });
  });
});
