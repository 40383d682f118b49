import { expect, test } from 'vitest';
import { startCommand } from '../support/command-line.ts';
import { runningApp } from '../support/running-app.ts';
import { goldenFolder, startStandInHub } from '../support/stand-in-hub.ts';

const repository = 'intfloat/e5-small-v2';
const oneLine = /^[^\n]+\n$/;

/** A server whose hub has one repository. */
async function startServer(settings: Parameters<typeof runningApp>[0] = {}) {
  await using undo = new AsyncDisposableStack();
  const hub = undo.use(await startStandInHub({ repositories: { [repository]: goldenFolder('tiny-bert-st') } }));
  const server = undo.use(await runningApp({ hubEndpoint: hub.url, ...settings }));
  const kept = undo.move();
  return { hub, server, [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

async function run(url: string, ...args: string[]) {
  await using command = startCommand([...args, '--url', url]);
  return await command.ended;
}

test('pull fetches a model, list and ps show it, embed loads it and prints vectors, rm deletes it', async () => {
  await using started = await startServer();
  const { url } = started.server;
  expect(await run(url, 'pull', repository)).toMatchObject({ code: 0, errors: '', output: expect.stringMatching(`^${repository}: `) });
  expect((await run(url, 'list')).output).toMatch(new RegExp(`^${repository} +SENTENCE_TRANSFORMERS .* not loaded$`, 'm'));
  expect((await run(url, 'ps')).output).not.toContain(repository);

  const embedded = await run(url, 'embed', repository, 'one text', 'another text');
  expect(embedded).toMatchObject({ code: 0, errors: '' });
  const vectors: number[][] = JSON.parse(embedded.output);
  expect(vectors.map((vector) => vector.length)).toEqual([48, 48]);
  expect(Math.hypot(...(vectors[0] ?? []))).toBeCloseTo(1, 5);

  expect((await run(url, 'ps')).output).toMatch(new RegExp(`^${repository} +READY `, 'm'));
  expect(await run(url, 'rm', repository)).toMatchObject({ code: 0, output: `${repository} is deleted\n` });
  expect((await run(url, 'list')).output).not.toContain(repository);
});

test('Ctrl-C cancels a download and ends with 130', async () => {
  await using started = await startServer();
  // The weights come from the CDN that the hub redirects to.
  const fault = started.hub.faults.add({ match: '/cdn/', pauseAtByte: 1000 });
  await using command = startCommand(['pull', repository, '--url', started.server.url]);
  await fault.reached;
  command.child.kill('SIGINT');
  expect(await command.ended).toEqual({ code: 130, output: '', errors: '' });
  const { items } = await started.server.app.services.tasks.list({ kind: 'DOWNLOAD' }, { limit: 10 });
  expect(items.map(({ item }) => item.state)).toEqual(['CANCELED']);
});

test('what the server refuses is one line on standard error, and 1', async () => {
  await using started = await startServer();
  const { url } = started.server;
  for (const [args, named] of [
    [['embed', 'nobody/nothing', 'text'], 'nobody/nothing'],
    [['rm', 'nobody/nothing'], 'nobody/nothing'],
    [['pull', 'nobody/nothing'], 'nobody/nothing'],
    [['pull', '../../etc'], '../../etc'],
  ] as const) {
    const { code, output, errors } = await run(url, ...args);
    expect([args, code, output]).toEqual([args, 1, '']);
    expect(errors).toMatch(oneLine);
    expect(errors).toContain(named);
  }
});

test('the first of MODELKEEP_API_KEYS is sent, and its absence is one line', async () => {
  await using started = await startServer({ apiKeys: ['right', 'other'] });
  const { url } = started.server;
  await using keyed = startCommand(['list', '--url', url], { MODELKEEP_API_KEYS: 'right' });
  expect(await keyed.ended).toMatchObject({ code: 0, errors: '' });
  for (const environment of [{}, { MODELKEEP_API_KEYS: 'wrong' }]) {
    await using without = startCommand(['list', '--url', url], environment as Record<string, string>);
    const { code, output, errors } = await without.ended;
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(oneLine);
    expect(errors).toContain('key');
  }
});
