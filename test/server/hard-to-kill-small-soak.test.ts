import { existsSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { badClients } from '../../soak/bad-clients.ts';
import { cycles } from '../../soak/cycles.ts';
import { fullDisk } from '../../soak/full-disk.ts';
import { fullQueue } from '../../soak/full-queue.ts';
import { killDeploy } from '../../soak/kill-deploy.ts';
import { killDownload } from '../../soak/kill-download.ts';
import { killRunner } from '../../soak/kill-runner.ts';
import { killServer } from '../../soak/kill-server.ts';
import { mixedLoad } from '../../soak/mixed-load.ts';
import type { SoakRow, SoakScale } from '../../soak/part.ts';

/** What `npm run soak` does for minutes, for seconds. */
const scale: SoakScale = {
  serverKills: 2,
  downloadKills: 3,
  downloadBytes: 60e6,
  deployKills: 4,
  runnerKills: 3,
  crowd: 100,
  badClients: 10,
  cycles: 3,
  mixedMs: 3000,
  patienceMs: 0,
  seed: 7,
};

const parts: Record<string, () => Promise<SoakRow>> = {
  'is killed during downloads and loads': () => killServer(scale),
  'is killed during a large download': () => killDownload(scale),
  'is killed between the steps of deployments': () => killDeploy(scale),
  'loses runners under load': () => killRunner(scale),
  'has a full queue': () => fullQueue(scale),
  'has clients that do not read, leave, or send slowly': () => badClients(scale),
  'has a full disk': () => fullDisk(),
  'loads and unloads again and again': () => cycles(scale),
  'is used through all doors at once': () => mixedLoad(scale),
};

// Processes are looked at where Linux shows them.
describe.skipIf(!existsSync('/proc/self/status'))('nothing breaks where a server', () => {
  for (const [what, part] of Object.entries(parts)) {
    it(what, async () => {
      const { complaints } = await part();
      expect(complaints).toEqual([]);
    }, 60_000);
  }
});
