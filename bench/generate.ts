import { existsSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { writeGgufFile } from '../test/support/gguf-file.ts';
import { randomLlama, smol135m } from '../test/support/gguf-models.ts';
import { seededRandom } from './random.ts';
import { printTable } from './report.ts';
import { median } from './rounds.ts';
import { type ServerWriter, startBareLockStep, startServerWriter, type Writer, type Written } from './writers.ts';

const folder = join(tmpdir(), 'modelkeep-bench', 'smol-135m');
const widths = [1, 2, 4, 8];
const newTokens = 64;
const promptWords = 44;
/** Llama.cpp with more threads than free cores collapses: the second core is for everything else. */
const threads = 1;

/** Streamed text of a 135M-shaped model with random Q8_0 weights against the bare library, interleaved. */
export async function generateBench(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({ args: [...args], options: { rounds: { type: 'string', default: '3' } } });
  const path = join(folder, 'model.gguf');
  if (!existsSync(path)) await writeGgufFile(path, randomLlama(smol135m));
  const random = seededRandom(Date.now() % 2 ** 31);
  const dataFolder = await mkdtemp(join(tmpdir(), 'modelkeep-bench-data-'));
  const setting = { folder, threads, slots: 8, clients: 8, dataFolder };
  try {
    {
      await using bare = await startBareLockStep({ ...setting, contextSize: 1024 });
      await using ours = await startServerWriter({ ...setting, contextSize: 1024 });
      await compareSpeed([bare, ours], { rounds: Number(values.rounds), random });
      await measureCpu(ours, random);
    }
    await rm(dataFolder, { recursive: true, force: true });
    await using ours = await startServerWriter({ ...setting, slots: 4, contextSize: 4096 });
    await measurePrefix(ours, random);
    await measureNewcomer(ours, random);
  } finally {
    await rm(dataFolder, { recursive: true, force: true });
  }
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

async function compareSpeed(writers: readonly [Writer, Writer], { rounds, random }: { rounds: number; random: Random }): Promise<void> {
  const rows: string[][] = [];
  for (const width of widths) {
    const measured: Speeds[] = writers.map(() => ({ decode: [], all: [], first: [] }));
    for (let round = -1; round < rounds; round += 1) {
      const order = round % 2 === 0 ? [0, 1] : [1, 0];
      for (const index of order) {
        const prompts = Array.from({ length: width }, () => words(random, promptWords));
        const written = (await writers[index]?.write(prompts, newTokens)) ?? [];
        // The first round warms up.
        if (round < 0) continue;
        measured[index]?.decode.push(decodeRate(written));
        measured[index]?.all.push(
          written.reduce((sum, { tokens }) => sum + tokens, 0) / (Math.max(...written.map(({ lastMs }) => lastMs)) / 1000),
        );
        measured[index]?.first.push(median(written.map(({ firstMs }) => firstMs)));
      }
    }
    const [bare, ours] = measured;
    if (!bare || !ours) continue;
    const ratio = (of: (each: Speeds) => number[]) => median(of(ours).map((value, round) => value / (of(bare)[round] ?? Number.NaN)));
    rows.push([
      `${width}`,
      median(bare.decode).toFixed(1),
      median(ours.decode).toFixed(1),
      ratio(({ decode }) => decode).toFixed(2),
      ratio(({ all }) => all).toFixed(2),
      median(bare.first).toFixed(0),
      median(ours.first).toFixed(0),
      ratio(({ first }) => first).toFixed(2),
    ]);
  }
  const head = ['clients', 'bare, tok/s', 'ours, tok/s', 'ratio', 'ratio with prompts', 'bare first token, ms', 'ours, ms', 'ratio'];
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
    newTokens * 2,
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
