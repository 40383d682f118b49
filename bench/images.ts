import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { Contender } from './contender.ts';
import { createPost } from './http-client.ts';
import { ensureImageCheckpoint, ensureImagePeerModel } from './image-checkpoint.ts';
import { timeCrowd, timeOne } from './load.ts';
import { importModel, loadModel, type Modelkeep, startModelkeep } from './modelkeep.ts';
import { makePhotographs } from './photographs.ts';
import { startServer, startWorker } from './process.ts';
import { printRatios } from './report.ts';
import { interleave } from './rounds.ts';

const cacheFolder = join(tmpdir(), 'modelkeep-bench');
const clients = 32;
const threads = 2;
const document = 'query ($input: EmbedInput!) { embed(input: $input) { embeddings { vector(encoding: BASE64) } } }';

/** Image embeddings of a ViT-B/32 against sharp with the bare runtime and against transformers.js, interleaved. */
export async function imagesBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  const checkpoint = join(cacheFolder, 'vit-b-32');
  const peerModels = join(cacheFolder, 'image-peer');
  await ensureImageCheckpoint(checkpoint);
  await ensureImagePeerModel(join(peerModels, 'vit-b-32'), checkpoint);
  const images = (await makePhotographs(2 * clients)).map((bytes) => bytes.toString('base64'));

  await using held = new AsyncDisposableStack();
  const dataFolder = await mkdtemp(join(tmpdir(), 'modelkeep-bench-data-'));
  held.defer(() => rm(dataFolder, { recursive: true, force: true }));
  const server = held.use(await startModelkeep({ dataFolder, checkpoint, threads }));
  const ours: Contender[] = [];
  for (const [label, options] of [
    ['F32', {}],
    ['F32, fast', { fast: true }],
    ['INT8', { precision: 'INT8' }],
    ['F32, 1 × 2 threads', { instances: 1, threads }],
  ] as const) {
    const name = label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
    await importModel(server, { path: checkpoint, name });
    await loadModel(server, { name, ...options });
    ours.push(throughGraphql(server, label, name));
  }
  const bare = held.use(await startBare({ checkpoint, precision: 'F32' }));
  const bareSmall = held.use(await startBare({ checkpoint, precision: 'INT8' }));
  const peers = [
    held.use(await startPeer({ models: peerModels, dtype: 'fp32', threads })),
    held.use(await startPeer({ models: peerModels, dtype: 'fp32', threads: 1 })),
  ];
  const loops = [bare.singly, bare.together, bareSmall.singly, bareSmall.together];
  const base = { loops: [bare.singly.name, bare.together.name], peers: peers.map(({ name }) => name) };
  const alone = [...ours, ...peers, ...loops];
  const measure = (batch: readonly string[]) => (contender: Contender) => timeOne(contender, batch);
  printRatios('1 image', await interleave(alone, { rounds, measure: measure(images.slice(0, 1)) }), base);
  printRatios('8 images in one request', await interleave(alone, { rounds, measure: measure(images.slice(0, 8)) }), base);
  const crowded = (count: number) => (contender: Contender) => timeCrowd(contender, images.slice(0, 2 * count), count);
  const served = [...ours, ...peers];
  printRatios('8 clients of 1 image; ms for 16', await interleave(served, { rounds, measure: crowded(8) }), { ...base, loops: [] });
  const title = `${clients} clients of 1 image; ms for ${images.length}`;
  printRatios(title, await interleave(served, { rounds, measure: crowded(clients) }), { ...base, loops: [] });
}

function throughGraphql({ post }: Modelkeep, label: string, model: string): Contender {
  return {
    name: `Modelkeep ${label}`,
    async embed(images) {
      const items = images.map((base64) => ({ image: { base64 } }));
      const answer = await post('/graphql', { query: document, variables: { input: { model, items } } });
      if (answer.includes('"errors"')) throw new Error(answer.toString('utf8', 0, 300));
    },
  };
}

async function startBare({ checkpoint, precision }: { checkpoint: string; precision: 'F32' | 'INT8' }) {
  const { child, ...worker } = await startWorker('./bare-image-loop.ts', [checkpoint, precision, String(threads)]);
  const contender = (together: boolean): Contender => ({
    name: `bare loop ${precision}, ${together ? 'one batch' : 'one by one'}`,
    async embed(images) {
      const done = once(child, 'message');
      child.send({ images, together });
      await done;
    },
  });
  return { together: contender(true), singly: contender(false), [Symbol.asyncDispose]: worker[Symbol.asyncDispose] };
}

async function startPeer(options: { models: string; dtype: 'fp32' | 'q8'; threads: number }): Promise<Contender & AsyncDisposable> {
  const { models, dtype } = options;
  const file = fileURLToPath(new URL('./peer-image-server.ts', import.meta.url));
  const server = await startServer([file, models, 'vit-b-32', dtype, String(options.threads)], { NODE_ENV: 'production' });
  const post = createPost(server.url);
  return {
    name: `transformers.js ${dtype}, ${options.threads === 1 ? '1 thread' : `${options.threads} threads`}`,
    embed: async (images) => void (await post('/', { images })),
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}
