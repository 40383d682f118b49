import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ask, embed, eventually, load, type Outcome, unload } from './client.ts';
import type { SoakRow, SoakScale } from './part.ts';
import { childrenOf, memoryOf } from './processes.ts';

/** One golden checkpoint of each kind that there is. */
const kinds = { 'org/bert': 'tiny-bert-st', 'org/modernbert': 'tiny-modernbert-st', 'org/reranker': 'tiny-cross-encoder' };
/** How much more memory the server may have in the end than after the first loads. */
const mostGrowthBytes = 30e6;

/** A model is loaded, used and unloaded again and again: no process is left, and the memory comes back. */
export async function cycles({ cycles: count }: SoakScale): Promise<SoakRow> {
  const complaints: string[] = [];
  await using data = await temporaryFolder();
  await using hub = await startStandInHub({
    repositories: Object.fromEntries(Object.entries(kinds).map(([name, golden]) => [name, goldenFolder(golden)])),
  });
  await using server = await startServerProcess({ DATA: data.path, HF_ENDPOINT: hub.url });
  const serverId = server.child.pid ?? 0;
  const memory: number[] = [];
  for (let cycle = 1; cycle <= count; cycle += 1) {
    for (const name of Object.keys(kinds)) {
      const outcomes = [await load(server.url, name), await use(server.url, name), await unload(server.url, name)];
      for (const { code } of outcomes) if (code !== 'OK') complaints.push(`cycle ${cycle} of ${name}: ${code}`);
      const isGone = async () => {
        const { data: answer } = await ask(server.url, `{ model(name: "${name}") { runtime { state } } }`);
        return answer?.model.runtime === null && childrenOf(serverId).length === 0;
      };
      if (!(await eventually(isGone, { timeoutMs: 10_000 }))) complaints.push(`cycle ${cycle} of ${name}: a process is left`);
    }
    memory.push(memoryOf(serverId));
  }
  // The first ones fill caches: compiled code, database pages.
  const settled = memory[Math.min(4, memory.length - 1)] ?? 0;
  const last = memory.at(-1) ?? 0;
  if (last - settled > mostGrowthBytes) complaints.push(`the server grew by ${megabytes(last - settled)}`);
  return {
    what: `load, use, unload of ${Object.keys(kinds).length} kinds of model, ${count} times each`,
    figures: `no process left; server ${megabytes(memory[0] ?? 0)} after the first, ${megabytes(settled)} after the fifth, ${megabytes(last)} after the last`,
    complaints,
  };
}

function use(url: string, name: string): Promise<Outcome> {
  if (name !== 'org/reranker') return embed(url, name, ['a', 'b']);
  return ask(url, 'query ($input: RerankInput!) { rerank(input: $input) { results { index } } }', {
    input: { model: name, query: 'a', documents: ['a', 'b'] },
  });
}

function megabytes(bytes: number): string {
  return `${Math.round(bytes / 1e6)} MB`;
}
