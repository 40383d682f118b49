import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import type { GgufToWrite } from '../../src/formats/gguf/gguf-writer.ts';
import { texts } from '../../src/formats/gguf/metadata-values.ts';
import { generateSubscription, generatingServer, readGeneration } from '../support/generating-server.ts';
import { withMetadata } from '../support/gguf-bytes.ts';
import { endlessModel } from '../support/gguf-models.ts';
import { subscribeWebSocket } from '../support/graphql-client.ts';
import type { RunningApp } from '../support/running-app.ts';
import { until } from '../support/scheduler-support.ts';

const tokens = 2400;
const tokenLength = 4000;
const lastChunk = '\r\n0\r\n\r\n';

/** Each token that it says is 4,000 letters, so that what lies between server and client is soon full. */
function wordyModel(): GgufToWrite {
  const model = endlessModel({ contextLength: 4096 });
  const key = 'tokenizer.ggml.tokens';
  const vocabulary = [...model.metadata].find(([name]) => name === key)?.[1];
  if (vocabulary?.type !== 'array' || vocabulary.of !== 'string') throw new Error('the model has no vocabulary');
  const words = ['▁the', '▁quick', '▁brown', '▁fox', '▁jumps', '▁over', '▁lazy', '▁dog'];
  const long = vocabulary.values.map((token) =>
    words.includes(token)
      ? `▁${token
          .slice(1)
          .repeat(tokenLength)
          .slice(0, tokenLength - 1)}`
      : token,
  );
  return withMetadata(model, { [key]: texts(long) });
}

let server: RunningApp;
beforeAll(async () => {
  server = await generatingServer({ wordy: { model: wordyModel(), generation: { slots: 2, contextSize: 4096 } } });
});
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
});

const input = { model: 'wordy', prompt: 'hello\n', maxTokens: tokens };
const running = () => server.app.services.scheduler.residents()[0]?.queueDepth;

/** Somebody else is answered meanwhile, and the one that nobody reads is written to its end. */
async function nobodyIsHeldBack(): Promise<void> {
  const { end } = await readGeneration(subscribeWebSocket(server.url, generateSubscription, { input: { ...input, maxTokens: 20 } }));
  expect(end).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: 20 } });
  await until(() => running() === 0);
}

/** Sends a request, and keeps what comes; nothing is read while it is paused. */
async function post(path: string, body: object, headers: Record<string, string> = {}): Promise<{ socket: Socket; received: () => string }> {
  const { hostname, port } = new URL(server.url);
  const socket = connect(Number(port), hostname);
  await once(socket, 'connect');
  let received = '';
  socket.setEncoding('latin1').on('data', (data) => {
    received += data;
  });
  const payload = JSON.stringify(body);
  const lines = [`POST ${path} HTTP/1.1`, `host: ${hostname}:${port}`, 'content-type: application/json'];
  for (const [name, value] of Object.entries(headers)) lines.push(`${name}: ${value}`);
  socket.write(`${lines.join('\r\n')}\r\ncontent-length: ${Buffer.byteLength(payload)}\r\n\r\n${payload}`);
  return { socket, received: () => received };
}

describe('a client that stops reading holds nobody back, and finds all of it later, put together', () => {
  it('on a WebSocket', async () => {
    const socket = new WebSocket(`${server.url.replace('http', 'ws')}/graphql`, 'graphql-transport-ws');
    await once(socket, 'open');
    const seen: any[] = [];
    socket.on('message', (data) => seen.push(JSON.parse(String(data))));
    socket.send(JSON.stringify({ type: 'connection_init' }));
    await until(() => seen.length === 1);
    socket.send(JSON.stringify({ id: '1', type: 'subscribe', payload: { query: generateSubscription, variables: { input } } }));
    await until(() => seen.length > 1);
    socket.pause();
    await nobodyIsHeldBack();
    socket.resume();
    await until(() => seen.at(-1)?.type === 'complete');
    const events = seen.filter(({ type }) => type === 'next').map(({ payload: { data } }) => data.generate);
    whole(events.map(({ text = '' }) => text));
    expect(events.at(-1)).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: tokens } });
    socket.close();
  });

  it('on server-sent events', async () => {
    const { socket, received } = await post(
      '/graphql',
      { query: generateSubscription, variables: { input } },
      { accept: 'text/event-stream' },
    );
    await until(() => received().includes('TextDelta'));
    socket.pause();
    await nobodyIsHeldBack();
    socket.resume();
    await until(() => received().endsWith(lastChunk));
    socket.destroy();
    const events = dechunked(received())
      .join('')
      .split('\n')
      .flatMap((line) => (line.startsWith('data: {') ? [JSON.parse(line.slice(6)).data.generate] : []));
    whole(events.map(({ text = '' }) => text));
    expect(events.at(-1)).toMatchObject({ reason: 'LENGTH', usage: { completionTokens: tokens } });
  });

  it("on AFAI's stream of bare text", async () => {
    const { socket, received } = await post('/generate/fromtext', { model_name: 'wordy', prompt: 'hello', max_new_tokens: tokens });
    await until(() => received().includes('the'));
    socket.pause();
    await nobodyIsHeldBack();
    socket.resume();
    await until(() => received().endsWith(lastChunk));
    socket.destroy();
    whole(dechunked(received()));
  });
});

/** All is there, and what could not be sent became fewer pieces instead of waiting one by one. */
function whole(pieces: string[]): void {
  const length = pieces.reduce((sum, { length }) => sum + length, 0);
  expect(length).toBeGreaterThanOrEqual((tokens - 1) * tokenLength);
  expect(pieces.length).toBeLessThan(tokens);
  expect(Math.max(...pieces.map(({ length }) => length))).toBeGreaterThan(100 * tokenLength);
}

/** The chunks of an HTTP answer, of which each write makes one. */
function dechunked(answer: string): string[] {
  let rest = answer.slice(answer.indexOf('\r\n\r\n') + 4);
  const chunks: string[] = [];
  while (rest !== '') {
    const line = rest.indexOf('\r\n');
    const size = Number.parseInt(rest.slice(0, line), 16);
    if (!(size > 0)) break;
    chunks.push(rest.slice(line + 2, line + 2 + size));
    rest = rest.slice(line + 4 + size);
  }
  return chunks;
}
