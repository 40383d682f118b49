import { createHash, randomBytes } from 'node:crypto';
import { existsSync, openAsBlob, readdirSync, readFileSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { Upload } from 'tus-js-client';
import { describe, expect, it } from 'vitest';
import { writeQuickFox } from '../../src/demo/quick-fox.ts';
import { graphql } from '../support/running-app.ts';
import { makeModel } from '../support/send-upload.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';
import { makeZip } from '../support/zip-maker.ts';

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');
const megabyte = 1024 ** 2;

/** Sends a file in pieces; resolves to its address at its end, or once `stopAfter` bytes are there. */
function send(bytes: Buffer, options: { endpoint?: string; uploadUrl?: string; filename: string; stopAfter?: number }): Promise<string> {
  const { filename, stopAfter = Number.POSITIVE_INFINITY, ...where } = options;
  return new Promise((resolve, reject) => {
    const upload: Upload = new Upload(bytes, {
      ...where,
      chunkSize: megabyte,
      metadata: { filename },
      onSuccess: () => resolve(upload.url ?? ''),
      onError: reject,
      onChunkComplete(_size, accepted) {
        if (accepted >= stopAfter) resolve(upload.url ?? '');
      },
    });
    upload.start();
  });
}

describe('a resumable upload', () => {
  it('goes on after a kill -9 of the server, and is byte for byte what was sent', async () => {
    await using folder = await temporaryFolder();
    await using source = await temporaryFolder();
    await writeQuickFox(join(source.path, 'fox.gguf'));
    const fox = await readFile(join(source.path, 'fox.gguf'));
    const bytes = makeZip([
      { name: 'notes.bin', content: randomBytes(12 * megabyte) },
      { name: 'fox.gguf', content: fox },
    ]);
    const settings = { DATA: folder.path, THREADS: '1' };
    let uploadUrl = '';
    for (const stopAfter of [3 * megabyte, 7 * megabyte]) {
      await using server = await startServerProcess(settings);
      const where = uploadUrl === '' ? { endpoint: `${server.url}/uploads` } : { uploadUrl: onServer(uploadUrl, server) };
      uploadUrl = await send(bytes, { ...where, filename: 'fox.zip', stopAfter });
      await server.kill();
    }
    await using server = await startServerProcess(settings);
    const id = uploadUrl.split('/').at(-1) ?? '';
    const kept = readFileSync(join(folder.path, 'uploads', id)).length;
    expect(kept).toBeGreaterThanOrEqual(7 * megabyte);
    await send(bytes, { uploadUrl: onServer(uploadUrl, server), filename: 'fox.zip' });
    expect(sha256(readFileSync(join(folder.path, 'uploads', id)))).toBe(sha256(bytes));
    const { task } = await makeModel(server.url, 'deployModel', { uploadId: id });
    expect(task.settled).toMatchObject({ state: 'SUCCEEDED', error: null });
    expect(readdirSync(join(folder.path, 'uploads'))).toEqual([]);
  }, 60_000);
});

/** The same upload, where its server is now. */
function onServer(uploadUrl: string, { url }: ServerProcess): string {
  return new URL(new URL(uploadUrl).pathname, url).href;
}

const residentBytes = (pid: number | undefined, what: 'VmRSS' | 'VmHWM') =>
  Number(new RegExp(`${what}:\\s+(\\d+)`).exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]) * 1024;

describe.skipIf(!existsSync('/proc/self/status'))('a large upload', () => {
  it('is received and unpacked in little memory', async () => {
    await using folder = await temporaryFolder();
    await using server = await startServerProcess({ DATA: folder.path, THREADS: '1' });
    const zip = join(folder.path, 'large.zip');
    // 3e9 was measured to need no more.
    const sizeBytes = Number(process.env.LARGE_ZIP_BYTES ?? 300e6);
    const fox = join(folder.path, 'fox.gguf');
    await writeQuickFox(fox);
    await writeStoredZip(zip, { fox: await readFile(fox), padBytes: sizeBytes });
    const idle = residentBytes(server.child.pid, 'VmRSS');
    const form = new FormData();
    form.set('model', await openAsBlob(zip), 'large.zip');
    const response = await fetch(`${server.url}/upload/`, { method: 'POST', body: form });
    expect((await response.text()).split('\n').at(-2)).toContain('Success upload model file.');
    const { model } = await graphql(server.url, '{ model(name: "large") { files { path } } }');
    expect(model.files).toEqual([{ path: 'fox.gguf' }]);
    const grewBytes = residentBytes(server.child.pid, 'VmHWM') - idle;
    if (process.env.LARGE_ZIP_BYTES) process.stdout.write(`${sizeBytes} bytes: ${grewBytes} more resident bytes at most\n`);
    expect(grewBytes).toBeLessThan(150 * megabyte);
    expect(readdirSync(join(folder.path, 'uploads'))).toEqual([]);
  }, 240_000);
});

/** A stored zip of a model and of padding, which is a hole in the file. */
async function writeStoredZip(path: string, { fox, padBytes }: { fox: Buffer; padBytes: number }): Promise<void> {
  const zeros = Buffer.alloc(megabyte);
  let crc = 0;
  for (let left = padBytes; left > 0; left -= zeros.length) crc = crc32(left < zeros.length ? zeros.subarray(0, left) : zeros, crc);
  // The padding's bytes come behind the header that announces them; the directory behind those.
  const small = makeZip([
    { name: 'fox.gguf', content: fox },
    { name: 'pad.bin', crc, claimedBytes: padBytes },
  ]);
  const directoryStart = small.readUInt32LE(small.length - 6);
  const head = small.subarray(0, directoryStart);
  const directory = Buffer.from(small.subarray(directoryStart));
  const last = directory.lastIndexOf(Buffer.from('PK\x01\x02', 'latin1'));
  directory.writeUInt32LE(padBytes, last + 20);
  directory.writeUInt32LE(directoryStart + padBytes, directory.length - 6);
  const localHeader = head.lastIndexOf(Buffer.from('PK\x03\x04', 'latin1'));
  head.writeUInt32LE(padBytes, localHeader + 18);
  await using file = await open(path, 'w');
  await file.write(head, 0, head.length, 0);
  await file.write(directory, 0, directory.length, directoryStart + padBytes);
}
