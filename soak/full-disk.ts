import { execFileSync } from 'node:child_process';
import { closeSync, cpSync, mkdirSync, openSync, rmSync, statfsSync, writeSync } from 'node:fs';
import { join } from 'node:path';
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
  if (data?.models.totalCount !== names.length + 1) complaints.push(`after a restart there are ${data?.models.totalCount} models`);
  return { what, figures: tally.toString(), complaints };
}
