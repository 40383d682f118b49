import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ask, embed, eventually, load, unload } from './client.ts';
import type { SoakRow, SoakScale } from './part.ts';
import { childrenOf, memoryOf } from './processes.ts';

const name = 'org/encoder';
/** How much more memory the server may have in the end than after the first loads. */
const mostGrowthBytes = 30e6;

/** A model is loaded, used and unloaded again and again: no process is left, and the memory comes back. */
export async function cycles({ cycles: count }: SoakScale): Promise<SoakRow> {
  const complaints: string[] = [];
  await using data = await temporaryFolder();
  await using hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  await using server = await startServerProcess({ DATA: data.path, HF_ENDPOINT: hub.url });
  const serverId = server.child.pid ?? 0;
  const memory: number[] = [];
  for (let cycle = 1; cycle <= count; cycle += 1) {
    const codes = [await load(server.url, name), await embed(server.url, name, ['a', 'b']), await unload(server.url, name)];
    for (const { code } of codes) if (code !== 'OK') complaints.push(`cycle ${cycle}: ${code}`);
    const isGone = async () => {
      const { data: answer } = await ask(server.url, `{ model(name: "${name}") { runtime { state } } }`);
      return answer?.model.runtime === null && childrenOf(serverId).length === 0;
    };
    if (!(await eventually(isGone, { timeoutMs: 10_000 }))) complaints.push(`cycle ${cycle}: a process is left`);
    memory.push(memoryOf(serverId));
  }
  // The first ones fill caches: compiled code, database pages.
  const settled = memory[Math.min(4, memory.length - 1)] ?? 0;
  const last = memory.at(-1) ?? 0;
  if (last - settled > mostGrowthBytes) complaints.push(`the server grew by ${megabytes(last - settled)}`);
  return {
    what: `load, embed, unload, ${count} times`,
    figures: `no process left; server ${megabytes(memory[0] ?? 0)} after the first, ${megabytes(settled)} after the fifth, ${megabytes(last)} after the last`,
    complaints,
  };
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
