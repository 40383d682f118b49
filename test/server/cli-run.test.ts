import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { writeQuickFox } from '../../src/demo/quick-fox.ts';
import { startCommand } from '../support/command-line.ts';
import { type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const sentence = 'the quick brown fox jumps over lazy dog';
const repository = 'somebody/Fox-GGUF';

let hub: StandInHub;
let app: RunningApp;
beforeAll(async () => {
  await using folder = await temporaryFolder();
  const file = join(folder.path, 'fox.gguf');
  await writeQuickFox(file);
  hub = await startStandInHub({
    repositories: { [repository]: { files: { 'fox-Q8_0.gguf': await readFile(file) } }, 'some/embedder': goldenFolder('tiny-bert-st') },
  });
  app = await runningApp({ hubEndpoint: hub.url, threads: 1, logLevel: 'silent' });
});
afterAll(async () => {
  await app?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

async function run(args: string[], input?: string) {
  await using command = startCommand(['run', ...args, '--url', app.url], {}, undefined, input);
  return await command.ended;
}

test('run fetches a model, loads it and writes the answer', async () => {
  expect(await run([repository, 'Say it.'])).toEqual({ code: 0, output: `${sentence}\n`, errors: '' });
  expect((await run([repository, 'Say it.', '--max-tokens', '2'])).output).toBe('the quick\n');
});

test('without a prompt it chats, a question a line', async () => {
  const { code, output } = await run([repository], 'Say it.\n\nAgain.\n/bye\nnever asked\n');
  expect({ code, output }).toEqual({ code: 0, output: `${sentence}\n${sentence}\n` });
});

test('what cannot be done is one line', async () => {
  const cases: [string[], RegExp][] = [
    [['some/embedder', 'x'], /does not write/],
    [['no/where', 'x'], /no\/where/],
    [[repository, 'x', '--max-tokens', 'many'], /--max-tokens/],
  ];
  for (const [args, reason] of cases) {
    const { code, output, errors } = await run(args);
    expect({ code, output }).toEqual({ code: 1, output: '' });
    expect(errors).toMatch(/^[^\n]+\n$/);
    expect(errors).toMatch(reason);
  }
});
