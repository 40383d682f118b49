import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { withOwnWeights } from '../test/support/stand-in-hub-repository.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ask, eventually, load, startTask } from './client.ts';
import { createRandom, createTally, type SoakRow, type SoakScale } from './part.ts';
import { childrenOf, isAlive } from './processes.ts';

/** Bytes a second from the hub, so that a download of half a megabyte takes about a second. */
const bytesPerSecond = 600_000;
/** A kill comes within so much of the request: in the download, the check, the installation or the load. */
const longestMs = 1800;

/** The server is killed in the middle of downloads and loads; after each start, all it acknowledged must be there. */
export async function killServer({ serverKills, seed }: SoakScale): Promise<SoakRow> {
  const random = createRandom(seed);
  const complaints: string[] = [];
  const tally = createTally();
  const names = Array.from({ length: serverKills }, (_, index) => `org/model-${index}`);
  const golden = goldenFolder('tiny-bert-st');
  await using data = await temporaryFolder();
  await using hub = await startStandInHub({ repositories: Object.fromEntries(names.map((name) => [name, withOwnWeights(golden, name)])) });
  hub.faults.add({ match: /^\/cdn/, bytesPerSecond, times: Number.POSITIVE_INFINITY });
  const settings = { DATA: data.path, HF_ENDPOINT: hub.url };
  const acknowledged: string[] = [];

  for (const [index, name] of names.entries()) {
    await using server = await startServerProcess(settings);
    complaints.push(...(await missing(server.url, acknowledged)), ...halfModels(data.path));
    const earlier = names[Math.floor(random() * index)];
    const started = await Promise.all([
      startTask(server.url, random() < 0.5 ? 'load' : 'download', name),
      earlier === undefined ? null : startTask(server.url, 'load', earlier),
    ]);
    acknowledged.push(...started.filter((id) => id !== null));
    await pause(random() * longestMs);
    const runners = childrenOf(server.child.pid ?? 0);
    tally.add(runners.length > 0 ? 'with runners' : 'without runners');
    await server.kill();
    if (!(await eventually(() => !runners.some(isAlive), { timeoutMs: 10_000 }))) complaints.push(`a runner outlived kill ${index}`);
  }

  hub.faults.clear();
  await using last = await startServerProcess(settings);
  complaints.push(...(await missing(last.url, acknowledged)));
  const ended = await Promise.all(
    acknowledged.map((id) =>
      ask(last.url, 'query ($id: ID!) { task(id: $id) { settled(timeoutMs: 30000) { state error { code } } } }', { id }),
    ),
  );
  const states = createTally();
  for (const { data: answer } of ended) {
    const { state = 'LOST', error = null } = answer?.task?.settled ?? {};
    states.add(error ? `${state} ${error.code}` : state);
  }
  for (const name of names) {
    const { code } = await load(last.url, name);
    if (code !== 'OK') complaints.push(`${name} cannot be loaded afterwards: ${code}`);
  }
  complaints.push(...halfModels(data.path), ...(await strays(last.url, data.path)));
  return {
    what: `kill -9 of the server, ${serverKills} times`,
    figures: `${tally}; ${acknowledged.length} acknowledged tasks: ${states}; all ${names.length} models loadable afterwards`,
    complaints,
  };
}

async function missing(url: string, ids: readonly string[]): Promise<string[]> {
  const found = await Promise.all(ids.map((id) => ask(url, 'query ($id: ID!) { task(id: $id) { state } }', { id })));
  return found.flatMap(({ data }, index) => (data?.task ? [] : `task ${ids[index]} is lost`));
}

/** Folders of models without a manifest; the server has removed what was being built. */
function halfModels(dataFolder: string): string[] {
  const root = join(dataFolder, 'models');
  const folders = existsSync(root) ? readdirSync(root) : [];
  return folders.filter((folder) => !existsSync(join(root, folder, 'manifest.json'))).map((folder) => `half a model: ${folder}`);
}

/** What the disk has and the catalogue does not; a task that failed keeps what it gathered, for a retry. */
export async function strays(url: string, dataFolder: string): Promise<string[]> {
  async function look(): Promise<string> {
    const { data } = await ask(url, '{ models(first: 100) { nodes { installed } } tasks(first: 100) { nodes { uuid state } } }');
    const installed = data.models.nodes.filter((model: any) => model.installed).length;
    const folders = readdirSync(join(dataFolder, 'models')).length;
    const kept = new Set(data.tasks.nodes.filter(({ state }: any) => state === 'FAILED').map(({ uuid }: any) => uuid));
    const unfinished = ['partial', 'uploads'].flatMap((folder) => readdirSync(join(dataFolder, folder)));
    const partials = unfinished.filter((entry) => !kept.has(entry.replace(/\.claimed$/, '')));
    if (folders === installed && partials.length === 0) return '';
    return `the disk has ${folders} models, the catalogue ${installed}; unfinished: ${partials.join(', ') || 'none'}`;
  }
  // What a task gathered is removed after its end was told.
  const isClean = await eventually(async () => (await look()) === '', { timeoutMs: 10_000 });
  return isClean ? [] : [await look()];
}
