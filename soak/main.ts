import { parseArgs } from 'node:util';
import { badClients } from './bad-clients.ts';
import { cycles } from './cycles.ts';
import { fullDisk } from './full-disk.ts';
import { fullQueue } from './full-queue.ts';
import { fuzz } from './fuzz.ts';
import { killDeploy } from './kill-deploy.ts';
import { killDownload } from './kill-download.ts';
import { killRunner } from './kill-runner.ts';
import { killServer } from './kill-server.ts';
import { mixedLoad } from './mixed-load.ts';
import type { SoakRow, SoakScale } from './part.ts';

/** Minutes of everything that should not kill a server. Loopback only; ends by itself; prints a table; 1 when anything broke. */
const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    only: { type: 'string', default: '' },
  },
});
const scale: SoakScale = {
  serverKills: 20,
  downloadKills: 50,
  downloadBytes: 300e6,
  deployKills: 30,
  runnerKills: 50,
  crowd: 200,
  badClients: 100,
  cycles: 30,
  mixedMs: Number(values.minutes) * 60_000,
  patienceMs: 40_000,
  seed: Number(values.seed),
};
const parts: Record<string, () => Promise<SoakRow> | SoakRow> = {
  server: () => killServer(scale),
  download: () => killDownload(scale),
  deploy: () => killDeploy(scale),
  runner: () => killRunner(scale),
  queue: () => fullQueue(scale),
  clients: () => badClients(scale),
  disk: () => fullDisk(),
  cycles: () => cycles(scale),
  fuzz: () => fuzz(scale.seed),
  mixed: () => mixedLoad(scale),
};

const say = (line: string): void => void process.stdout.write(`${line}\n`);
say(`seed ${scale.seed}\n`);
say('| What | Figures | Time | Result |');
say('|---|---|---|---|');
for (const [name, part] of Object.entries(parts)) {
  if (values.only !== '' && !values.only.split(',').includes(name)) continue;
  const startedMs = performance.now();
  const row = await Promise.resolve()
    .then(part)
    .catch((error: unknown): SoakRow => ({ what: name, figures: '', complaints: [String((error as Error).stack ?? error)] }));
  if (row.complaints.length > 0) process.exitCode = 1;
  const result = row.complaints.length === 0 ? 'holds' : `BROKE: ${row.complaints.slice(0, 5).join('; ')}`;
  say(`| ${row.what} | ${row.figures} | ${Math.round((performance.now() - startedMs) / 1000)} s | ${result} |`);
}
