import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { embed, load } from './client.ts';
import { createTally, type SoakRow, type SoakScale } from './part.ts';

const name = 'org/encoder';

/** Many come at once to a short queue: each gets its vectors, or is told when to come again. */
export async function fullQueue({ crowd }: SoakScale): Promise<SoakRow> {
  const complaints: string[] = [];
  const tally = createTally();
  await using data = await temporaryFolder();
  await using hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  await using server = await startServerProcess({ DATA: data.path, HF_ENDPOINT: hub.url, MAX_QUEUE: '8', THREADS: '1' });
  await load(server.url, name);
  const texts = Array.from({ length: 64 }, (_, index) => `text ${index} `.repeat(12));
  const startedMs = performance.now();
  const outcomes = await Promise.all(Array.from({ length: crowd }, () => embed(server.url, name, texts)));
  const tookMs = performance.now() - startedMs;
  for (const { code, retryAfterMs } of outcomes) {
    tally.add(code);
    if (code === 'OVERLOADED' && !(retryAfterMs !== null && retryAfterMs > 0)) complaints.push('OVERLOADED without retryAfterMs');
    if (code !== 'OK' && code !== 'OVERLOADED') complaints.push(`a client got ${code}`);
  }
  if (tally.of('OK') === 0) complaints.push('nobody was answered');
  const { code } = await embed(server.url, name, ['after']);
  if (code !== 'OK') complaints.push(`afterwards: ${code}`);
  return { what: `${crowd} clients at once over a queue of 8`, figures: `${tally} within ${Math.round(tookMs)} ms`, complaints };
}
