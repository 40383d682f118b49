import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { graphql } from '../support/running-app.ts';
import { startServerProcess } from '../support/server-process.ts';
import { goldenFolder, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const name = 'intfloat/e5-small-v2';

/** Folders of models on the disk, and how many of them have a manifest. */
function modelFolders(data: string): { count: number; whole: number } {
  const root = join(data, 'models');
  const folders = existsSync(root) ? readdirSync(root) : [];
  return { count: folders.length, whole: folders.filter((folder) => existsSync(join(root, folder, 'manifest.json'))).length };
}

async function taskState(url: string, id: string) {
  const { task } = await graphql(
    url,
    'query ($id: ID!) { task(id: $id) { kind settled(timeoutMs: 20000) { state attempt error { code } model { name installed } } } }',
    { id },
  );
  return task;
}

describe('a server that is killed', () => {
  for (const { moment, fault } of [
    { moment: 'before the first file', fault: { match: 'config.json', pauseAtByte: 0 } },
    { moment: 'in the middle of the weights', fault: { match: /^\/cdn/, pauseAtByte: 200_000 } },
    { moment: 'just before the last byte of the weights', fault: { match: /^\/cdn/, pauseAtByte: 543_703 } },
  ]) {
    it(`goes on with a download, ${moment}`, async () => {
      await using data = await temporaryFolder();
      await using hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
      const held = hub.faults.add(fault);
      const settings = { DATA: data.path, HF_ENDPOINT: hub.url };
      await using first = await startServerProcess(settings);
      const { downloadModel } = await graphql(
        first.url,
        `mutation { downloadModel(input: { source: { repository: "${name}" } }) { ... on DownloadModelPayload { task { id } } } }`,
      );
      await held.reached;
      await first.kill();
      expect(modelFolders(data.path)).toEqual({ count: 0, whole: 0 });
      hub.faults.clear();

      await using second = await startServerProcess(settings);
      expect(await taskState(second.url, downloadModel.task.id)).toMatchObject({
        kind: 'DOWNLOAD',
        settled: { state: 'SUCCEEDED', attempt: 2, error: null, model: { name, installed: true } },
      });
      expect(modelFolders(data.path)).toEqual({ count: 1, whole: 1 });
      expect(readdirSync(join(data.path, 'partial'))).toEqual([]);
      const { loadModel } = await graphql(
        second.url,
        `mutation { loadModel(input: { name: "${name}" }) { ... on LoadModelPayload { task { settled { state } } } } }`,
      );
      expect(loadModel.task.settled.state).toBe('SUCCEEDED');
    });
  }

  for (const { moment, match } of [
    { moment: 'while it resolves the commit', match: '/api/models/' },
    { moment: 'while it fetches the tokenizer', match: 'tokenizer.json' },
    { moment: 'while it fetches the weights', match: /^\/cdn/ },
  ]) {
    it(`says INTERRUPTED of a load, ${moment}, and retryTask finishes it`, async () => {
      await using data = await temporaryFolder();
      await using hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
      const held = hub.faults.add({ match, pauseAtByte: 10 });
      const settings = { DATA: data.path, HF_ENDPOINT: hub.url };
      await using first = await startServerProcess(settings);
      const { loadModel } = await graphql(
        first.url,
        `mutation { loadModel(input: { source: { repository: "${name}" }, downloadIfMissing: true }) { ... on LoadModelPayload { task { id } } } }`,
      );
      await held.reached;
      await first.kill();
      hub.faults.clear();

      await using second = await startServerProcess(settings);
      const { id } = loadModel.task;
      expect(await taskState(second.url, id)).toMatchObject({ settled: { state: 'FAILED', error: { code: 'INTERRUPTED' } } });
      expect(modelFolders(data.path)).toEqual({ count: 0, whole: 0 });
      await graphql(second.url, `mutation { retryTask(input: { id: "${id}" }) { ... on RetryTaskPayload { task { state } } } }`);
      expect(await taskState(second.url, id)).toMatchObject({ settled: { state: 'SUCCEEDED', model: { name, installed: true } } });
      const { model } = await graphql(second.url, `{ model(name: "${name}") { runtime { state } } }`);
      expect(model.runtime.state).toBe('READY');
    });
  }

  it('refuses a second server on the same data, and lets the next one in', async () => {
    await using data = await temporaryFolder();
    await using first = await startServerProcess({ DATA: data.path });
    await expect(startServerProcess({ DATA: data.path })).rejects.toThrow(/is used by another/);
    await first.kill();
    await using second = await startServerProcess({ DATA: data.path });
    expect((await fetch(`${second.url}/live`)).status).toBe(200);
  });

  it('ends with 0 on SIGTERM', async () => {
    await using data = await temporaryFolder();
    await using server = await startServerProcess({ DATA: data.path });
    expect(await server.stop('SIGTERM')).toBe(0);
  });
});
