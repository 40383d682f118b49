import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeGgufFile } from '../test/support/gguf-file.ts';
import { randomLlama, smol135m } from '../test/support/gguf-models.ts';
import { startLlamaServer } from './llama-server.ts';
import { seededRandom } from './random.ts';
import { printTable } from './report.ts';
import { median } from './rounds.ts';
import { type ServerWriter, startBareLockStep, startServerWriter, type Writer, type WriterOptions, type Written } from './writers.ts';

const folder = join(tmpdir(), 'modelkeep-bench', 'smol-135m');
const promptWords = 44;
/** Llama.cpp with more threads than free cores collapses: the second core is for everything else. */
const threads = 1;

/**
 * Streamed text of a 135M-shaped model with random Q8_0 weights against the bare library and, where the environment's LLAMA_SERVER is
 * the path of one, llama.cpp's own server; interleaved. Many short rounds tell more on a machine that others use than a few long ones.
 */
export async function generateBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      rounds: { type: 'string', default: '3' },
      tokens: { type: 'string', default: '64' },
      widths: { type: 'string', default: '1,2,4,8' },
      only: { type: 'string', default: 'speed,newcomer' },
    },
  });
  const path = join(folder, 'model.gguf');
  if (!existsSync(path)) await writeGgufFile(path, randomLlama(smol135m));
  const random = seededRandom(Date.now() % 2 ** 31);
  const dataFolder = await mkdtemp(join(tmpdir(), 'modelkeep-bench-data-'));
  const setting = { folder, threads, slots: 8, clients: 8, dataFolder, contextSize: 1024 };
  try {
    if (values.only.includes('speed')) {
      await using held = new AsyncDisposableStack();
      const bare = held.use(await startBareLockStep(setting));
      const ours = held.use(await startServerWriter(setting));
      const peer = await startPeer(setting);
      if (peer) held.use(peer);
      const widths = values.widths.split(',').map(Number);
      await compareSpeed(
        { ours, others: peer ? [bare, peer] : [bare] },
        { rounds: Number(values.rounds), newTokens: Number(values.tokens), widths, random },
      );
      await measureCpu(ours, random);
    }
    await rm(dataFolder, { recursive: true, force: true });
    if (!values.only.includes('newcomer')) return;
    await using ours = await startServerWriter({ ...setting, slots: 4, contextSize: 4096 });
    await measurePrefix(ours, random);
    await measureNewcomer(ours, random);
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
}

async function startPeer(setting: WriterOptions): Promise<Writer | null> {
  const path = process.env.LLAMA_SERVER;
  if (path) return startLlamaServer({ ...setting, path });
  process.stdout.write('Not compared with llama-server: LLAMA_SERVER, the path of its binary, is not set.\n');
  return null;
}

type Random = () => number;

/** One number for each round. */
interface Speeds {
  decode: number[];
  all: number[];
  first: number[];
}

function words(random: Random, count: number): string {
  const letters = 'etaoinshrdlcumwfgypbvk';
  const word = () => Array.from({ length: 1 + Math.floor(random() * 5) }, () => letters[Math.floor(random() * letters.length)]).join('');
  return Array.from({ length: count }, word).join(' ');
}

interface Comparison {
  rounds: number;
  newTokens: number;
  widths: readonly number[];
  random: Random;
}

async function compareSpeed(
  { ours, others }: { ours: Writer; others: readonly Writer[] },
  { rounds, newTokens, widths, random }: Comparison,
): Promise<void> {
  const rows: string[][] = [];
  for (const width of widths) {
    const measured = new Map<Writer, Speeds>([...others, ours].map((writer) => [writer, { decode: [], all: [], first: [] }]));
    // The first round warms up.
    for (let round = -1; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [...measured] : [...measured].toReversed();
      for (const [writer, { decode, all, first }] of order) {
        const written = await writer.write(
          Array.from({ length: width }, () => words(random, promptWords)),
          newTokens,
        );
        if (round < 0) continue;
        decode.push(decodeRate(written));
        all.push(written.reduce((sum, { tokens }) => sum + tokens, 0) / (Math.max(...written.map(({ lastMs }) => lastMs)) / 1000));
        first.push(median(written.map(({ firstMs }) => firstMs)));
      }
    }
    const speeds = measured.get(ours);
    for (const other of others) {
      const base = measured.get(other);
      if (!speeds || !base) continue;
      const ratio = (of: (each: Speeds) => number[]) =>
        median(of(speeds).map((value, round) => value / (of(base)[round] ?? Number.NaN))).toFixed(2);
      rows.push([
        `${width}`,
        other.name,
        median(base.decode).toFixed(1),
        median(speeds.decode).toFixed(1),
        ratio(({ decode }) => decode),
        ratio(({ all }) => all),
        median(base.first).toFixed(0),
        median(speeds.first).toFixed(0),
        ratio(({ first }) => first),
      ]);
    }
  }
  const head = [
    'clients',
    'against',
    'its tok/s',
    'ours, tok/s',
    'ratio',
    'ratio with prompts',
    'its first token, ms',
    'ours, ms',
    'ratio',
  ];
  printTable(`Prompts of about 128 tokens, ${newTokens} new ones; tokens a second of all clients together`, head, rows);
}

/** Tokens a second of all clients together, from the first token of each on. */
function decodeRate(written: readonly Written[]): number {
  return written.reduce((sum, { firstMs, lastMs, tokens }) => sum + ((tokens - 1) * 1000) / (lastMs - firstMs), 0);
}

async function measureCpu(ours: ServerWriter, random: Random): Promise<void> {
  const startedMs = performance.now();
  const before = ours.cpuMs();
  await ours.write(
    Array.from({ length: 8 }, () => words(random, promptWords)),
    128,
  );
  const share = (ours.cpuMs() - before) / (performance.now() - startedMs);
  printTable('The server process while 8 streams run', ['of a core'], [[`${(100 * share).toFixed(1)} %`]]);
}

async function measurePrefix(ours: ServerWriter, random: Random): Promise<void> {
  const rows: string[][] = [];
  for (let round = 0; round < 3; round += 1) {
    const start = words(random, 180);
    const [first] = await ours.write([`${start} one`], 4);
    const [second] = await ours.write([`${start} two`], 4);
    if (first && second) rows.push([first.firstMs.toFixed(0), second.firstMs.toFixed(0), (second.firstMs / first.firstMs).toFixed(2)]);
  }
  printTable('First token of two prompts that begin with the same 500 tokens', ['first, ms', 'second, ms', 'ratio'], rows);
}

/** Three clients read while a fourth comes with 2,000 tokens. */
async function measureNewcomer(ours: ServerWriter, random: Random): Promise<void> {
  const rows: string[][] = [];
  for (let round = 0; round < 3; round += 1) {
    const times: number[][] = [[], [], []];
    const begun = Promise.withResolvers<void>();
    const readers = times.map((list) =>
      ours.watch(words(random, 20), 400, () => {
        list.push(performance.now());
        if (times.every(({ length }) => length >= 60)) begun.resolve();
      }),
    );
    await begun.promise;
    const cameMs = performance.now();
    let readMs = 0;
    await ours.watch(words(random, 720), 1, () => {
      readMs = performance.now();
    });
    const gaps = (from: number, to: number) =>
      times.flatMap((list) => list.slice(1).flatMap((at, index) => (at > from && (list[index] ?? 0) < to ? at - (list[index] ?? 0) : [])));
    const usual = median(gaps(0, cameMs));
    const longest = Math.max(...gaps(cameMs, readMs));
    rows.push([
      usual.toFixed(1),
      median(gaps(cameMs, readMs)).toFixed(1),
      longest.toFixed(1),
      (longest / usual).toFixed(1),
      (readMs - cameMs).toFixed(0),
    ]);
    await Promise.all(readers);
  }
  printTable(
    'Three streams while a newcomer with 2,000 tokens is read',
    ['usual gap, ms', 'median gap then', 'longest', 'in ticks', 'newcomer waits, ms'],
    rows,
  );
}
