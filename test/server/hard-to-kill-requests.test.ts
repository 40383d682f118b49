import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { complaintAbout } from '../support/fuzz/complaint.ts';
import { fuzzRuns, fuzzSeed } from '../support/fuzz/fuzz-settings.ts';
import { hostileRequest, type KnownRoute, knownRoutes } from '../support/fuzz/hostile-request.ts';
import { sendRaw } from '../support/fuzz/raw-http.ts';
import { postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

let hub: StandInHub;
let server: RunningApp;
let routes: KnownRoute[];

const name = 'org/encoder';

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url, logLevel: 'silent', maxBodyBytes: 1024 ** 2 });
  await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' });
  routes = await knownRoutes(server.url);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

it('knows the routes of every family', () => {
  expect(routes.map(({ path }) => path)).toEqual(expect.arrayContaining(['/infer_text', '/load_model', '/graphql']));
});

it(`malformed requests to every route are answered without an untyped failure (seed ${fuzzSeed}, ${fuzzRuns} runs)`, async () => {
  await fc.assert(
    fc.asyncProperty(hostileRequest(routes, [name, 'sentence_transformers', 'a']), async ({ bytes, isWhole, about }) => {
      const answer = await sendRaw(server.url, bytes, { timeoutMs: isWhole ? 15_000 : 100 });
      const complaint = complaintAbout(answer, { mayBeSilent: !isWhole });
      if (complaint !== null) throw new Error(`${about}\n${complaint}`);
    }),
    { numRuns: fuzzRuns, seed: fuzzSeed, endOnFailure: true },
  );
  expect((await fetch(`${server.url}/live`)).status).toBe(200);
}, 600_000);
