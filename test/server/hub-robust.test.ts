import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuardedFetch } from '../../src/net/guarded-fetch.ts';
import type { PlannedFile } from '../../src/sources/source.ts';
import { createTransferLimits, type TransferShare } from '../../src/sources/transfer/transfer-limits.ts';
import { createTransfers } from '../../src/sources/transfer/transfers.ts';
import { largeRepository } from '../support/large-repository.ts';
import { type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { hubClient } from '../support/stand-in-hub-client.ts';

const name = 'a/large';
const chunk = 16 * 1024 ** 2;
const repository = largeRepository(3 * chunk + 1000);
const content = Buffer.from(repository.files?.['extra.dat'] ?? '');
const sha256 = createHash('sha256').update(content).digest('hex');

let folder = '';
let target = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-robust-'));
  target = join(folder, 'extra.dat');
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function prepare(endpoints: string | readonly string[], options: Parameters<typeof hubClient>[1] = {}) {
  const { hub, waits } = hubClient(endpoints, options);
  const plan = await hub.plan({ repository: name, choice: { include: ['*'], exclude: [], quantization: null } });
  const file = plan.files.find(({ path }) => path === 'extra.dat') as PlannedFile;
  return { hub, waits, plan, file };
}

/** The address of a server that is gone. */
async function deadHub(): Promise<string> {
  const stand = await startStandInHub();
  await stand.close();
  return stand.url;
}

const bodiesOf = (stand: StandInHub) => stand.requests.filter(({ url }) => url.includes(`/cdn/${name}/`));

describe('a large file', () => {
  test('comes in parts over kept connections, and the hub is asked where it lies once', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: repository } });
    const { hub, plan, file } = await prepare(stand.url);
    const before = stand.requests.filter(({ url }) => url.includes('/resolve/')).length;
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256 });
    expect(readFileSync(target).equals(content)).toBe(true);
    expect(
      bodiesOf(stand)
        .map(({ headers }) => headers.range)
        .sort(),
    ).toEqual([
      `bytes=0-${chunk - 1}`,
      `bytes=${chunk}-${2 * chunk - 1}`,
      `bytes=${2 * chunk}-${3 * chunk - 1}`,
      `bytes=${3 * chunk}-${3 * chunk + 999}`,
    ]);
    expect(stand.requests.filter(({ url }) => url.includes('/resolve/')).length - before).toBe(1);
  });

  test('comes whole from a server that knows no ranges, also after a break', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: repository }, lacks: ['range'] });
    const { hub, plan, file } = await prepare(stand.url);
    stand.faults.add({ match: `/cdn/${name}/`, cutAtByte: chunk + 5 });
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256 });
    expect(bodiesOf(stand)).toHaveLength(2);
  });

  test('that changes in the middle is started anew, and says so', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: repository } });
    const { hub, plan, file } = await prepare(stand.url);
    stand.faults.add({ match: `/cdn/${name}/`, headers: { etag: '"of another file"' }, method: 'GET', times: 1 });
    // The first answer is from the hub itself, whose word is the linked ETag; the second one is the CDN's own.
    stand.faults.add({ match: `/cdn/${name}/`, headers: { etag: '"one more"' }, method: 'GET', times: 1 });
    const notes: string[] = [];
    expect(await hub.fetchFile(plan, file, target, { onNote: (note) => notes.push(note) })).toMatchObject({ sha256 });
    expect(notes).toEqual([expect.stringContaining('changed upstream')]);
  });

  test('with one wrong byte is fetched once more, then refused', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: repository } });
    const { hub, plan, file } = await prepare(stand.url);
    stand.faults.add({ match: `/cdn/${name}/`, corrupt: true });
    const notes: string[] = [];
    expect(await hub.fetchFile(plan, file, target, { onNote: (note) => notes.push(note) })).toMatchObject({ sha256 });
    expect(notes).toEqual([expect.stringContaining('checksum')]);
    await rm(target);
    stand.faults.add({ match: `/cdn/${name}/`, corrupt: true, times: Number.POSITIVE_INFINITY });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
    expect(bodiesOf(stand).length).toBeGreaterThanOrEqual(12);
  });

  test('that was whole but rotted since is mended by the piece that rotted', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: repository } });
    const { hub, plan, file } = await prepare(stand.url);
    await hub.fetchFile(plan, file, target);
    const bytes = await readFile(target);
    bytes[2 * chunk + 7] = (bytes[2 * chunk + 7] ?? 0) ^ 1;
    await writeFile(target, bytes);
    stand.requests.length = 0;
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256 });
    expect(bodiesOf(stand).map(({ headers }) => headers.range)).toEqual([`bytes=${2 * chunk}-${3 * chunk - 1}`]);
    stand.requests.length = 0;
    // Whole again, nobody is asked.
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256 });
    expect(stand.requests).toEqual([]);
  });
});

describe('mirrors', () => {
  test('are asked in order: one that is dead or lacks the repository is passed over', async () => {
    await using empty = await startStandInHub();
    await using good = await startStandInHub({ repositories: { [name]: repository } });
    const { hub, plan, file } = await prepare([await deadHub(), empty.url, good.url]);
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256 });
    expect(empty.requests.length).toBeGreaterThan(0);
  });

  test('stand in for one that dies in the middle, with the bytes that came from it', async () => {
    const first = await startStandInHub({ repositories: { [name]: repository } });
    await using second = await startStandInHub({ repositories: { [name]: repository } });
    const { hub, plan, file } = await prepare([first.url, second.url]);
    const pause = first.faults.add({ match: `/cdn/${name}/`, pauseAtByte: chunk - 1000, times: Number.POSITIVE_INFINITY });
    let closing: Promise<void> | null = null;
    const fetching = hub.fetchFile(plan, file, target, {
      onProgress({ doneBytes }) {
        if (doneBytes > chunk && pause.uses >= 3) closing ??= first.close();
      },
    });
    expect(await fetching).toMatchObject({ sha256 });
    await closing;
    expect(closing).not.toBeNull();
    expect(bodiesOf(second).reduce((sum, { sentBytes }) => sum + sentBytes, 0)).toBeLessThan(content.length);
  });

  test('get the token each, and nobody that they redirect to does', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: repository }, separateCdn: true });
    const { hub, plan, file } = await prepare([await deadHub(), stand.url], { token: 'hf_server', allow: ['127.0.0.1'] });
    await hub.fetchFile(plan, file, target, { token: 'hf_of_the_request' });
    const atCdn = stand.requests.filter(({ server }) => server === 'cdn');
    expect(atCdn.length).toBeGreaterThan(1);
    expect(atCdn.map(({ headers }) => headers.authorization)).toEqual(atCdn.map(() => undefined));
    const [resolved] = stand.requests.filter(({ url }) => url.endsWith('/extra.dat'));
    expect(resolved?.headers.authorization).toBe('Bearer hf_of_the_request');
  });
});

describe('limits of the server', () => {
  test('hold over all downloads: connections, and bytes a second', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: repository } });
    const bytesPerSecond = 60e6;
    await using transfers = createTransfers({
      connections: 2,
      connectionsPerFile: 4,
      bytesPerSecond,
      fetch: createGuardedFetch({ allow: [] }),
    });
    const { hub, plan, file } = await prepare(stand.url, { transfers });
    const startedMs = performance.now();
    let mostConnections = 0;
    const watching = setInterval(async () => {
      mostConnections = Math.max(mostConnections, await stand.connectionCount());
    }, 20);
    await Promise.all([hub.fetchFile(plan, file, target), hub.fetchFile(plan, file, `${target}-2`)]);
    clearInterval(watching);
    const seconds = (performance.now() - startedMs) / 1000;
    expect((2 * content.length) / seconds).toBeLessThan(1.2 * bytesPerSecond);
    // A kept connection may wait beside those in use.
    expect(mostConnections).toBeLessThanOrEqual(4);
  });

  test('share bandwidth among downloads, not among connections', async () => {
    const limits = createTransferLimits({ connections: 100, bytesPerSecond: 1e6 });
    const [many, one] = [limits.share(), limits.share()];
    const order: string[] = [];
    const spend = async (share: TransferShare, who: string) => {
      await share.spend(50_000);
      order.push(who);
    };
    await Promise.all([...Array.from({ length: 8 }, () => spend(many, 'many')), ...Array.from({ length: 4 }, () => spend(one, 'one'))]);
    // While both wait they take turns; the rest is the other's.
    const lastOfOne = order.lastIndexOf('one');
    expect(order.slice(0, lastOfOne).filter((who) => who === 'many').length).toBeLessThanOrEqual(6);
    const stop = new AbortController();
    const waiting = [many.spend(1e6), many.spend(1, stop.signal)];
    stop.abort();
    await expect(waiting[1]).rejects.toMatchObject({ code: 'CANCELED' });
    await waiting[0];
  });
});
