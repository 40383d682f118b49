import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { subscribeWebSocket } from '../support/graphql-client.ts';
import { largeRepository } from '../support/large-repository.ts';
import { graphql } from '../support/running-app.ts';
import { startServerProcess } from '../support/server-process.ts';
import { startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const megabyte = 1024 ** 2;
const sizeBytes = 40 * megabyte;
const watchers = 200;
/**
 * From the moment when each watcher has seen progress to the end. Each gets some dozens of events: had the
 * server kept what it sends, or what a slow watcher has yet to get, that were many times this; V8's own play takes up to half of it.
 */
const mostGrowthMegabytes = 64;

/** Resident memory of a process, in megabytes. */
const residentMegabytes = (processId: number) =>
  Number(/^VmRSS:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${processId}/status`, 'utf8'))?.[1]) / 1024;

test.skipIf(process.platform !== 'linux')(
  '200 watchers see bytes that never run backwards, and the end; memory stays flat',
  async () => {
    await using folder = await temporaryFolder();
    await using hub = await startStandInHub({ repositories: { 'org/watched': largeRepository(sizeBytes, 'watched') } });
    hub.faults.add({ match: '/cdn/', bytesPerSecond: 2 * megabyte, times: Number.POSITIVE_INFINITY });
    await using server = await startServerProcess({ DATA: folder.path, HF_ENDPOINT: hub.url });
    const { downloadModel } = await graphql(
      server.url,
      'mutation { downloadModel(input: { source: { repository: "org/watched" }, include: ["*"] }) { ... on DownloadModelPayload { task { id } } } }',
    );
    const document = 'subscription ($id: ID!) { taskProgress(id: $id) { state progress bytes { done } } }';
    const states = Array.from({ length: watchers }, (): any[] => []);
    const watching = states.map(async (seen) => {
      await using events = subscribeWebSocket(server.url, document, { id: downloadModel.task.id });
      for await (const { data } of events) seen.push(data.taskProgress);
    });
    const processId = server.child.pid ?? 0;
    const bytesOf = (task: any): number => task?.bytes?.done ?? 0;
    await expect.poll(() => states.every((seen) => bytesOf(seen.at(-1)) > sizeBytes / 4), { timeout: 30_000 }).toBe(true);
    const beforeMegabytes = residentMegabytes(processId);
    await expect.poll(() => states.every((seen) => bytesOf(seen.at(-1)) > (sizeBytes * 3) / 4), { timeout: 30_000 }).toBe(true);
    const afterMegabytes = residentMegabytes(processId);
    await Promise.all(watching);
    expect(afterMegabytes - beforeMegabytes).toBeLessThan(mostGrowthMegabytes);
    for (const seen of states) {
      expect(seen.at(-1)).toMatchObject({ state: 'SUCCEEDED', progress: 1 });
      const bytes = seen.map(bytesOf);
      expect(bytes).toEqual(bytes.toSorted((one, other) => one - other));
      const progress = seen.map((task) => task.progress);
      expect(progress).toEqual(progress.toSorted((one, other) => one - other));
    }
  },
  60_000,
);
