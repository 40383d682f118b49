import { createHash, randomBytes } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { link, mkdir, mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { FetchPlan, PlannedFile } from '../../src/sources/source.ts';
import { goldenFolder, type StandInHub, type StandInLack, startStandInHub } from '../support/stand-in-hub.ts';
import { hubClient } from '../support/stand-in-hub-client.ts';

const name = 'a/model';
const weights = randomBytes(300_000);
const files = { 'config.json': '{"model_type":"bert"}', 'model.safetensors': weights, '1_Pooling/config.json': '{}' };
const sha256 = (bytes: Uint8Array | string) => createHash('sha256').update(bytes).digest('hex');

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'modelkeep-hub-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A plan of the whole repository, the file asked for, and where it goes. */
async function prepare(stand: StandInHub, path = 'model.safetensors', options: Parameters<typeof hubClient>[1] = {}) {
  const { hub, waits } = hubClient(stand.url, options);
  const plan = await hub.plan({ repository: name });
  const file = plan.files.find((planned) => planned.path === path) as PlannedFile;
  return { hub, waits, plan, file, target: join(folder, path) };
}

/** A fetch that was cancelled after so many bytes were certain. */
async function broken(
  { stand, hub, plan, file, target }: Omit<Awaited<ReturnType<typeof prepare>>, 'waits'> & { stand: StandInHub },
  bytes: number,
): Promise<void> {
  const pause = stand.faults.add({ match: '/cdn/', pauseAtByte: bytes });
  const canceling = new AbortController();
  const onProgress = ({ doneBytes }: { doneBytes: number }) => {
    if (doneBytes === bytes) canceling.abort();
  };
  await expect(hub.fetchFile(plan, file, target, { signal: canceling.signal, onProgress })).rejects.toMatchObject({ code: 'CANCELED' });
  pause.release();
}

const rangesOf = (stand: StandInHub) =>
  stand.requests.filter(({ url }) => url.includes('/cdn/')).map(({ headers }) => headers.range ?? null);

describe('fetching a file', () => {
  test('gives every file of a published checkpoint, byte for byte', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
    const { hub, plan } = await prepare(stand);
    for (const file of plan.files) {
      const seen: number[] = [];
      const target = join(folder, file.path);
      const fetched = await hub.fetchFile(plan, file, target, { onProgress: ({ doneBytes }) => seen.push(doneBytes) });
      const original = readFileSync(join(goldenFolder('tiny-bert-st'), file.path));
      expect(readFileSync(target)).toEqual(original);
      expect(fetched).toEqual({ path: file.path, sizeBytes: original.length, sha256: sha256(original) });
      expect(seen.at(-1)).toBe(original.length);
      expect(seen).toEqual(seen.toSorted((one, other) => one - other));
    }
  });

  const lacking: StandInLack[][] = [['redirect'], ['linked', 'etag'], ['commit-header'], ['lfs'], ['lfs', 'linked'], ['range']];
  test.each(lacking)('works with a hub that lacks %j %j', async (...lacks) => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } }, lacks: lacks.filter((lack) => lack !== undefined) });
    const { hub, plan, file, target } = await prepare(stand);
    stand.faults.add({ match: 'model.safetensors', reset: true });
    stand.faults.add({ match: /cdn|resolve.*model\.safetensors/, cutAtByte: 100_000, times: 1 });
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
  });

  test('goes on where an earlier try ended, also at another origin', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } }, separateCdn: true });
    const { hub, plan, file, target } = await prepare(stand, 'model.safetensors', { allow: ['127.0.0.1'], token: 'hf_secret' });
    await broken({ stand, hub, plan, file, target }, 123_456);
    stand.requests.length = 0;
    const seen: number[] = [];
    const fetched = await hub.fetchFile(plan, file, target, { onProgress: ({ doneBytes }) => seen.push(doneBytes) });
    expect(fetched).toEqual({ path: file.path, sizeBytes: weights.length, sha256: sha256(weights) });
    expect(readFileSync(target)).toEqual(weights);
    expect(seen[0]).toBe(123_456);
    const atCdn = stand.requests.filter((request) => request.server === 'cdn');
    expect(atCdn.map((request) => [request.headers.range, request.headers.authorization])).toEqual([['bytes=123456-299999', undefined]]);
    const atHub = stand.requests.filter((request) => request.server === 'hub');
    expect(atHub.every((request) => request.headers.authorization === 'Bearer hf_secret')).toBe(true);
  });

  test('does not follow a redirect to a private address that nobody allowed', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } }, separateCdn: true });
    const { hub, plan, file, target } = await prepare(stand);
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    expect(stand.requests.some((request) => request.server === 'cdn')).toBe(false);
  });

  test('takes a file that is whole already without asking', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand);
    await writeFile(target, weights);
    const before = stand.requests.length;
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
    expect(stand.requests).toHaveLength(before);
  });

  test('fetches anew what is too long, whole but wrong, or wrong at its start', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand);
    for (const wrong of [randomBytes(weights.length + 5), randomBytes(weights.length), randomBytes(1000)]) {
      await writeFile(target, wrong);
      expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
      expect(readFileSync(target)).toEqual(weights);
    }
    await rm(target);
    await mkdir(target);
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
  });

  test('never writes into a file that another folder shares', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand);
    const other = join(folder, 'other');
    await writeFile(other, weights.subarray(0, 1000));
    await link(other, target);
    await hub.fetchFile(plan, file, target);
    expect(readFileSync(target)).toEqual(weights);
    expect((await stat(other)).size).toBe(1000);
  });

  test('starts anew when the server sends the whole file instead of the rest', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } }, lacks: ['range'] });
    const { hub, plan, file, target } = await prepare(stand);
    await broken({ stand, hub, plan, file, target }, 5000);
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
    expect(readFileSync(target)).toEqual(weights);
  });

  test('starts anew when the server sends another range than was asked for', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand);
    await broken({ stand, hub, plan, file, target }, 5000);
    stand.faults.add({ match: '/cdn/', headers: { 'content-range': 'bytes 0-299999/300000' }, times: 1 });
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
    expect(readFileSync(target)).toEqual(weights);
  });

  test('survives connections that break, each time going on where it was', async () => {
    const large = randomBytes(1_000_000);
    await using stand = await startStandInHub({ repositories: { [name]: { files: { ...files, 'model.safetensors': large } } } });
    const { hub, plan, file, target, waits } = await prepare(stand);
    // More breaks than tries: each brings enough to earn another one.
    stand.faults.add({ match: '/cdn/', cutAtByte: 150_000, times: 5 });
    stand.faults.add({ match: '/resolve/', status: 503 });
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(large) });
    const starts = rangesOf(stand).map((range) => Number(/\d+/.exec(range ?? '0')?.[0]));
    expect(starts).toEqual(starts.toSorted((one, other) => one - other));
    expect(starts.at(-1)).toBeGreaterThan(100_000);
    expect(waits).toHaveLength(6);
  });

  test('gives up after five tries that bring nothing', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target, waits } = await prepare(stand);
    const cut = stand.faults.add({ match: '/cdn/', cutAtByte: 10, times: Number.POSITIVE_INFINITY });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', status: null });
    expect(cut.uses).toBe(5);
    expect(waits).toEqual([500, 1000, 2000, 4000]);
  });

  test('gives up on a hub that always cuts a file at the same byte and knows no ranges', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } }, lacks: ['range'] });
    const { hub, plan, file, target } = await prepare(stand);
    const cut = stand.faults.add({ match: '/cdn/', cutAtByte: 200_000, times: Number.POSITIVE_INFINITY });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    expect(cut.uses).toBeLessThan(10);
  });

  test('asks again when no byte comes for too long, and when an answer ends early without saying so', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand, 'model.safetensors', { stallTimeoutMs: 150 });
    const stall = stand.faults.add({ match: '/cdn/', pauseAtByte: 100_000 });
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
    expect(stall.uses).toBe(1);
    await rm(target);
    stand.faults.add({ match: '/cdn/', status: 200, body: 'x', headers: { 'content-length': null, 'transfer-encoding': 'chunked' } });
    const again = await hub.fetchFile(plan, file, target);
    expect(again).toMatchObject({ sha256: sha256(weights) });
  });

  test('waits out 429 and tells a final one', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target, waits } = await prepare(stand);
    stand.faults.add({ match: '/resolve/', status: 429, headers: { 'retry-after': '3' }, times: 2 });
    await hub.fetchFile(plan, file, target);
    expect(waits).toEqual([3000, 3000]);
    await rm(target);
    stand.faults.add({ match: '/resolve/', status: 429, headers: { ratelimit: '"api";r=0;t=9' }, times: 9 });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', status: 429 });
    expect(waits.slice(2)).toEqual([9000, 9000, 9000, 9000]);
  });

  test.each(['model.safetensors', 'config.json'])('refuses wrong bytes of %s and leaves nothing', async (path) => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand, path);
    stand.faults.add({ match: path === 'config.json' ? `/${path}` : '/cdn/', corrupt: true, times: Number.POSITIVE_INFINITY });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', file: path });
    expect(existsSync(target)).toBe(false);
  });

  test('refuses a file that is longer than the hub announced', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand);
    stand.faults.add({ match: '/cdn/', status: 200, body: 'x'.repeat(weights.length + 1) });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', file: 'model.safetensors' });
    expect(existsSync(target)).toBe(false);
  });

  test("checks by the answer's headers what the list says nothing about", async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, target } = await prepare(stand);
    for (const path of ['model.safetensors', 'config.json']) {
      const bare: PlannedFile = { path, sizeBytes: null, digest: null };
      stand.faults.add({ match: path === 'config.json' ? `/${path}` : '/cdn/', corrupt: true, times: 2 });
      await expect(hub.fetchFile(plan, bare, target)).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH' });
      stand.faults.add({ match: path === 'config.json' ? `/${path}` : '/cdn/', cutAtByte: 5 });
      expect(await hub.fetchFile(plan, bare, target)).toMatchObject({ sha256: sha256(files[path as keyof typeof files]) });
      await rm(target);
    }
  });

  test('refuses an answer from another commit', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand);
    stand.faults.add({ match: '/resolve/', status: 200, body: 'x', headers: { 'x-repo-commit': 'f'.repeat(40) } });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringContaining('f'.repeat(40)),
    });
    expect((await stat(target)).size).toBe(0);
  });

  test.each([
    [401, { 'x-error-code': 'GatedRepo' }, { code: 'UPSTREAM_GATED' }],
    [403, {}, { code: 'UPSTREAM_GATED' }],
    [404, { 'x-error-code': 'EntryNotFound' }, { code: 'UPSTREAM_FAILED', status: 404 }],
    [410, {}, { code: 'UPSTREAM_FAILED', status: 410 }],
  ])('tells a %d at once', async (status, headers, expected) => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target, waits } = await prepare(stand);
    stand.faults.add({ match: '/resolve/', status, headers });
    await expect(hub.fetchFile(plan, file, target)).rejects.toMatchObject(expected);
    expect(waits).toEqual([]);
  });

  test('keeps the part when it is cancelled, and goes on from there', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub, plan, file, target } = await prepare(stand);
    stand.faults.add({ match: '/cdn/', pauseAtByte: 100_000 });
    const canceling = new AbortController();
    const onProgress = ({ doneBytes }: { doneBytes: number }) => {
      if (doneBytes === 100_000) canceling.abort();
    };
    await expect(hub.fetchFile(plan, file, target, { signal: canceling.signal, onProgress })).rejects.toMatchObject({ code: 'CANCELED' });
    expect((await stat(target)).size).toBe(100_000);
    stand.faults.clear();
    expect(await hub.fetchFile(plan, file, target)).toMatchObject({ sha256: sha256(weights) });
    expect(rangesOf(stand)).toEqual([null, 'bytes=100000-299999']);
  });

  test.each(['../evil', '/etc/evil', 'a\0b', 'a\\b'])('refuses the path %j of a plan that somebody wrote', async (path) => {
    await using stand = await startStandInHub({ repositories: { [name]: { files } } });
    const { hub } = hubClient(stand.url);
    const plan: FetchPlan = { repository: name, revision: null, files: [], totalBytes: null };
    await expect(hub.fetchFile(plan, { path, sizeBytes: 1, digest: null }, join(folder, 'x'))).rejects.toMatchObject({
      code: 'INVALID_MODEL_FILE',
    });
    await expect(
      hub.fetchFile({ ...plan, repository: '../x' }, { path: 'x', sizeBytes: 1, digest: null }, join(folder, 'x')),
    ).rejects.toMatchObject({ code: 'INVALID_INPUT' });
    expect(stand.requests).toEqual([]);
  });
});
