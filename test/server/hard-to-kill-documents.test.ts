import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { buildSchema } from '../../src/graphql/schema.ts';
import { complaintAbout, showsInside } from '../support/fuzz/complaint.ts';
import { fuzzRuns, fuzzSeed } from '../support/fuzz/fuzz-settings.ts';
import { createTalker } from '../support/fuzz/graphql-conversation.ts';
import { createRandom, garbageDocument, randomDocument } from '../support/fuzz/random-document.ts';
import { sendRaw } from '../support/fuzz/raw-http.ts';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const name = 'org/encoder';
const schema = buildSchema();

let hub: StandInHub;
let server: RunningApp;
let known: string[];

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url, logLevel: 'silent' });
  await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' });
  const { model, tasks } = await graphql(server.url, `{ model(name: "${name}") { id } tasks { nodes { id } } }`);
  known = [name, name, model.id, ...tasks.nodes.map(({ id }: { id: string }) => id), 'org/other', 'x'];
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

/** Most of them are documents of the schema. */
const documents = fc.nat({ max: 2 ** 31 - 1 }).map((seed) => {
  const random = createRandom(seed);
  const make = random() < 0.75 ? randomDocument : garbageDocument;
  return make({ schema, random, known });
});

const title = (what: string) => `${what} (seed ${fuzzSeed}, ${fuzzRuns} runs)`;

it(title('random documents over HTTP are answered without an untyped failure'), async () => {
  await fc.assert(
    fc.asyncProperty(
      documents,
      fc.constantFrom('application/json', 'text/event-stream', 'multipart/mixed', '*/*'),
      async (query, accept) => {
        const body = Buffer.from(JSON.stringify({ query }));
        const isStream = query.startsWith('subscription');
        const head = `POST /graphql HTTP/1.1\r\nhost: 127.0.0.1\r\nconnection: close\r\ncontent-type: application/json\r\naccept: ${accept}\r\ncontent-length: ${body.length}\r\n\r\n`;
        const bytes = Buffer.concat([Buffer.from(head), body]);
        const answer = await sendRaw(server.url, bytes, { timeoutMs: isStream ? 100 : 15_000 });
        const complaint = complaintAbout(answer, { mayBeSilent: isStream });
        if (complaint !== null) throw new Error(`${query}\n${complaint}`);
      },
    ),
    { numRuns: fuzzRuns, seed: fuzzSeed, endOnFailure: true },
  );
  expect((await fetch(`${server.url}/live`)).status).toBe(200);
}, 600_000);

it(title('random documents over a WebSocket end, and say nothing of the inside'), async () => {
  await using talker = createTalker(server.url);
  await fc.assert(
    fc.asyncProperty(documents, async (query) => {
      const { messages, ended, closeCode } = await talker.talk(query, {
        quietMs: query.startsWith('subscription') ? 100 : 10_000,
        timeoutMs: 15_000,
      });
      const text = messages.join('\n');
      if (!ended) throw new Error(`${query}\nhangs: ${text.slice(0, 500)}`);
      if (closeCode !== null && closeCode !== 4400) throw new Error(`${query}\nwas closed with ${closeCode}`);
      if (showsInside(text) || /"code":"INTERNAL"/.test(text)) throw new Error(`${query}\n${text.slice(0, 500)}`);
    }),
    { numRuns: fuzzRuns, seed: fuzzSeed + 1, endOnFailure: true },
  );
  expect((await fetch(`${server.url}/live`)).status).toBe(200);
}, 600_000);
