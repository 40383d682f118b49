import { setTimeout as pause } from 'node:timers/promises';
import { query, subscribeEvents, subscribeWebSocket } from '../test/support/graphql-client.ts';
import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { withOwnWeights } from '../test/support/stand-in-hub-repository.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ask, embed, load, remove, unload } from './client.ts';
import { sampleMemory } from './memory-samples.ts';
import { createRandom, createTally, type SoakRow, type SoakScale } from './part.ts';

const stays = 'org/stays';
const comes = 'org/comes-and-goes';
const fetched = 'org/fetched-and-deleted';
const clients = 6;
/** A shorter time tells nothing about memory. */
const tellingMs = 120_000;
/** What may happen to a request while models come and go. */
const expected = ['OK', 'OVERLOADED', 'MODEL_NOT_FOUND', 'MODEL_NOT_LOADED', 'MODEL_LOADING', 'MODEL_BUSY', 'CANCELED', 'INVALID_INPUT'];

/** All doors are used at once for a while by clients that come, stay and leave, while models are loaded, unloaded, deleted. */
export async function mixedLoad({ mixedMs, seed }: SoakScale): Promise<SoakRow> {
  const random = createRandom(seed);
  const tally = createTally();
  const doors = createTally();
  const golden = goldenFolder('tiny-bert-st');
  await using data = await temporaryFolder();
  await using hub = await startStandInHub({
    repositories: Object.fromEntries([stays, comes, fetched].map((name) => [name, withOwnWeights(golden, name)])),
  });
  await using server = await startServerProcess({ DATA: data.path, HF_ENDPOINT: hub.url, LOG_LEVEL: 'error' });
  const { url } = server;
  await load(url, stays);
  const texts = () => Array.from({ length: 1 + Math.floor(random() ** 3 * 64) }, () => 'some words '.repeat(1 + random() * 30));

  const actions: Record<string, () => Promise<string>> = {
    'GraphQL embed': async () => (await embed(url, stays, texts())).code,
    'GraphQL embed, other model': async () => (await embed(url, comes, texts())).code,
    'REST embed': async () => {
      const body = JSON.stringify({ name: stays, text: texts() });
      const response = await fetch(`${url}/infer_text`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await response.arrayBuffer();
      return response.status === 200 ? 'OK' : response.status === 503 ? 'OVERLOADED' : `status ${response.status}`;
    },
    'WebSocket embed': async () => {
      await using events = subscribeWebSocket(url, 'query ($i: EmbedInput!) { embed(input: $i) { embeddings { dimensions } } }', {
        i: { model: stays, items: texts().map((text) => ({ text })) },
      });
      const { value } = await events.next();
      return value?.errors?.[0]?.extensions.code ?? 'OK';
    },
    'SSE subscription, left': async () => {
      await using events = subscribeEvents(url, 'subscription { modelChanged { name runtime { state } } }');
      await Promise.race([events.next(), pause(random() * 500)]);
      return 'OK';
    },
    'WebSocket subscription, left': async () => {
      await using events = subscribeWebSocket(url, 'subscription { modelChanged { name } }');
      await Promise.race([events.next(), pause(random() * 500)]);
      return 'OK';
    },
    'client that leaves': async () => {
      const leaving = AbortSignal.timeout(Math.floor(random() * 40));
      const body = JSON.stringify({ name: stays, text: texts() });
      await fetch(`${url}/infer_text`, { method: 'POST', body, signal: leaving }).catch(() => null);
      return 'OK';
    },
    lists: async () => {
      const { body } = await query(url, '{ models { nodes { name statistics { inferenceCount } } } tasks(last: 5) { nodes { state } } }');
      return body.errors?.[0]?.extensions.code ?? 'OK';
    },
    metrics: async () => ((await fetch(`${url}/metrics`)).status === 200 ? 'OK' : 'failed'),
    load: async () => (await load(url, comes)).code,
    unload: async () => (await unload(url, comes)).code,
    'download and delete': async () => {
      const { code } = await ask(
        url,
        `mutation { downloadModel(input: { source: { repository: "${fetched}" } }) { ... on DownloadModelPayload { task { settled { state } } } ... on Error { code } } }`,
      );
      return code === 'OK' ? (await remove(url, fetched)).code : code;
    },
  };
  const often = ['GraphQL embed', 'GraphQL embed', 'REST embed', 'WebSocket embed', 'client that leaves'];
  const names = [...Object.keys(actions), ...often];

  const endMs = performance.now() + mixedMs;
  const memory = sampleMemory(server.child.pid ?? 0);
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < endMs) {
        const name = names[Math.floor(random() * names.length)] ?? '';
        doors.add(name);
        tally.add((await actions[name]?.().catch((error: unknown) => `thrown: ${String(error).slice(0, 80)}`)) ?? '');
      }
    }),
  );
  const { figures, complaints: growth } = memory.finish();
  // Caches fill for the first minute.
  const complaints = mixedMs >= tellingMs ? growth : [];
  for (const code of tally.names()) if (!expected.includes(code)) complaints.push(`${tally.of(code)} requests ended with ${code}`);
  return {
    what: `mixed load, ${Math.round(mixedMs / 1000)} s`,
    figures: `${doors.total} requests: ${tally}; memory: ${figures}`,
    complaints,
  };
}
