import { setTimeout as pause } from 'node:timers/promises';
import { largeRepository } from '../test/support/large-repository.ts';
import { startServerProcess } from '../test/support/server-process.ts';
import { startStandInHub } from '../test/support/stand-in-hub.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ask } from './client.ts';
import { strays } from './kill-server.ts';
import { createRandom, createTally, type SoakRow, type SoakScale } from './part.ts';

/** A connection's speed, so that a download takes some seconds over its four. */
const bytesPerSecond = 8e6;
const mostFetched = 1.1;
/**
 * What a kill costs does not grow with the file: what four connections had on their way, in the sockets' buffers of both sides (some
 * MB each where the machine is busy and the server comes late to read) and in the half MiB that is gathered before it is written.
 */
const mostOnItsWayBytes = 4 * 4e6;

/** The server is killed in the middle of a large download, and started again: the model is verified, and little is fetched twice. */
export async function killDownload({ downloadKills, downloadBytes, seed }: SoakScale): Promise<SoakRow> {
  const random = createRandom(seed);
  const complaints: string[] = [];
  const states = createTally();
  const ratios: number[] = [];
  await using data = await temporaryFolder();
  await using hub = await startStandInHub();
  hub.faults.add({ match: /^\/cdn/, bytesPerSecond, times: Number.POSITIVE_INFINITY });
  const settings = { DATA: data.path, HF_ENDPOINT: hub.url };
  const longestMs = (downloadBytes / bytesPerSecond / 4) * 1000;

  for (let kill = 0; kill < downloadKills; kill += 1) {
    const name = `org/large-${kill}`;
    const { files } = hub.publish(name, largeRepository(downloadBytes, `${seed} ${kill}`));
    const wholeBytes = [...files.values()].reduce((sum, { content }) => sum + content.length, 0);
    hub.requests.length = 0;
    const id = await killedAt(settings, name, random() * longestMs);
    if (id === null) {
      complaints.push(`download ${kill} was not acknowledged`);
      continue;
    }
    await using server = await startServerProcess(settings);
    const { data: answer } = await ask(
      server.url,
      `query ($id: ID!) { task(id: $id) { settled(timeoutMs: 60000) { state error { code message } model { name } } } }`,
      { id },
      { timeoutMs: 70_000 },
    );
    const { state = 'LOST', error = null } = answer?.task?.settled ?? {};
    states.add(state);
    if (state !== 'SUCCEEDED') complaints.push(`download ${kill}: ${state} ${error?.message ?? ''}`);
    const fetched = hub.requests.filter(({ url }) => url.startsWith('/cdn/')).reduce((sum, { sentBytes }) => sum + sentBytes, 0);
    ratios.push(fetched / wholeBytes);
    if (fetched > Math.max(mostFetched * wholeBytes, wholeBytes + mostOnItsWayBytes))
      complaints.push(`download ${kill} fetched ${(fetched / wholeBytes).toFixed(2)} times its size`);
    complaints.push(...(await verifyAndRemove(server.url, name, kill)), ...(await strays(server.url, data.path)));
  }
  const average = ratios.reduce((sum, ratio) => sum + ratio, 0) / Math.max(1, ratios.length);
  return {
    what: `kill -9 of the server in a download of ${Math.round(downloadBytes / 1e6)} MB, ${downloadKills} times`,
    figures: `${states}; fetched ${average.toFixed(3)} times the size on average, ${Math.max(0, ...ratios).toFixed(3)} at most; every model verified`,
    complaints,
  };
}

/** Starts a download, kills the server after so long, and gives the task's id. */
async function killedAt(settings: Record<string, string>, name: string, afterMs: number): Promise<string | null> {
  await using server = await startServerProcess(settings);
  const { data } = await ask(
    server.url,
    'mutation ($name: String!) { downloadModel(input: { source: { repository: $name }, include: ["*"] }) { ... on DownloadModelPayload { task { id } } } }',
    { name },
  );
  await pause(afterMs);
  await server.kill();
  return data?.downloadModel?.task?.id ?? null;
}

async function verifyAndRemove(url: string, name: string, kill: number): Promise<string[]> {
  const settled = 'task { settled(timeoutMs: 60000) { state error { message } } }';
  const verified = await ask(
    url,
    `mutation { done: verifyModel(input: { name: "${name}" }) { ... on VerifyModelPayload { ${settled} } } }`,
  );
  const removed = await ask(url, `mutation { done: deleteModel(input: { name: "${name}" }) { ... on DeleteModelPayload { ${settled} } } }`);
  return [verified, removed].flatMap(({ data }, index) => {
    const state = data?.done?.task?.settled?.state;
    return state === 'SUCCEEDED' ? [] : [`${index === 0 ? 'verification' : 'deletion'} ${kill}: ${state}`];
  });
}
