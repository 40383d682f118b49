import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { throughDoor } from './contender.ts';
import { timeCrowd } from './load.ts';
import { importModel, loadModel, sourceEntry, startModelkeep, unloadModel } from './modelkeep.ts';
import { residentMegabytes, startServer } from './process.ts';
import { printTable } from './report.ts';
import { median } from './rounds.ts';

const cycles = 3;

/** Prints the memory of the server and all its processes before a model is loaded, under load, and after it was unloaded. */
export async function measureMemory(setting: {
  checkpoint: string;
  dataFolder: string;
  threads: number;
  texts: readonly string[];
  clients: number;
}): Promise<void> {
  const { checkpoint, texts, clients } = setting;
  await using server = await startModelkeep(setting);
  await importModel(server, { path: checkpoint, name: 'f32' });
  const contender = throughDoor(server, 'GraphQL BASE64', { label: 'F32', model: 'f32' });
  const megabytes = async (): Promise<string> => (await residentMegabytes(server.child.pid ?? 0)).toFixed(0);
  const rows: string[][] = [];
  for (let cycle = 1; cycle <= cycles; cycle += 1) {
    const before = await megabytes();
    await loadModel(server, { name: 'f32' });
    await timeCrowd(contender, texts, clients);
    const loaded = await megabytes();
    await unloadModel(server, 'f32');
    rows.push([`${cycle}`, before, loaded, await megabytes()]);
  }
  printTable('Memory of all processes, MB', ['load and unload', 'before', 'under load', 'after'], rows);
}

/** Prints the time from the start of the server's process to its listening, from the sources and from the bundle, in turn. */
export async function measureStarts({ rounds, newFolder }: { rounds: number; newFolder: () => Promise<string> }): Promise<void> {
  await promisify(execFile)(process.execPath, [fileURLToPath(new URL('../build.ts', import.meta.url))]);
  const entries = { sources: sourceEntry, bundle: fileURLToPath(new URL('../dist/main.js', import.meta.url)) };
  const times: Record<keyof typeof entries, number[]> = { sources: [], bundle: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of ['sources', 'bundle'] as const) {
      const settings = { MODELKEEP_DATA: await newFolder(), MODELKEEP_PORT: '0', MODELKEEP_PORTS: '' };
      await using server = await startServer([entries[name], 'serve'], settings);
      times[name].push(server.startMs);
    }
  }
  const rows = Object.entries(times).map(([name, list]) => [name, median(list).toFixed(0), Math.min(...list).toFixed(0)]);
  printTable('From start to listening, ms', ['', 'median', 'shortest'], rows);
}
