import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs, promisify } from 'node:util';
import { createPost } from './http-client.ts';
import { sourceEntry } from './modelkeep.ts';
import { startServer } from './process.ts';
import { printTable } from './report.ts';
import { median } from './rounds.ts';

const run = promisify(execFile);
const checkpoint = fileURLToPath(new URL('../test/golden/tiny-bert-st/model', import.meta.url));
const file = (name: string) => fileURLToPath(new URL(name, import.meta.url));

interface Round {
  ms: number;
  idleMegabytes: number;
  peakMegabytes: number;
}

/** Downloads a large file of noughts over loopback: our server, a bare Node program, and curl, in turn. */
export async function downloadBench(options: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...options],
    options: {
      rounds: { type: 'string', default: '5' },
      bytes: { type: 'string', default: '2000000000' },
      folder: { type: 'string', default: tmpdir() },
      entry: { type: 'string', default: sourceEntry },
    },
  });
  const sizeBytes = Number(values.bytes);
  const folder = await mkdtemp(join(values.folder, 'modelkeep-bench-'));
  try {
    await using hub = await startServer([file('./zeros-hub.ts'), checkpoint, values.bytes]);
    const url = `${hub.url}/a/noughts/resolve/${'c'.repeat(40)}/noughts.dat`;
    const target = join(folder, 'target');
    const bare = async (sync: string) => Number((await run(process.execPath, [file('./bare-download.ts'), url, target, sync])).stdout);
    const curl = async () => Number((await run('curl', ['-s', '-o', target, '-w', '%{time_total}', url])).stdout) * 1000;
    const times: Record<string, number[]> = { bare: [], 'bare with fsync': [], curl: [], Modelkeep: [] };
    const rounds: Round[] = [];
    for (let round = 0; round < Number(values.rounds); round += 1) {
      times.bare?.push(await bare('no'));
      rounds.push(await downloadOnce({ entry: values.entry, hubUrl: hub.url, dataFolder: join(folder, `data-${round}`) }));
      times.Modelkeep?.push(rounds.at(-1)?.ms ?? 0);
      times['bare with fsync']?.push(await bare('sync'));
      times.curl?.push(await curl().catch(() => Number.NaN));
      await rm(target, { force: true });
    }
    const rate = (ms: number) => `${(sizeBytes / ms / 1000).toFixed(0)} MB/s`;
    const ours = times.Modelkeep ?? [];
    const ratio = (base: number[]) => median(base.map((ms, index) => ms / (ours[index] ?? Number.NaN))).toFixed(2);
    printTable(
      `${(sizeBytes / 1e9).toFixed(1)} GB over loopback, median of ${values.rounds}`,
      ['', 'ms', 'rate', 'Modelkeep is × as fast'],
      Object.entries(times).map(([name, list]) => [
        name,
        median(list).toFixed(0),
        rate(median(list)),
        name === 'Modelkeep' ? '' : ratio(list),
      ]),
    );
    printTable(
      'Resident memory of the server',
      ['', 'MB'],
      [
        ['idle', median(rounds.map(({ idleMegabytes }) => idleMegabytes)).toFixed(0)],
        ['peak', Math.max(...rounds.map(({ peakMegabytes }) => peakMegabytes)).toFixed(0)],
        ['most above idle', Math.max(...rounds.map(({ peakMegabytes, idleMegabytes }) => peakMegabytes - idleMegabytes)).toFixed(0)],
      ],
    );
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function downloadOnce({ entry, hubUrl, dataFolder }: { entry: string; hubUrl: string; dataFolder: string }): Promise<Round> {
  const settings = {
    MODELKEEP_DATA: dataFolder,
    MODELKEEP_PORT: '0',
    MODELKEEP_PORTS: '',
    MODELKEEP_LOG_LEVEL: 'warn',
    HF_ENDPOINT: hubUrl,
  };
  await using server = await startServer([entry, 'serve'], { ...settings, NODE_ENV: 'production' });
  const post = createPost(server.url);
  const ask = async (query: string) => JSON.parse((await post('/graphql', { query })).toString()).data;
  await ask('{ server { version } }');
  await pause(1000);
  const processId = server.child.pid ?? 0;
  const idleMegabytes = await residentMegabytes(processId);
  let peakMegabytes = idleMegabytes;
  const startedMs = performance.now();
  const input = '{ source: { repository: "a/noughts" }, include: ["*"] }';
  const { downloadModel } = await ask(
    `mutation { downloadModel(input: ${input}) { ... on DownloadModelPayload { task { id } } ... on Error { message } } }`,
  );
  for (;;) {
    peakMegabytes = Math.max(peakMegabytes, await residentMegabytes(processId));
    const { task } = await ask(`{ task(id: "${downloadModel.task.id}") { state error { message } } }`);
    if (task.state === 'SUCCEEDED') break;
    if (task.error) throw new Error(task.error.message);
    await pause(20);
  }
  const ms = performance.now() - startedMs;
  await server[Symbol.asyncDispose]();
  await rm(dataFolder, { recursive: true, force: true });
  return { ms, idleMegabytes, peakMegabytes };
}

/** Of the server alone: the process that reads the new checkpoint is no part of the download. */
async function residentMegabytes(processId: number): Promise<number> {
  return Number(/^VmRSS:\s+(\d+) kB$/m.exec(await readFile(`/proc/${processId}/status`, 'utf8'))?.[1] ?? 0) / 1024;
}
