import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { ensureCheckpoint } from './checkpoint.ts';
import { type Contender, type Door, startBare, startIdleServer, startPeer, throughDoor } from './contender.ts';
import { probeLive, timeCrowd, timeMedian, timeOne } from './load.ts';
import { importModel, loadModel, startModelkeep } from './modelkeep.ts';
import { ensurePeerModel } from './peer-model.ts';
import { printRatios, printTable } from './report.ts';
import { interleave, median, quantile } from './rounds.ts';
import { measureMemory, measureStarts } from './server-costs.ts';
import { createTextMaker, type TextMaker } from './texts.ts';
import { makeVocabulary } from './vocabulary.ts';

const cacheFolder = join(tmpdir(), 'modelkeep-bench');
const doors: readonly Door[] = ['GraphQL FLOAT', 'GraphQL BASE64', '/infer_text'];
const clients = 64;
/** The machine that the goals are for has two cores; more would not compare. */
const threads = 2;

/** Text embeddings of a MiniLM-shaped model against the bare runtime and against transformers.js, interleaved. */
export async function embedBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '7' } } });
  const rounds = Number(values.rounds);
  const vocabulary = makeVocabulary();
  const checkpoint = join(cacheFolder, 'mini-lm');
  const peerModels = join(cacheFolder, 'peer');
  await ensureCheckpoint(checkpoint, vocabulary);
  await ensurePeerModel(join(peerModels, 'mini-lm'), checkpoint);
  const texts = createTextMaker(vocabulary, 1);

  await using held = new AsyncDisposableStack();
  const newFolder = async (): Promise<string> => {
    const folder = await mkdtemp(join(tmpdir(), 'modelkeep-bench-data-'));
    held.defer(() => rm(folder, { recursive: true, force: true }));
    return folder;
  };
  await compareSpeed({ rounds, texts, checkpoint, peerModels, dataFolder: await newFolder() });
  await measureMemory({ checkpoint, dataFolder: await newFolder(), threads, texts: texts.spread(2 * clients, 8, 128), clients });
  await measureStarts({ rounds, newFolder });
}

interface Setting {
  rounds: number;
  texts: TextMaker;
  checkpoint: string;
  peerModels: string;
  dataFolder: string;
}

async function compareSpeed({ rounds, texts, checkpoint, peerModels, dataFolder }: Setting): Promise<void> {
  await using held = new AsyncDisposableStack();
  const server = held.use(await startModelkeep({ dataFolder, checkpoint, threads }));
  for (const name of ['F32', 'INT8', 'F32, 1 × 2 threads']) await importModel(server, { path: checkpoint, name: nameOf(name) });
  await loadModel(server, { name: 'f32' });
  await loadModel(server, { name: 'int8', precision: 'INT8' });
  await loadModel(server, { name: nameOf('F32, 1 × 2 threads'), instances: 1, threads });
  const ours = ['F32', 'INT8'].flatMap((label) => doors.map((door) => throughDoor(server, door, { label, model: nameOf(label) })));
  const oneByTwo = throughDoor(server, 'GraphQL BASE64', { label: 'F32, 1 × 2 threads', model: nameOf('F32, 1 × 2 threads') });
  const peers = [
    held.use(await startPeer({ models: peerModels, model: 'mini-lm', dtype: 'fp32', threads })),
    held.use(await startPeer({ models: peerModels, model: 'mini-lm', dtype: 'fp32', threads: 1 })),
    held.use(await startPeer({ models: peerModels, model: 'mini-lm', dtype: 'q8', threads })),
  ];
  const bare = held.use(await startBare({ checkpoint, precision: 'F32', threads }));
  const bareSmall = held.use(await startBare({ checkpoint, precision: 'INT8', threads }));
  const loops = [bare.singly, bare.together, bareSmall.singly, bareSmall.together];
  const base = { loops: [bare.singly.name, bare.together.name], peers: peers.slice(0, 2).map(({ name }) => name) };

  const one = texts.text(24);
  const alone = [...ours, oneByTwo, ...peers, ...loops];
  const measureOne = (contender: Contender) => timeMedian(contender, [one], 10);
  printRatios('1 text of 24 tokens', await interleave(alone, { rounds, measure: measureOne }), base);
  const many = texts.spread(32, 8, 128);
  const measureMany = (contender: Contender) => timeOne(contender, many);
  printRatios('32 texts of 8 to 128 tokens in one request', await interleave(alone, { rounds, measure: measureMany }), base);
  const crowd = texts.spread(2 * clients, 8, 128);
  const measureCrowd = (contender: Contender) => timeCrowd(contender, crowd, clients);
  const measured = await interleave([...ours, oneByTwo, ...peers], { rounds, measure: measureCrowd });
  printRatios(`${clients} clients of 1 text, 8 to 128 tokens; ms for ${crowd.length} texts`, measured, { ...base, loops: [] });

  const idle = held.use(await startIdleServer());
  const rows: string[][] = [];
  for (const contender of ours) {
    const probed = await probeLive([server.url, idle.url], async () => {
      for (let round = 0; round < rounds; round += 1) await timeCrowd(contender, crowd, clients);
    });
    const figures = probed.flatMap((times) => [median(times), quantile(times, 0.99)]);
    rows.push([contender.name, ...figures.map((ms) => ms.toFixed(1)), `${probed[0]?.length}`]);
  }
  printTable(`/live while ${clients} clients ask, ms`, ['load', 'p50', 'p99', 'idle server p50', 'idle server p99', 'answers'], rows);
}

/** A model's name for a label of the table. */
function nameOf(label: string): string {
  return label.toLowerCase().replaceAll(/[^a-z0-9]+/g, '-');
}
