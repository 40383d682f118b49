import { chmodSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { query } from '../support/graphql-client.ts';
import { largeRepository } from '../support/large-repository.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const megabyte = 1024 ** 2;
const sizeBytes = 40 * megabyte;
const fields =
  'id uuid state progress etaSeconds bytes { done total perSecond } files { done total } error { code message } steps { name state note } model { name }';

let hub: StandInHub;
beforeAll(async () => {
  hub = await startStandInHub();
});
afterAll(async () => {
  await hub?.[Symbol.asyncDispose]();
});

async function download(server: Pick<RunningApp, 'url'>, name: string, input: object = {}): Promise<any> {
  const document = `mutation ($input: DownloadModelInput!) { downloadModel(input: $input) { ... on DownloadModelPayload { task { ${fields} } } ... on Error { code message } } }`;
  const { downloadModel } = await graphql(server.url, document, { input: { source: { repository: name }, include: ['*'], ...input } });
  return downloadModel.task ?? downloadModel;
}

const settled = async (server: Pick<RunningApp, 'url'>, id: string): Promise<any> =>
  (await graphql(server.url, `query ($id: ID!) { task(id: $id) { settled(timeoutMs: 30000) { ${fields} } } }`, { id })).task.settled;

const taskOf = async (server: Pick<RunningApp, 'url'>, id: string): Promise<any> =>
  (await graphql(server.url, `query ($id: ID!) { task(id: $id) { ${fields} } }`, { id })).task;

async function act(server: Pick<RunningApp, 'url'>, mutation: string, id: string, more = ''): Promise<any> {
  const type = `${mutation.charAt(0).toUpperCase()}${mutation.slice(1)}Payload`;
  const document = `mutation ($id: ID!) { ${mutation}(input: { id: $id${more} }) { ... on ${type} { task { ${fields} } } ... on Error { code message } } }`;
  const { [mutation]: answer } = await graphql(server.url, document, { id });
  return answer.task ?? answer;
}

const sentOf = (name: string, from = 0) =>
  hub.requests
    .slice(from)
    .filter(({ url }) => url.startsWith(`/cdn/${name}/`) || url.includes(`/${name}/resolve/`))
    .reduce((sum, { sentBytes }) => sum + sentBytes, 0);

/** A repository whose large file comes slowly, until `release`. */
function slowly(name: string, bytesPerSecond = 8 * megabyte) {
  const repository = hub.publish(name, largeRepository(sizeBytes, name));
  const file = repository.files.get('extra.dat');
  const fault = hub.faults.add({ match: `/cdn/${name}/${file?.sha256}`, bytesPerSecond, times: Number.POSITIVE_INFINITY });
  return { repository, fault };
}

describe('a download', () => {
  test('comes over several connections at once, and is what the hub has', async () => {
    hub.publish('org/several', largeRepository(sizeBytes, 'several'));
    await using server = await runningApp({ hubEndpoint: hub.url });
    const task = await settled(server, (await download(server, 'org/several')).id);
    expect(task).toMatchObject({ state: 'SUCCEEDED', error: null, model: { name: 'org/several' } });
    expect(task.files.done).toBe(task.files.total);
    const ranges = hub.requests.filter(({ url }) => url.startsWith('/cdn/org/several/')).map(({ headers }) => headers.range);
    expect(ranges.filter((range) => range !== undefined)).toHaveLength(3);

    expect(sentOf('org/several')).toBeGreaterThanOrEqual(sizeBytes);
    expect(readdirSync(join(server.app.services.config.dataFolder, 'partial'))).toEqual([]);
  });

  test('is paused, stays so over a restart, and goes on with what it had', async () => {
    const name = 'org/paused';
    const { fault } = slowly(name);
    await using first = await runningApp({ hubEndpoint: hub.url });
    const { dataFolder } = first.app.services.config;
    const { id } = await download(first, name);
    await expect.poll(async () => (await taskOf(first, id)).bytes?.done ?? 0, { timeout: 10_000 }).toBeGreaterThan(4 * megabyte);
    const paused = await act(first, 'pauseTask', id);
    expect(paused).toMatchObject({ state: 'PAUSED', etaSeconds: null });
    expect(paused.steps.map(({ state }: { state: string }) => state)).toContain('PAUSED');
    await expect.poll(() => hub.connectionCount()).toBe(0);
    // Asked again, it is the same task; and it may be paused twice.
    expect(await act(first, 'pauseTask', id)).toMatchObject({ state: 'PAUSED' });
    await first.app.close();

    await using second = await runningApp({ hubEndpoint: hub.url, dataFolder });
    const kept = await taskOf(second, id);
    expect(kept.state).toBe('PAUSED');
    expect(kept.bytes.done).toBeGreaterThanOrEqual(paused.bytes.done);
    hub.faults.clear();
    expect(fault.uses).toBeGreaterThan(0);
    await act(second, 'resumeTask', id);
    expect(await settled(second, id)).toMatchObject({ state: 'SUCCEEDED' });
    expect(sentOf(name)).toBeLessThan(1.3 * sizeBytes);
    expect((await act(second, 'pauseTask', id)).code).toBe('INVALID_INPUT');
    expect((await act(second, 'resumeTask', id)).code).toBe('INVALID_INPUT');
  });

  test('that is paused goes on when somebody asks for the model again', async () => {
    const name = 'org/asked-again';
    slowly(name);
    await using server = await runningApp({ hubEndpoint: hub.url });
    const { id } = await download(server, name);
    await expect.poll(async () => (await taskOf(server, id)).bytes?.done ?? 0, { timeout: 10_000 }).toBeGreaterThan(0);
    await act(server, 'pauseTask', id);
    hub.faults.clear();
    expect((await download(server, name)).id).toBe(id);
    expect(await settled(server, id)).toMatchObject({ state: 'SUCCEEDED' });
  });

  test('that is cancelled leaves no connection within a second, and keeps or drops what it had as asked', async () => {
    const name = 'org/cancelled';
    await using server = await runningApp({ hubEndpoint: hub.url });
    const partial = join(server.app.services.config.dataFolder, 'partial');
    for (const keepPartial of [false, true]) {
      slowly(name);
      const { id, uuid } = await download(server, name);
      await expect.poll(async () => (await taskOf(server, id)).bytes?.done ?? 0, { timeout: 10_000 }).toBeGreaterThan(4 * megabyte);
      const startedMs = performance.now();
      expect(await act(server, 'cancelTask', id, `, keepPartial: ${keepPartial}`)).toMatchObject({ state: 'CANCELED' });
      await expect.poll(() => hub.connectionCount()).toBe(0);
      expect(performance.now() - startedMs).toBeLessThan(1500);
      expect(existsSync(join(partial, uuid))).toBe(keepPartial);
      hub.faults.clear();
    }
    // What was kept serves the next one that asks for the same.
    const before = hub.requests.length;
    const again = await settled(server, (await download(server, name)).id);
    expect(again).toMatchObject({ state: 'SUCCEEDED' });
    expect(sentOf(name, before)).toBeLessThan(sizeBytes - 3 * megabyte);
    await expect.poll(() => readdirSync(partial)).toEqual([]);
  });

  test('fetches a piece again that was damaged on the disk meanwhile, and says so', async () => {
    const name = 'org/rotten';
    slowly(name, 20 * megabyte);
    await using first = await runningApp({ hubEndpoint: hub.url });
    const { dataFolder } = first.app.services.config;
    const { id, uuid } = await download(first, name);
    await expect.poll(async () => (await taskOf(first, id)).bytes?.done ?? 0, { timeout: 10_000 }).toBeGreaterThan(20 * megabyte);
    await act(first, 'pauseTask', id);
    await first.app.close();
    const file = join(dataFolder, 'partial', uuid, 'files', 'extra.dat');
    const bytes = readFileSync(file);
    bytes[1000] = (bytes[1000] ?? 0) ^ 1;
    writeFileSync(file, bytes);
    hub.faults.clear();
    await using second = await runningApp({ hubEndpoint: hub.url, dataFolder });
    await act(second, 'resumeTask', id);
    const task = await settled(second, id);
    expect(task).toMatchObject({ state: 'SUCCEEDED' });
    expect(task.steps.find(({ name: step }: { name: string }) => step === 'DOWNLOAD').note).toContain('damaged on the disk');
  });

  test('takes its token from the request, shows it nowhere and forgets it', async () => {
    const name = 'org/private';
    const token = 'hf_token_of_this_request';
    hub.publish(name, { ...largeRepository(megabyte, 'private'), token });
    await using server = await runningApp({ hubEndpoint: hub.url });
    const { dataFolder } = server.app.services.config;
    const refused = await settled(server, (await download(server, name)).id);
    expect(refused).toMatchObject({
      state: 'FAILED',
      error: { code: 'UPSTREAM_GATED', message: expect.stringContaining(`${hub.url}/${name}`) },
    });
    const { id, uuid } = await download(server, name, { token });
    expect(await settled(server, id)).toMatchObject({ state: 'SUCCEEDED' });
    for (const file of readdirSync(dataFolder).filter((entry) => entry.startsWith('state.db')))
      expect(readFileSync(join(dataFolder, file)).includes(token)).toBe(false);
    await expect.poll(() => existsSync(join(dataFolder, 'partial', uuid))).toBe(false);
    expect((await download(server, name, { token: 'with space' })).code).toBe('INVALID_INPUT');
  });

  test('is not begun where the disk has no room, also for what is promised to another', async () => {
    const name = 'org/too-large';
    const { repository } = slowly(name);
    await using server = await runningApp({ hubEndpoint: hub.url });
    const huge = [{ path: 'huge.dat', sizeBytes: 2 ** 50, sha256: 'a'.repeat(64) }];
    const input = { source: { repository: name, revision: repository.commit }, include: undefined, files: huge };
    const task = await settled(server, (await download(server, name, input)).id);
    expect(task).toMatchObject({ state: 'FAILED', error: { code: 'INSUFFICIENT_DISK' } });
    hub.faults.clear();
  });

  test('is planned first: files, sizes, what fits, what is here', async () => {
    const name = 'org/planned';
    hub.publish(name, largeRepository(megabyte, 'planned'));
    await using server = await runningApp({ hubEndpoint: hub.url });
    const plan = async (input: object) =>
      (
        await graphql(
          server.url,
          'query ($input: PlanDownloadInput!) { planDownload(input: $input) { revision totalBytes missingBytes freeBytes fits quantizations files { path sizeBytes sha256 isHere } } }',
          { input: { source: { repository: name }, ...input } },
        )
      ).planDownload;
    const own = await plan({});
    expect(own.fits).toBe(true);
    expect(own.files.map(({ path }: { path: string }) => path)).not.toContain('extra.dat');
    expect(own.missingBytes).toBe(own.totalBytes);
    const all = await plan({ include: ['*'], exclude: ['*.txt'] });
    expect(all.totalBytes).toBeGreaterThan(own.totalBytes);
    expect(all.files.some(({ path }: { path: string }) => path.endsWith('.txt'))).toBe(false);
    await settled(server, (await download(server, name)).id);
    const after = await plan({});
    expect(after.files.find(({ path }: { path: string }) => path === 'model.safetensors').isHere).toBe(true);
    expect(after.missingBytes).toBeLessThan(own.missingBytes);
    const { body } = await query(server.url, 'query { planDownload(input: { source: { repository: "org/nobody" } }) { fits } }');
    expect(body.errors[0].extensions.code).toBe('UPSTREAM_GATED');
  });
});

test('a model is verified: every file, and those that differ by their names', async () => {
  hub.publish('org/verified', largeRepository(megabyte, 'verified'));
  await using server = await runningApp({ hubEndpoint: hub.url });
  await settled(server, (await download(server, 'org/verified')).id);
  const verify = async () => {
    const document = `mutation { verifyModel(input: { name: "org/verified" }) { ... on VerifyModelPayload { task { settled(timeoutMs: 20000) { kind ${fields} } } } ... on Error { message } } }`;
    return (await graphql(server.url, document)).verifyModel.task.settled;
  };
  expect(await verify()).toMatchObject({ kind: 'VERIFY', state: 'SUCCEEDED' });
  const { catalogue } = server.app.services;
  const file = join(catalogue.folderOf(await catalogue.require({ name: 'org/verified' })), 'extra.dat');
  const bytes = readFileSync(file);
  bytes[5] = (bytes[5] ?? 0) ^ 1;
  chmodSync(file, 0o644);
  writeFileSync(file, bytes);
  const wrong = await verify();
  expect(wrong).toMatchObject({ state: 'FAILED', error: { code: 'CHECKSUM_MISMATCH', message: expect.stringContaining('extra.dat') } });
  expect(wrong.steps[0].note).toContain('1 of 11 files differ');
});
