import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { goldenFile } from '../test/support/golden-zip.ts';
import { sendUpload } from '../test/support/send-upload.ts';
import { startServerProcess } from '../test/support/server-process.ts';
import { goldenFolder, startStandInHub } from '../test/support/stand-in-hub.ts';
import { withOwnWeights } from '../test/support/stand-in-hub-repository.ts';
import { temporaryFolder } from '../test/support/temporary-folder.ts';
import { ask, embed, load } from './client.ts';
import { strays } from './kill-server.ts';
import { createTally, type SoakRow } from './part.ts';

const what = 'a full disk';
/** The server leaves 64 MB to others, so that much must be there for it to begin at all. */
const sizeMegabytes = 80;

/** The disk fills up before and during downloads and imports, and then under the database. Needs the right to mount. */
export async function fullDisk(): Promise<SoakRow> {
  await using outside = await temporaryFolder();
  const disk = join(outside.path, 'disk');
  mkdirSync(disk);
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${sizeMegabytes}m`, 'tmpfs', disk], { stdio: 'ignore' });
  } catch {
    return { what, figures: 'left out: this user may not mount a small tmpfs', complaints: [] };
  }
  try {
    return await fillDisk(disk, outside.path);
  } finally {
    execFileSync('umount', ['-l', disk]);
  }
}

async function fillDisk(disk: string, outside: string): Promise<SoakRow> {
  const complaints: string[] = [];
  const tally = createTally();
  const golden = goldenFolder('tiny-bert-st');
  const roots = join(outside, 'roots');
  cpSync(golden, join(roots, 'local'), { recursive: true });
  const names = ['org/first', 'org/early', 'org/late', 'org/database'];
  await using hub = await startStandInHub({ repositories: Object.fromEntries(names.map((name) => [name, withOwnWeights(golden, name)])) });
  const filler = join(disk, 'filler');
  const fill = (leaveBytes: number) => {
    const { bavail, bsize } = statfsSync(disk);
    const file = openSync(filler, 'w');
    try {
      // Whatever fits: the last page may be taken by somebody else meanwhile.
      for (let left = bavail * bsize - leaveBytes; left > 0; left -= bsize) writeSync(file, Buffer.alloc(Math.min(left, bsize)));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'ENOSPC') throw error;
    } finally {
      closeSync(file);
    }
  };
  const free = () => rmSync(filler, { force: true });
  const expect = (step: string, code: string, allowed: readonly string[]) => {
    tally.add(`${step} ${code}`);
    if (!allowed.includes(code)) complaints.push(`${step} ended with ${code}`);
  };
  const importLocal = async (name: string, url: string) => {
    const { code, data } = await ask(
      url,
      'mutation ($input: ImportModelInput!) { importModel(input: $input) { ... on ImportModelPayload { task { settled(timeoutMs: 20000) { state error { code } } } } ... on Error { code } } }',
      { input: { path: join(roots, 'local'), name } },
    );
    const settled = data?.importModel?.task?.settled;
    return settled ? (settled.error?.code ?? settled.state) : code;
  };

  await using server = await startServerProcess({
    DATA: join(disk, 'data'),
    HF_ENDPOINT: hub.url,
    IMPORT_ROOTS: roots,
    LOG_LEVEL: 'fatal',
  });
  const { url } = server;
  expect('load with room:', (await load(url, 'org/first')).code, ['OK']);

  fill(1e6);
  expect('download to a full disk:', (await load(url, 'org/early')).code, ['INSUFFICIENT_DISK']);
  free();

  const pause = hub.faults.add({ match: /^\/cdn\/org\/late/, pauseAtByte: 200_000 });
  const late = load(url, 'org/late');
  await pause.reached;
  fill(100_000);
  pause.release();
  expect('disk full during a download:', (await late).code, ['INSUFFICIENT_DISK']);
  free();

  fill(200_000);
  expect('import to a full disk:', await importLocal('local', url), ['INSUFFICIENT_DISK']);
  free();

  const zip = goldenFile('tiny-llama-hf').bytes;
  await using slow = slowForm(zip, 'late.zip');
  const uploading = sendForm(`${url}/upload/`, slow.body);
  await slow.isHalfSent;
  fill(200_000);
  slow.goOn();
  expect('disk full during an upload:', await uploading, ['507']);
  expect('upload to a full disk:', await sendForm(`${url}/deploy/`, slowForm(zip, 'early.zip', { pauses: false }).body), ['507']);
  free();
  const unpacked = await unpackWithoutRoom(url, zip, { fill: () => fill(200_000), free });
  expect('unpacking to a full disk:', unpacked.full, ['INSUFFICIENT_DISK']);
  expect('unpacking tried again:', unpacked.again, ['SUCCEEDED']);

  fill(0);
  expect('use with no byte left:', (await embed(url, 'org/first', ['a'])).code, ['OK']);
  expect('download with no byte left:', (await load(url, 'org/database')).code, ['INSUFFICIENT_DISK']);
  expect('liveness:', String((await fetch(`${url}/live`)).status), ['200']);
  free();

  for (const name of names) expect('afterwards:', (await load(url, name)).code, ['OK']);
  expect('import afterwards:', await importLocal('local', url), ['SUCCEEDED']);
  complaints.push(...(await strays(url, join(disk, 'data'))));
  await server.kill();
  await using again = await startServerProcess({ DATA: join(disk, 'data'), HF_ENDPOINT: hub.url });
  const { data } = await ask(again.url, '{ models { totalCount } }');
  if (data?.models.totalCount !== names.length + 2) complaints.push(`after a restart there are ${data?.models.totalCount} models`);
  return { what, figures: tally.toString(), complaints };
}

const boundary = 'soak';

/** A form with a file, which may stop in the middle of it until it is told to go on. */
function slowForm(bytes: Buffer, fileName: string, { pauses = true } = {}) {
  const half = Promise.withResolvers<void>();
  const rest = Promise.withResolvers<void>();
  if (!pauses) rest.resolve();
  async function* pieces(): AsyncGenerator<Uint8Array> {
    const field = (name: string) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"`;
    yield Buffer.from(`${field('model_name_on_ollama')}\r\n\r\nlate\r\n${field('model')}; filename="${fileName}"\r\n\r\n`);
    yield bytes.subarray(0, bytes.length / 2);
    half.resolve();
    await rest.promise;
    yield bytes.subarray(bytes.length / 2);
    yield Buffer.from(`\r\n--${boundary}--\r\n`);
  }
  return {
    body: Readable.toWeb(Readable.from(pieces())) as ReadableStream,
    isHalfSent: half.promise,
    goOn: rest.resolve,
    [Symbol.asyncDispose]: async () => rest.resolve(),
  };
}

/** Its status. */
async function sendForm(url: string, body: ReadableStream): Promise<string> {
  const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
  const response = await fetch(url, { method: 'POST', body, headers, duplex: 'half' } as RequestInit);
  await response.text();
  return String(response.status);
}

/** A file that came whole, and for whose contents there is no room until there is. */
async function unpackWithoutRoom(url: string, zip: Buffer, { fill, free }: { fill: () => void; free: () => void }) {
  const uploadId = await sendUpload(url, zip, 'unpacked.zip');
  fill();
  const settled = 'task { uuid settled(timeoutMs: 20000) { state error { code } } }';
  const { data } = await ask(
    url,
    `mutation ($id: ID!) { uploadModel(input: { uploadId: $id }) { ... on UploadModelPayload { ${settled} } ... on Error { code } } }`,
    { id: uploadId },
  );
  const { uuid, settled: full } = data.uploadModel.task;
  free();
  const retry = `mutation ($id: ID!) { retryTask(input: { id: $id }) { ... on RetryTaskPayload { ${settled} } ... on Error { code } } }`;
  const { data: retried } = await ask(url, retry, { id: uuid });
  return { full: full.error?.code ?? full.state, again: retried?.retryTask?.task?.settled.state ?? 'REFUSED' };
}
