import { once } from 'node:events';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { eventFields, generateQuery, generateSubscription, generatingServer, readGeneration } from '../support/generating-server.ts';
import { endlessModel, foxModel, randomLlama } from '../support/gguf-models.ts';
import { query, subscribeEvents, subscribeWebSocket } from '../support/graphql-client.ts';
import type { RunningApp } from '../support/running-app.ts';
import { until } from '../support/scheduler-support.ts';

const sentence = 'the quick brown fox jumps over lazy dog';
const messages = [{ role: 'USER', content: 'Say it.' }];

let server: RunningApp;

beforeAll(async () => {
  server = await generatingServer({
    fox: { model: foxModel() },
    endless: { model: endlessModel({ contextLength: 4096 }), generation: { slots: 2, contextSize: 4096 } },
    random: { model: randomLlama({ contextLength: 2048, template: null }) },
    idle: { model: foxModel(), isLoaded: false },
  });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const ask = async (input: object) => (await query(server.url, generateQuery, { input })).body;
const follow = (id: string, fromIndex: number) =>
  subscribeWebSocket(server.url, `subscription ($id: ID!, $from: Int) { generation(id: $id, fromIndex: $from) { ${eventFields} } }`, {
    id,
    from: fromIndex,
  });
const cancel = async (id: string) =>
  (
    await query(
      server.url,
      'mutation ($id: ID!) { cancelGeneration(input: { id: $id }) { __typename ... on CancelGenerationPayload { id canceled } ... on Error { code } } }',
      { id },
    )
  ).body.data.cancelGeneration;
const running = () => server.app.services.scheduler.residents().find(({ name }) => name === 'endless')?.queueDepth;

async function failure(events: AsyncIterable<any>): Promise<any> {
  try {
    await readGeneration(events);
  } catch (error) {
    return [error].flat().map((thrown: any) => thrown.extensions ?? thrown)[0];
  }
  return null;
}

describe('a generation', () => {
  it('says the same through every door', async () => {
    for (const input of [
      { model: 'fox', messages },
      { model: 'random', prompt: 'abc', seed: 7, maxTokens: 40 },
    ]) {
      const [socket, events, { data }] = await Promise.all([
        readGeneration(subscribeWebSocket(server.url, generateSubscription, { input })),
        readGeneration(subscribeEvents(server.url, generateSubscription, { input })),
        ask(input),
      ]);
      expect(socket.text).toBe(data.generate.text);
      expect(events.text).toBe(data.generate.text);
      expect([socket.end.reason, events.end.reason]).toEqual([data.generate.reason, data.generate.reason]);
    }
  });

  it('tells deltas in order, then exactly one end, with what it used and where its time went', async () => {
    const { text, events, end } = await readGeneration(
      subscribeWebSocket(server.url, generateSubscription, { input: { model: 'fox', messages } }),
    );
    expect(text).toBe(sentence);
    expect(events.slice(0, -1).map(({ index }) => index)).toEqual(events.slice(0, -1).map((_, index) => index));
    expect(new Set(events.map(({ generationId }) => generationId)).size).toBe(1);
    expect(events.filter(({ __typename }) => __typename === 'GenerationEnd')).toEqual([end]);
    expect(end).toMatchObject({ reason: 'STOP', usage: { completionTokens: 8 }, error: null });
    expect(end.timing.firstTokenMs).toBeGreaterThan(0);
  });

  it('ends with LENGTH at the token limit, and before a stop text, which is no part of it', async () => {
    expect((await ask({ model: 'fox', messages, maxTokens: 3 })).data.generate).toMatchObject({
      text: 'the quick brown',
      reason: 'LENGTH',
    });
    expect((await ask({ model: 'fox', messages, stop: ['x j', 'lazy'] })).data.generate).toMatchObject({
      text: 'the quick brown fo',
      reason: 'STOP',
    });
  });

  it('takes a raw prompt, and begins with it where that was asked for', async () => {
    expect((await ask({ model: 'fox', prompt: 'the quick', echo: true })).data.generate.text).toBe(sentence);
    expect((await ask({ model: 'random', prompt: '', maxTokens: 1 })).data.generate.usage.completionTokens).toBe(1);
  });

  it('takes a template in place of one that the model has, or has not', async () => {
    const template = '{% for message in messages %}{{ message.content }}{% endfor %}';
    expect((await ask({ model: 'fox', messages: [{ role: 'USER', content: 'the quick' }], template, echo: true })).data.generate.text).toBe(
      sentence,
    );
    expect((await ask({ model: 'random', messages, template, maxTokens: 1 })).errors).toBeUndefined();
    expect((await ask({ model: 'random', messages })).errors[0].extensions).toMatchObject({
      code: 'UNSUPPORTED_CAPABILITY',
      has: ['GENERATE_TEXT'],
    });
  });

  it('puts the system message in front', async () => {
    const { data } = await ask({ model: 'fox', messages, system: 'Be quick.', echo: true });
    expect(data.generate.text).toMatch(/^<\|im_start\|>system\nBe quick\.<\|im_end\|>\n<\|im_start\|>user\nSay it\./);
  });

  it('reads special tokens in a raw prompt, and never in what a person says', async () => {
    const promptTokens = async (input: object) => (await ask({ model: 'fox', maxTokens: 1, ...input })).data.generate.usage.promptTokens;
    const said = (content: string) => ({ messages: [{ role: 'USER', content }] });
    expect((await promptTokens({ prompt: '</s></s></s>' })) - (await promptTokens({ prompt: '</s>' }))).toBe(2);
    expect((await promptTokens(said('</s></s></s>'))) - (await promptTokens(said('</s>')))).toBeGreaterThanOrEqual(6);
  });

  it('tells log-probabilities, one for each token', async () => {
    const { data } = await ask({ model: 'fox', messages, logprobs: 2 });
    expect(data.generate.logprobs).toHaveLength(8);
    for (const { logprob, top } of data.generate.logprobs) {
      expect(logprob).toBeLessThanOrEqual(0);
      expect(top).toHaveLength(2);
      expect(top[0].logprob).toBeGreaterThanOrEqual(top[1].logprob);
    }
    expect((await ask({ model: 'fox', messages })).data.generate.logprobs).toBe(null);
  });

  it('has whole characters in every delta, though their bytes are tokens of their own', async () => {
    await using bytes = await generatingServer({
      smile: {
        model: endlessModel({ pieces: [...Buffer.from('Aé😀')].map((byte) => `<0x${byte.toString(16).toUpperCase().padStart(2, '0')}>`) }),
      },
    });
    const { events, text } = await readGeneration(
      subscribeWebSocket(bytes.url, generateSubscription, { input: { model: 'smile', messages, maxTokens: 31 } }),
    );
    expect(text).toBe(`A${'é😀'.repeat(5)}`);
    for (const { text: piece = '' } of events) expect(piece).toMatch(/^A?(?:é|😀)*$/u);
  });
});

describe('what fails before the first delta is an error of the operation', () => {
  it.each([
    [{ model: 'none', prompt: 'x' }, 'MODEL_NOT_FOUND'],
    [{ model: 'idle', prompt: 'x' }, 'MODEL_NOT_LOADED'],
    [{ model: 'fox', prompt: 'x '.repeat(2000) }, 'INPUT_TOO_LONG'],
    [{ model: 'fox', prompt: 'x', temperature: -1 }, 'INVALID_INPUT'],
    [{ model: 'fox', messages, template: '{{ raise_exception("no") }}' }, 'INVALID_INPUT'],
  ])('%#: on every door', async (input, code) => {
    expect((await failure(subscribeWebSocket(server.url, generateSubscription, { input }))).code).toBe(code);
    expect((await failure(subscribeEvents(server.url, generateSubscription, { input }))).code).toBe(code);
    expect((await ask(input)).errors[0].extensions.code).toBe(code);
  });
});

describe('a client that leaves', () => {
  const input = { model: 'endless', messages };

  it('frees its place, from whichever door it goes', async () => {
    for (const subscribe of [subscribeWebSocket, subscribeEvents]) {
      const events = subscribe(server.url, generateSubscription, { input });
      await events.next();
      expect(running()).toBe(1);
      await events[Symbol.asyncDispose]();
      await until(() => running() === 0);
    }
    const leaving = new AbortController();
    const asked = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: generateQuery, variables: { input } }),
      signal: leaving.signal,
    });
    await until(() => running() === 1);
    leaving.abort();
    await expect(asked).rejects.toThrow();
    await until(() => running() === 0);
  });

  it('frees it also while it still waits for its turn', async () => {
    const taken = [1, 2].map(() => subscribeWebSocket(server.url, generateSubscription, { input }));
    await Promise.all(taken.map((events) => events.next()));
    const waiting = subscribeWebSocket(server.url, generateSubscription, { input });
    const asked = waiting.next().catch(() => null);
    await until(() => running() === 3);
    await waiting[Symbol.asyncDispose]();
    await asked;
    await until(() => running() === 2);
    await Promise.all(taken.map((events) => events[Symbol.asyncDispose]()));
    await until(() => running() === 0);
  });

  it('and one that stops reading holds nobody back, and finds all of it later', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const seen: any[] = [];
    socket.on('message', (data) => seen.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await until(() => seen.length === 1);
    // More than what lies between the two takes.
    const payload = { query: generateSubscription, variables: { input: { ...input, maxTokens: 2500, logprobs: 20 } } };
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload }));
    await until(() => seen.length > 1);
    socket.pause();
    const { text } = await readGeneration(subscribeWebSocket(server.url, generateSubscription, { input: { ...input, maxTokens: 100 } }));
    expect(text.split(' ')).toHaveLength(100);
    await until(() => running() === 0);
    socket.resume();
    await until(() => seen.at(-1)?.type === 'complete');
    const events = seen.filter(({ type }) => type === 'next').map(({ payload: { data } }) => data.generate);
    expect(events.at(-1)).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: 2500 } });
    expect(events.flatMap(({ logprobs = [] }) => logprobs)).toHaveLength(2500);
    socket.close();
  });
});

describe('a detached generation', () => {
  const input = { model: 'endless', messages, maxTokens: 2000, detached: true };

  it('goes on without its client, and is told again from any place, to its end', async () => {
    const events = subscribeWebSocket(server.url, generateSubscription, { input });
    const first = (await events.next()).value.data.generate;
    await events[Symbol.asyncDispose]();
    const [all, later] = await Promise.all([
      readGeneration(follow(first.generationId, 0), 'generation'),
      readGeneration(follow(first.generationId, 3), 'generation'),
    ]);
    expect(all.end).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: 2000 }, generationId: first.generationId });
    expect(all.text.trim().split(' ')).toHaveLength(2000);
    expect(later.events).toEqual(all.events.slice(3));
    const again = await readGeneration(follow(first.generationId, 1_000_000), 'generation');
    expect(again.events).toEqual([all.end]);
  });

  it('may have an id that its client chose, which nobody else may have', async () => {
    const id = '0f0e0d0c-0b0a-4908-8706-050403020100';
    expect((await ask({ ...input, id, maxTokens: 2 })).data.generate.id).toBe(id);
    expect((await ask({ ...input, id })).errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'input.id' });
    expect((await ask({ ...input, id: 'x' })).errors[0].extensions).toMatchObject({ code: 'INVALID_INPUT', field: 'input.id' });
  });

  it('ends when somebody cancels it, which every reader is told', async () => {
    const events = subscribeWebSocket(server.url, generateSubscription, { input: { ...input, maxTokens: 4000 } });
    const { generationId } = (await events.next()).value.data.generate;
    const reader = readGeneration(follow(generationId, 0), 'generation');
    expect(await cancel(generationId)).toEqual({ __typename: 'CancelGenerationPayload', id: generationId, canceled: true });
    expect((await reader).end.reason).toBe('CANCELED');
    expect((await readGeneration(events)).end.reason).toBe('CANCELED');
    expect(await cancel(generationId)).toMatchObject({ canceled: false });
    await until(() => running() === 0);
  });

  it('that is not there, or not detached, is GENERATION_NOT_FOUND', async () => {
    expect(await cancel('none')).toEqual({ __typename: 'GenerationNotFoundError', code: 'GENERATION_NOT_FOUND' });
    expect((await failure(follow('none', 0))).code).toBe('GENERATION_NOT_FOUND');
    await using events = subscribeWebSocket(server.url, generateSubscription, { input: { model: 'endless', messages } });
    const { generationId } = (await events.next()).value.data.generate;
    expect((await failure(follow(generationId, 0))).code).toBe('GENERATION_NOT_FOUND');
    expect(await cancel(generationId)).toMatchObject({ canceled: true });
    expect((await readGeneration(events)).end.reason).toBe('CANCELED');
  });
});

describe('a process that dies', () => {
  it('ends every stream with a typed error, and what waits for a whole answer too', async () => {
    await using dying = await generatingServer({
      endless: { model: endlessModel({ contextLength: 4096 }), generation: { contextSize: 4096 } },
    });
    const input = { model: 'endless', messages };
    const streams = [subscribeWebSocket, subscribeEvents].map((subscribe) => subscribe(dying.url, generateSubscription, { input }));
    await Promise.all(streams.map((events) => events.next()));
    const asked = query(dying.url, generateQuery, { input });
    const detached = (await query(dying.url, generateQuery, { input: { ...input, detached: true, maxTokens: 1 } })).body.data.generate;
    const { scheduler, catalogue } = dying.app.services;
    const { id } = await catalogue.require({ name: 'endless' });
    await until(() => scheduler.residents()[0]?.queueDepth === 3);
    for (const processId of scheduler.processIds(id)) process.kill(processId, 'SIGKILL');
    for (const events of streams)
      expect((await readGeneration(events)).end).toMatchObject({ reason: 'ERROR', error: { code: 'RUNNER_CRASHED' } });
    expect((await asked).body.errors[0].extensions.code).toBe('RUNNER_CRASHED');
    const again = subscribeWebSocket(dying.url, `subscription { generation(id: "${detached.id}") { ${eventFields} } }`);
    expect((await readGeneration(again, 'generation')).end.reason).toBe('LENGTH');
  });

  it('and a server that stops tells its streams so', async () => {
    const stopping = await generatingServer({
      endless: { model: endlessModel({ contextLength: 4096 }), generation: { contextSize: 4096 } },
    });
    const input = { model: 'endless', messages };
    const streams = [subscribeWebSocket, subscribeEvents].map((subscribe) => subscribe(stopping.url, generateSubscription, { input }));
    await Promise.all(streams.map((events) => events.next()));
    const ended = Promise.all(streams.map(failure));
    await stopping[Symbol.asyncDispose]();
    expect(await ended).toMatchObject([{ code: 'INTERRUPTED' }, { code: 'INTERRUPTED' }]);
  });
});
