import { readdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { generateQuery, generateSubscription, readGeneration } from '../support/generating-server.ts';
import { writeGgufFile } from '../support/gguf-file.ts';
import { foxModel } from '../support/gguf-models.ts';
import { query, subscribeEvents, subscribeWebSocket } from '../support/graphql-client.ts';
import { type ImageServer, startImageServer } from '../support/image-server.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { isAlive, until } from '../support/scheduler-support.ts';
import { startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { writeVisionModel } from '../support/vision-model.ts';
import { importFolder, load, stripes, visionServer } from '../support/vision-server.ts';

let images: ImageServer;
let server: RunningApp;
let folder: Awaited<ReturnType<typeof temporaryFolder>>;
let one: string;
let other: string;

beforeAll(async () => {
  images = await startImageServer();
  folder = await temporaryFolder();
  server = await visionServer(
    {
      llava: {},
      pair: { load: { instances: 2 } },
      slow: { model: { slowVision: 600, slowDecoder: 600 } },
      raw: { model: { template: null } },
    },
    { importRoots: [folder.path, folder.path.replace(/[^/]*$/, '')], fetchAllow: [`127.0.0.1:${images.port}`], logLevel: 'silent' },
  );
  await writeGgufFile(join(folder.path, 'fox', 'model.gguf'), foxModel());
  expect(await importFolder(server.url, join(folder.path, 'fox'), 'fox')).toMatchObject({ state: 'SUCCEEDED' });
  expect(await load(server.url, 'fox')).toMatchObject({ state: 'SUCCEEDED' });
  one = (await stripes(3)).toString('base64');
  other = (await stripes(99)).toString('base64');
}, 120_000);
afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await images?.[Symbol.asyncDispose]();
  await folder?.[Symbol.asyncDispose]();
});

const greedy = { temperature: 0, maxTokens: 16 };
const say = (shown: object[], model = 'llava') => ({ model, ...greedy, messages: [{ role: 'USER', content: 'What?', images: shown }] });
const ask = async (input: object) => (await query(server.url, generateQuery, { input })).body;
const textOf = async (input: object): Promise<string> => {
  const { data, errors } = await ask(input);
  expect(errors).toBeUndefined();
  return data.generate.text;
};
const failureOf = async (input: object) => (await ask(input)).errors[0].extensions;
const processIds = async (name: string) => {
  const { id } = (await server.app.services.catalogue.require({ name })) ?? expect.unreachable();
  return server.app.services.scheduler.processIds(id);
};

describe('a picture', () => {
  it('comes as base64, as a data URI, from an address or as a file, with a message or beside it', async () => {
    const text = await textOf(say([{ base64: one }]));
    expect(text).toHaveLength(16);
    expect(await textOf(say([{ base64: `data:image/jpg;base64,${one}` }]))).toBe(text);
    expect(await textOf({ ...say([]), images: [{ base64: one }] })).toBe(text);
    const form = new FormData();
    form.set('operations', JSON.stringify({ query: generateQuery, variables: { input: { ...say([]), images: [{ upload: null }] } } }));
    form.set('map', JSON.stringify({ 0: ['variables.input.images.0.upload'] }));
    form.set('0', new Blob([Buffer.from(one, 'base64')], { type: 'image/png' }), 'stripes.png');
    const uploaded = await fetch(`${server.url}/graphql`, { method: 'POST', body: form, headers: { 'GraphQL-Require-Preflight': '1' } });
    expect((await uploaded.json()).data.generate.text).toBe(text);
    const golden = (await readFile(new URL('../golden/images/rgb.png', import.meta.url))).toString('base64');
    expect(await textOf(say([{ url: `${images.url}/no-type` }]))).toBe(await textOf(say([{ base64: golden }])));
  });

  it('is seen: others and more of them make another answer, and so does none', async () => {
    const texts = await Promise.all([[one], [other], [one, other], []].map((shown) => textOf(say(shown.map((base64) => ({ base64 }))))));
    expect(new Set(texts).size).toBe(4);
  });

  it('of an earlier message is seen where it was shown', async () => {
    const talk = (first: string, last: string) => ({
      model: 'llava',
      ...greedy,
      messages: [
        { role: 'USER', content: 'Look.', images: [{ base64: first }] },
        { role: 'ASSISTANT', content: 'yes' },
        { role: 'USER', content: 'And?', images: [{ base64: last }] },
      ],
    });
    expect(await textOf(talk(one, one))).not.toBe(await textOf(talk(other, one)));
  });

  it('goes with a raw prompt', async () => {
    const raw = (prompt: string) => textOf({ model: 'raw', ...greedy, prompt, images: [{ base64: one }] });
    expect(await raw('<image>\nWhat?')).toBe(await raw('What?'));
  });

  it('is counted, and told as it is written', async () => {
    const input = say([{ base64: one }]);
    const [socket, events] = await Promise.all([
      readGeneration(subscribeWebSocket(server.url, generateSubscription, { input })),
      readGeneration(subscribeEvents(server.url, generateSubscription, { input })),
    ]);
    expect(events.text).toBe(socket.text);
    expect(socket.events.length).toBeGreaterThan(3);
    // Begin, "USER: ", four for the picture and a new line, "What? ", "ASSISTANT:".
    expect(socket.end).toMatchObject({ reason: 'LENGTH', usage: { promptTokens: 1 + 6 + 5 + 6 + 10, completionTokens: 16 } });
  });
});

describe('a request that cannot be served', () => {
  it('names each picture at fault, and spoils no other request', async () => {
    const [failure, text] = await Promise.all([
      failureOf(say([{ base64: one }, { url: `${images.url}/missing` }, { base64: '!' }])),
      textOf(say([{ base64: one }])),
    ]);
    expect(failure).toMatchObject({ code: 'UPSTREAM_FAILED', index: 1, itemErrors: [{ index: 1 }, { index: 2, code: 'INVALID_IMAGE' }] });
    expect(text).toHaveLength(16);
    expect(await failureOf(say([{ base64: one }, { base64: Buffer.from('no picture').toString('base64') }]))).toMatchObject({
      code: 'INVALID_IMAGE',
      index: 1,
    });
    expect(await failureOf(say([{}]))).toMatchObject({ code: 'INVALID_INPUT', field: 'input.messages[0].images[0]' });
  });

  it('shows a picture to a model that has no eyes', async () => {
    expect(await failureOf(say([{ base64: one }], 'fox'))).toMatchObject({
      code: 'UNSUPPORTED_CAPABILITY',
      has: expect.arrayContaining(['CHAT']),
    });
  });

  it('wants what ONNX graphs cannot do', async () => {
    for (const more of [{ responseFormat: { json: true } }, { tools: [{ name: 'look' }] }]) {
      expect(await failureOf({ ...say([{ base64: one }]), ...more })).toMatchObject({ code: 'UNSUPPORTED_CAPABILITY' });
    }
  });
});

describe('many clients', () => {
  it('of one process get the answers that each would get alone', async () => {
    const pictures = await Promise.all(Array.from({ length: 20 }, async (_, index) => (await stripes(index + 1)).toString('base64')));
    const inputs = pictures.map((base64, index) => ({ ...say([{ base64 }]), temperature: index % 2, seed: index }));
    const alone = [];
    for (const input of inputs) alone.push(await textOf(input));
    expect(await Promise.all(inputs.map(textOf))).toEqual(alone);
    expect(await processIds('llava')).toHaveLength(1);
    expect(new Set(alone).size).toBeGreaterThan(5);
  });

  it('are served by several processes where that was asked for', async () => {
    const texts = await Promise.all(Array.from({ length: 6 }, () => textOf(say([{ base64: one }], 'pair'))));
    expect(new Set([...texts, await textOf(say([{ base64: one }]))]).size).toBe(1);
  });
});

describe('a generation that ends early', () => {
  const endless = (shown: object[]) => ({ ...say(shown, 'slow'), maxTokens: 400 });
  const depth = () => server.app.services.scheduler.residents().find(({ name }) => name === 'slow')?.queueDepth;

  it('because its client left frees the model, in vision and in text', async () => {
    const beginning = new AbortController();
    const gone = fetch(`${server.url}/graphql`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: generateQuery, variables: { input: endless(Array.from({ length: 12 }, () => ({ base64: one }))) } }),
      signal: beginning.signal,
    }).catch(() => null);
    await until(() => depth() === 1);
    beginning.abort();
    await gone;
    await until(() => depth() === 0);
    const events = subscribeWebSocket(server.url, generateSubscription, { input: endless([{ base64: one }]) });
    await events.next();
    await events.return?.();
    await until(() => depth() === 0);
    expect(await textOf(say([{ base64: one }], 'slow'))).toHaveLength(16);
  });

  it('because its process died says so, and the next one is served by another', async () => {
    const events = subscribeWebSocket(server.url, generateSubscription, { input: endless([{ base64: one }]) });
    await events.next();
    const [processId = 0] = await processIds('slow');
    process.kill(processId, 'SIGKILL');
    const { end } = await readGeneration(events);
    expect(end).toMatchObject({ reason: 'ERROR', error: { code: 'RUNNER_CRASHED' } });
    expect(await textOf(say([{ base64: one }], 'slow'))).toHaveLength(16);
    expect(await processIds('slow')).not.toContain(processId);
  });
});

describe('the files of a model', () => {
  it('that lack a graph are not taken', async () => {
    const path = join(folder.path, 'half');
    await writeVisionModel(path);
    await rm(join(path, 'onnx', 'embed_tokens.onnx'));
    expect(await importFolder(server.url, path, 'half')).toMatchObject({
      state: 'FAILED',
      error: { code: 'INVALID_MODEL_FILE', message: expect.stringContaining('onnx/embed_tokens.onnx') },
    });
  });

  it('are fetched in one type, with the weights beside a graph', async () => {
    const path = join(folder.path, 'published');
    await writeVisionModel(path);
    const read = (name: string) => readFile(join(path, name));
    const small = [
      'config.json',
      'generation_config.json',
      'preprocessor_config.json',
      'processor_config.json',
      'tokenizer.json',
      'tokenizer_config.json',
    ];
    const graphs = ['vision_encoder', 'embed_tokens', 'decoder_model_merged'];
    const files: Record<string, Buffer> = {
      'README.md': Buffer.from('#'),
      'onnx/decoder_model_merged_q4.onnx_data': Buffer.from('weights'),
    };
    for (const name of small) files[name] = await read(name);
    for (const name of graphs) {
      for (const suffix of ['', '_quantized', '_q4', '_fp16']) files[`onnx/${name}${suffix}.onnx`] = await read(`onnx/${name}.onnx`);
    }
    await using hub = await startStandInHub({ repositories: { 'somebody/LLaVA-ONNX': { files } } });
    await using own = await runningApp({ hubEndpoint: hub.url, threads: 1, logLevel: 'silent' });
    const document = `mutation ($input: DownloadModelInput!) { downloadModel(input: $input) {
      ... on DownloadModelPayload { task { settled(timeoutMs: 60000) { state error { message } } } } ... on Error { message } } }`;
    for (const [name, quantization, suffix] of [
      ['eight', null, '_quantized'],
      ['four', 'Q4', '_q4'],
    ] as const) {
      const input = { source: { repository: 'somebody/LLaVA-ONNX' }, name, quantization };
      const { downloadModel } = await graphql(own.url, document, { input });
      expect(downloadModel).toMatchObject({ task: { settled: { state: 'SUCCEEDED' } } });
      const model = (await own.app.services.catalogue.require({ name })) ?? expect.unreachable();
      const weights = quantization ? ['decoder_model_merged_q4.onnx_data'] : [];
      const expected = [...graphs.map((graph) => `${graph}${suffix}.onnx`), ...weights];
      expect((await readdir(join(own.app.services.catalogue.folderOf(model), 'onnx'))).sort()).toEqual(expected.sort());
      expect(model.facts).toMatchObject({ library: 'TRANSFORMERS', capabilities: expect.arrayContaining(['GENERATE_FROM_IMAGE']) });
    }
  });

  it('are loaded and let go again and again without a process or memory that stays', async () => {
    const unload =
      'mutation ($n: String!) { unloadModel(input: { name: $n }) { ... on UnloadModelPayload { task { settled(timeoutMs: 30000) { state } } } } }';
    const memory: number[] = [];
    for (let cycle = 0; cycle < 4; cycle += 1) {
      await load(server.url, 'raw');
      expect(await textOf({ model: 'raw', ...greedy, prompt: 'What?', images: [{ base64: one }] })).toHaveLength(16);
      const [processId = 0] = await processIds('raw');
      await graphql(server.url, unload, { n: 'raw' });
      await until(() => !isAlive(processId));
      memory.push(process.memoryUsage.rss());
    }
    expect((memory.at(-1) ?? 0) - (memory[1] ?? 0)).toBeLessThan(40 * 1024 ** 2);
  });
});
