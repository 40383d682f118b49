import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { createClient } from 'graphql-ws';
import sharp from 'sharp';
import { WebSocket } from 'ws';
import { writeVisionModel } from '../test/support/vision-model.ts';
import { importModel, loadModel, startModelkeep } from './modelkeep.ts';
import { startWorker } from './process.ts';
import { printTable } from './report.ts';
import { median } from './rounds.ts';
import type { Written } from './writers.ts';

interface Question {
  image: string;
  prompt: string;
  maxTokens: number;
}
type Ask = (question: Question) => Promise<Written>;

/** Something that answers, and the process in which it does, or below which. */
interface Contender {
  ask: Ask;
  processId: number;
}

const maxTokens = 64;
const prompt = 'USER: <image>\nWhat is in this picture? ASSISTANT:';
/** A token and an image take about what they do for a model of 250 million weights in 8 bit, on one core, with a vocabulary of its size. */
const shape = { slowVision: 3000, slowDecoder: 1500, oddsOf: 49_152, contextLength: 2048 };

/** A picture and a question, streamed through GraphQL, against the same library called bare in one process, in turn. */
export async function visionBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '9' } } });
  const root = await mkdtemp(join(tmpdir(), 'modelkeep-bench-vision-'));
  try {
    await using held = new AsyncDisposableStack();
    const folder = join(root, 'llava');
    await writeVisionModel(folder, shape);
    const { child, ...worker } = held.use(await startWorker('./bare-vision.ts', [folder, '1']));
    held.use({ [Symbol.asyncDispose]: worker[Symbol.asyncDispose] });
    const bare: Ask = async (question) => {
      const answered = once(child, 'message');
      child.send(question);
      const [written] = await answered;
      return written as Written;
    };
    const server = held.use(await startModelkeep({ dataFolder: join(root, 'data'), checkpoint: folder, threads: 1 }));
    await importModel(server, { path: folder, name: 'llava' });
    await loadModel(server, { name: 'llava', threads: 1, instances: 1 });
    const socket = createClient({
      url: `${server.url.replace(/^http/, 'ws').replace(/\/$/, '')}/graphql`,
      webSocketImpl: WebSocket,
      lazy: false,
    });
    held.defer(async () => void (await socket.dispose()));
    const contenders = [
      { ask: bare, processId: child.pid ?? 0 },
      { ask: (question: Question) => askServer(socket, question), processId: server.child.pid ?? 0 },
    ];
    await compare(contenders, Number(values.rounds));
  } finally {
    await rm(root, { recursive: true, force: true });
  }
}

async function compare(contenders: readonly Contender[], rounds: number): Promise<void> {
  const measured: (Written & { cpuMs: number })[][] = contenders.map(() => []);
  for (let round = -1; round < rounds; round += 1) {
    const image = await picture(round + 2);
    for (const [index, { ask, processId }] of round % 2 === 0 ? [...contenders.entries()] : [...contenders.entries()].reverse()) {
      const beforeMs = cpuMsBelow(processId);
      const written = await ask({ image, prompt, maxTokens });
      // The first round warms up.
      if (round >= 0) measured[index]?.push({ ...written, cpuMs: cpuMsBelow(processId) - beforeMs });
    }
  }
  const [bare = [], ours = []] = measured;
  /** The ratio is such that more is better. */
  const row = (name: string, speed: (written: Written & { cpuMs: number }) => number, show = speed) => {
    const ratio = median(ours.map((written, round) => speed(written) / speed(bare[round] ?? written)));
    return [name, median(bare.map(show)).toFixed(0), median(ours.map(show)).toFixed(0), ratio.toFixed(2)];
  };
  printTable(
    `A picture of 640 × 480 and a question, ${maxTokens} tokens of an answer`,
    ['', 'bare', 'ours', 'ratio'],
    [
      row('tokens a second', ({ firstMs, lastMs, tokens }) => ((tokens - 1) * 1000) / (lastMs - firstMs)),
      row(
        'first token, ms',
        ({ firstMs }) => 1 / firstMs,
        ({ firstMs }) => firstMs,
      ),
      row(
        'processor time of all, ms',
        ({ cpuMs }) => 1 / cpuMs,
        ({ cpuMs }) => cpuMs,
      ),
    ],
  );
}

/** Of a process and all below it. Reads Linux's /proc, whose ticks are hundredths of a second. */
function cpuMsBelow(processId: number): number {
  const fields = readFileSync(`/proc/${processId}/stat`, 'utf8')
    .replace(/^.*\) /, '')
    .split(' ');
  const children = readFileSync(`/proc/${processId}/task/${processId}/children`, 'utf8').split(' ').filter(Boolean);
  return (Number(fields[11]) + Number(fields[12])) * 10 + children.reduce((sum, child) => sum + cpuMsBelow(Number(child)), 0);
}

const document = `subscription ($input: GenerateInput!) {
  generate(input: $input) { __typename ... on TextDelta { text } ... on GenerationEnd { error { message } usage { completionTokens } } }
}`;

async function askServer(socket: ReturnType<typeof createClient>, { image, prompt: text, maxTokens: most }: Question): Promise<Written> {
  const startedMs = performance.now();
  const written = { firstMs: 0, lastMs: 0, tokens: 0 };
  const input = { model: 'llava', prompt: text, images: [{ base64: image }], maxTokens: most, temperature: 0 };
  for await (const { data, errors } of socket.iterate<{ generate?: Event }>({ query: document, variables: { input } })) {
    if (errors?.[0]) throw new Error(errors[0].message);
    if (data?.generate?.error) throw new Error(data.generate.error.message);
    if (data?.generate?.__typename === 'TextDelta') {
      written.lastMs = performance.now() - startedMs;
      written.firstMs ||= written.lastMs;
    } else written.tokens = data?.generate?.usage?.completionTokens ?? 0;
  }
  return written;
}

interface Event {
  __typename: string;
  error?: { message: string };
  usage?: { completionTokens: number };
}

async function picture(number: number): Promise<string> {
  const [width, height] = [640, 480];
  const data = Buffer.from(Array.from({ length: width * height * 3 }, (_, index) => ((index >> 5) * number * 7) % 256));
  return (
    await sharp(data, { raw: { width, height, channels: 3 } })
      .jpeg()
      .toBuffer()
  ).toString('base64');
}
