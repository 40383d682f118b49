import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readdir, realpath, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createGuardedFetch, type GuardedFetch } from '../../src/net/guarded-fetch.ts';
import { copyFolder } from '../../src/sources/folder.ts';
import { readChunkJournal } from '../../src/sources/transfer/chunk-journal.ts';
import { createTransfers } from '../../src/sources/transfer/transfers.ts';
import type { UrlFile } from '../../src/sources/urls.ts';
import { goldenFolder, startStandInHub } from '../support/stand-in-hub.ts';

/** Node has no call for it. */
const makePipe = 'mkfifo';
const golden = goldenFolder('tiny-bert-st');
const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

let folder = '';
let root = '';
let target = '';
beforeEach(async () => {
  folder = await realpath(await mkdtemp(join(tmpdir(), 'modelkeep-folder-')));
  root = join(folder, 'root');
  target = join(folder, 'target');
  await mkdir(root);
  await mkdir(target);
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function published(name = 'model'): Promise<string> {
  await cp(golden, join(root, name), { recursive: true });
  return join(root, name);
}

describe('copying a folder', () => {
  test('takes the needed files of a checkpoint, byte for byte, and nothing else', async () => {
    const path = await published();
    for (const extra of ['pytorch_model.bin', 'README.md', '.hidden', 'onnx']) await writeFile(join(path, extra), 'x');
    const seen: { doneBytes: number; totalBytes: number | null }[] = [];
    const fetched = await copyFolder({ path, roots: [root], target, onProgress: (progress) => seen.push(progress) });
    expect(fetched.map((file) => file.path).sort()).toEqual(
      (await readdir(golden, { recursive: true, withFileTypes: true }))
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name).slice(golden.length + 1))
        .sort(),
    );
    for (const file of fetched) {
      const original = readFileSync(join(golden, file.path));
      expect(readFileSync(join(target, file.path))).toEqual(original);
      expect(file).toEqual({ path: file.path, sizeBytes: original.length, sha256: sha256(original) });
    }
    expect(seen.at(-1)).toEqual({ doneBytes: seen.at(-1)?.totalBytes, totalBytes: fetched.reduce((sum, file) => sum + file.sizeBytes, 0) });
    expect((await readdir(target)).includes('README.md')).toBe(false);
  });

  test('follows the links of a Hugging Face cache while they stay below a root', async () => {
    const path = await published('snapshot');
    const blobs = join(root, 'blobs');
    await mkdir(blobs);
    for (const file of ['model.safetensors', 'config.json', '1_Pooling/config.json']) {
      const blob = join(blobs, file.replaceAll('/', '_'));
      await rename(join(path, file), blob);
      await symlink(blob, join(path, file));
    }
    expect(await copyFolder({ path, roots: [root], target })).toHaveLength(10);
    expect(readFileSync(join(target, 'model.safetensors'))).toEqual(readFileSync(join(golden, 'model.safetensors')));
    // The blobs lie outside when the snapshot alone is the root.
    await expect(copyFolder({ path, roots: [path], target })).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
  });

  test('takes a root that is itself a link', async () => {
    await published();
    await symlink(root, join(folder, 'alias'));
    expect(await copyFolder({ path: join(folder, 'alias', 'model'), roots: [join(folder, 'alias')], target })).toHaveLength(10);
  });

  test('refuses what lies outside the roots, missing or not, and says which setting decides', async () => {
    await cp(golden, join(folder, 'outside'), { recursive: true });
    await cp(golden, join(folder, 'root-not'), { recursive: true });
    await symlink(join(folder, 'outside'), join(root, 'link'));
    const places = [
      join(folder, 'outside'),
      join(folder, 'root-not'),
      join(root, 'link'),
      `${root}/../outside`,
      '/',
      '/nowhere',
      folder,
      '/etc',
    ];
    for (const path of places) {
      await expect(copyFolder({ path, roots: [root], target })).rejects.toMatchObject({
        code: 'INVALID_INPUT',
        field: 'path',
        message: expect.stringContaining('MODELKEEP_IMPORT_ROOTS'),
      });
    }
    await expect(copyFolder({ path: root, roots: [], target })).rejects.toMatchObject({
      message: expect.stringContaining('MODELKEEP_IMPORT_ROOTS'),
    });
    expect(await readdir(target)).toEqual([]);
  });

  test('refuses a missing folder, a relative one, a file, and a folder that is no model', async () => {
    await writeFile(join(root, 'file'), 'x');
    for (const path of [join(root, 'missing'), 'model', '', './root', `${root}\0`, join(root, 'file')]) {
      await expect(copyFolder({ path, roots: [root], target })).rejects.toMatchObject({ code: 'INVALID_INPUT', field: 'path' });
    }
    await expect(copyFolder({ path: root, roots: [root], target })).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' });
  });

  test('refuses a needed file that links out of the roots, to nothing, to a device, or that is a pipe or a socket', async () => {
    await writeFile(join(folder, 'secret'), 'secret');
    const path = await published();
    for (const place of [join(folder, 'secret'), join(folder, 'nothing'), '/dev/zero', '/etc/passwd']) {
      for (const file of ['vocab.txt', 'config.json', 'model.safetensors']) {
        await rm(join(path, file));
        await symlink(place, join(path, file));
        await expect(copyFolder({ path, roots: [root], target })).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file });
        await rm(join(path, file));
        await cp(join(golden, file), join(path, file));
      }
    }
    await rm(join(path, 'config.json'));
    execFileSync(makePipe, [join(path, 'config.json')]);
    await expect(copyFolder({ path, roots: [root], target })).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'config.json' });
    await rm(join(path, 'config.json'));
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(join(path, 'config.json'), resolve));
    await expect(copyFolder({ path, roots: [root], target })).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE', file: 'config.json' });
    await new Promise((resolve) => server.close(resolve));
    expect(existsSync(join(target, 'vocab.txt'))).toBe(false);
  });

  test('ends at a signal', async () => {
    const path = await published();
    await expect(copyFolder({ path, roots: [root], target, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELED' });
    const canceling = new AbortController();
    const copying = copyFolder({ path, roots: [root], target, signal: canceling.signal, onProgress: () => canceling.abort() });
    await expect(copying).rejects.toMatchObject({ code: 'CANCELED' });
  });
});

describe('fetching addresses that a client named', () => {
  /** Fetches them one after another, without waiting between tries. */
  async function fetchUrls(
    fetch: GuardedFetch,
    files: UrlFile[],
    { maxBytes, signal }: { maxBytes?: number; signal?: AbortSignal } = {},
  ): Promise<{ path: string; sizeBytes: number; sha256: string }[]> {
    const timing = { sleep: async () => {}, random: () => 0.5, now: Date.now };
    await using transfers = createTransfers({ connections: 16, connectionsPerFile: 4, bytesPerSecond: null, fetch, timing });
    const fetched = [];
    for (const file of files) {
      const options = { signal, journalPath: join(folder, 'journals', encodeURIComponent(file.path)) };
      const source = { type: 'url' as const, file, ...(maxBytes === undefined ? {} : { maxBytes }) };
      fetched.push(await transfers.fetch(source, join(target, file.path), options));
    }
    return fetched;
  }

  const address = (url: string, path: string) => `${url}/a/model/resolve/main/${path}`;

  test('gives the files, redirects followed, with their digests', async () => {
    await using stand = await startStandInHub({ repositories: { 'a/model': golden } });
    const fetch = createGuardedFetch({ allow: ['127.0.0.1'] });
    const files = ['model.safetensors', 'config.json', '1_Pooling/config.json'].map((path) => ({ path, url: address(stand.url, path) }));
    await writeFile(join(target, 'config.json'), 'left by an earlier try');
    const fetched = await fetchUrls(fetch, files);
    for (const file of fetched) {
      const original = readFileSync(join(golden, file.path));
      expect(file).toEqual({ path: file.path, sizeBytes: original.length, sha256: sha256(original) });
      expect(readFileSync(join(target, dirname(file.path), basename(file.path)))).toEqual(original);
    }
  });

  test('refuses private addresses, bad statuses, large files and another content than was announced', async () => {
    await using stand = await startStandInHub({ repositories: { 'a/model': golden } });
    const fetch = createGuardedFetch({ allow: ['127.0.0.1'] });
    const url = address(stand.url, 'config.json');
    const run = (files: UrlFile[], options = {}) => fetchUrls(fetch, files, options);
    await expect(fetchUrls(createGuardedFetch({ allow: [] }), [{ path: 'a', url }])).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    await expect(run([{ path: 'a', url: `${url}x?token=secret` }])).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      status: 404,
      url: `${url}x`,
    });
    await expect(run([{ path: 'a', url }], { maxBytes: 10 })).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
    const wrong = { path: 'a', url, sha256: 'f'.repeat(64) };
    await expect(run([wrong])).rejects.toMatchObject({ code: 'CHECKSUM_MISMATCH', file: 'a' });
    await expect(run([{ path: 'a', url }], { signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'CANCELED' });
  });

  test('goes on after a break while the ETag is the same, and starts anew without one', async () => {
    for (const lacks of [[], ['etag', 'linked'] as const]) {
      await using stand = await startStandInHub({ repositories: { 'a/model': golden }, lacks });
      const fetch = createGuardedFetch({ allow: ['127.0.0.1'] });
      const files = [{ path: `weights-${lacks.length}`, url: address(stand.url, 'model.safetensors') }];
      const stop = new AbortController();
      const pause = stand.faults.add({ match: '/cdn/', pauseAtByte: 100_000 });
      const first = fetchUrls(fetch, files, { signal: stop.signal });
      await pause.reached;
      // The bytes are certain within half a second; then the fetch is interrupted.
      await expect
        .poll(async () => (await readChunkJournal(join(folder, 'journals', `weights-${lacks.length}`)))?.chunks.get(0)?.bytes)
        .toBe(100_000);
      stop.abort();
      await expect(first).rejects.toMatchObject({ code: 'CANCELED' });
      pause.release();
      const [fetched] = await fetchUrls(fetch, files);
      expect(fetched?.sha256).toBe(sha256(readFileSync(join(golden, 'model.safetensors'))));
      const starts = stand.requests.filter((request) => request.url.includes('/cdn/')).map(({ headers }) => headers.range?.split('-')[0]);
      expect(starts).toEqual(['bytes=0', lacks.length === 0 ? 'bytes=100000' : 'bytes=0']);
    }
  });
});
