import { chmodSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startCommand } from '../support/command-line.ts';
import { largeRepository } from '../support/large-repository.ts';
import { graphql, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

async function run({ url }: Pick<RunningApp, 'url'>, ...args: string[]) {
  await using command = startCommand([...args, '--url', url]);
  return await command.ended;
}

const digestsOf = async ({ url }: Pick<RunningApp, 'url'>) =>
  (await graphql(url, '{ models { nodes { name aliases revision card { usage } files { path sha256 } } } }')).models.nodes.toSorted(
    (one: { name: string }, other: { name: string }) => one.name.localeCompare(other.name),
  );

test('a lock makes another server the same, also when the hub has moved on', async () => {
  await using folder = await temporaryFolder();
  await using hub = await startStandInHub({
    repositories: { 'org/plain': goldenFolder('tiny-bert-st'), 'org/chosen': largeRepository(100_000) },
  });
  await using first = await runningApp({ hubEndpoint: hub.url });
  expect(await run(first, 'pull', 'org/plain')).toMatchObject({ code: 0 });
  expect(await run(first, 'pull', 'org/chosen', '--include', '*')).toMatchObject({ code: 0 });
  const own =
    'mutation { a: registerModel(input: { name: "mine", source: { repository: "org/plain" }, card: { usage: "tests" } }) { ... on Error { message } } b: updateModel(input: { name: "mine", aliases: ["also-mine"] }) { ... on Error { message } } }';
  expect(await graphql(first.url, own)).toEqual({ a: {}, b: {} });

  const path = join(folder.path, 'lock.json');
  expect(await run(first, 'lock', path)).toMatchObject({ code: 0, output: `${path}: 3 models\n` });
  const lock = JSON.parse(readFileSync(path, 'utf8'));
  expect(lock.models.map(({ name }: { name: string }) => name)).toEqual(['mine', 'org/chosen', 'org/plain']);
  const chosen = lock.models.find(({ name }: { name: string }) => name === 'org/chosen');
  expect(chosen).toMatchObject({ source: { kind: 'HUB', repository: 'org/chosen' }, commit: hub.repositories.get('org/chosen')?.commit });
  expect(JSON.parse((await run(first, 'lock')).output)).toEqual(lock);

  await using second = await runningApp({ hubEndpoint: hub.url });
  const applied = await run(second, 'apply', path);
  expect(applied).toMatchObject({ code: 0, errors: '' });
  expect(await digestsOf(second)).toEqual(await digestsOf(first));
  // Once more: there is nothing to do.
  expect((await run(second, 'apply', path)).output.match(/is the same already/g)).toHaveLength(3);

  // Another content at the hub is not the lock's: nothing is taken for it.
  const [wrong] = lock.models.filter(({ name }: { name: string }) => name === 'org/chosen');
  wrong.files.find((file: { path: string }) => file.path === 'extra.dat').sha256 = 'a'.repeat(64);
  writeFileSync(path, JSON.stringify(lock));
  const refused = await run(second, 'apply', path);
  expect(refused).toMatchObject({ code: 1, errors: expect.stringContaining('org/chosen') });
  expect((await digestsOf(second)).length).toBe(3);
  writeFileSync(path, '{"version": 2}');
  expect(await run(second, 'apply', path)).toMatchObject({ code: 1, errors: expect.stringContaining('is not a lock') });
});

test('verify reads every model again and names what differs', async () => {
  await using hub = await startStandInHub({ repositories: { 'org/plain': goldenFolder('tiny-bert-st') } });
  await using server = await runningApp({ hubEndpoint: hub.url });
  await run(server, 'pull', 'org/plain');
  expect(await run(server, 'verify')).toMatchObject({ code: 0, output: 'org/plain: as installed\n' });
  const { catalogue } = server.app.services;
  const file = join(catalogue.folderOf(await catalogue.require({ name: 'org/plain' })), 'vocab.txt');
  chmodSync(file, 0o644);
  writeFileSync(file, `${readFileSync(file, 'utf8')}x`);
  const wrong = await run(server, 'verify', 'org/plain');
  expect(wrong).toMatchObject({ code: 1, errors: expect.stringContaining('vocab.txt') });
});
