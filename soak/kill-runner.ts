import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { embed, eventually, load } from './client.ts';
import { createRandom, createTally, type SoakRow, type SoakScale } from './part.ts';
import { childrenOf } from './processes.ts';

const name = 'org/encoder';
const clients = 12;
/** What a request may end with while its runner is killed. */
const typed = ['OK', 'RUNNER_CRASHED', 'OVERLOADED'];

/** A model's processes are killed while many use it: every request is answered, and the model comes back. */
export async function killRunner({ runnerKills, seed }: SoakScale): Promise<SoakRow> {
  const random = createRandom(seed);
  const complaints: string[] = [];
  const tally = createTally();
  await using data = await temporaryFolder();
  await using hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  await using server = await startServerProcess({ DATA: data.path, HF_ENDPOINT: hub.url, LOG_LEVEL: 'error' });
  await load(server.url, name);
  let isOver = false;

  async function client(): Promise<void> {
    while (!isOver) {
      const texts = Array.from({ length: 1 + Math.floor(random() * 16) }, () => 'word '.repeat(1 + random() * 60));
      tally.add((await embed(server.url, name, texts)).code);
    }
  }

  const working = Array.from({ length: clients }, client);
  let kills = 0;
  let slowestMs = 0;
  while (kills < runnerKills) {
    const runners = childrenOf(server.child.pid ?? 0);
    const victim = runners[Math.floor(random() * runners.length)];
    if (victim !== undefined) {
      process.kill(victim, random() < 0.5 ? 'SIGKILL' : 'SIGSEGV');
      kills += 1;
    }
    // The next kill waits for an answer, as five crashes without one give a model up.
    const answers = tally.of('OK');
    const startedMs = performance.now();
    if (!(await eventually(() => tally.of('OK') > answers))) {
      complaints.push(`no answer after kill ${kills}`);
      break;
    }
    slowestMs = Math.max(slowestMs, performance.now() - startedMs);
  }
  isOver = true;
  await Promise.all(working);
  for (const code of tally.names()) if (!typed.includes(code)) complaints.push(`${tally.of(code)} requests ended with ${code}`);
  return {
    what: `kill of a runner under load, ${kills} times`,
    figures: `${tally.total} requests: ${tally}; longest time without an answer after a kill ${Math.round(slowestMs)} ms`,
    complaints,
  };
}
