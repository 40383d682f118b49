import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from 'vitest';
import { startCommand } from '../support/command-line.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const anywhere = { MODELKEEP_PORT: '0', MODELKEEP_PORTS: '', MODELKEEP_LOG_LEVEL: 'silent' };
const oneLine = /^[^\n]+\n$/;

describe('serve', () => {
  test.each(['SIGTERM', 'SIGINT'] as const)('prints where it serves, and %s ends it with 0', async (signal) => {
    await using folder = await temporaryFolder();
    await using run = startCommand([], { ...anywhere, MODELKEEP_DATA: folder.path });
    const [, url] = await run.printed(/(http:\/\/127\.0\.0\.1:\d+)/);
    expect((await fetch(`${url}/live`)).status).toBe(200);
    run.child.kill(signal);
    expect(await run.ended).toMatchObject({ code: 0, errors: '' });
  });

  test('prints its extra listeners', async () => {
    await using folder = await temporaryFolder();
    await using run = startCommand(['--data', folder.path], { ...anywhere, MODELKEEP_PORTS: 'ingrain-models=0' });
    const [, port] = await run.printed(/ingrain-models also on port (\d+)/);
    expect(await (await fetch(`http://127.0.0.1:${port}/health`)).json()).toEqual({ message: 'The model server is running.' });
  });

  test('refuses a data folder that another server holds, in one line', async () => {
    await using folder = await temporaryFolder();
    await using first = startCommand(['serve', '--data', folder.path], anywhere);
    await first.printed(/http:/);
    await using second = startCommand(['serve', '--data', folder.path], anywhere);
    const { code, output, errors } = await second.ended;
    expect([code, output]).toEqual([1, '']);
    expect(errors).toMatch(oneLine);
    expect(errors).toContain(folder.path);
  });

  test('refuses a port that is in use, in one line', async () => {
    await using folder = await temporaryFolder();
    const other = createServer().listen(0, '127.0.0.1');
    await once(other, 'listening');
    try {
      const { port } = other.address() as { port: number };
      await using run = startCommand(['--data', folder.path], { ...anywhere, MODELKEEP_PORT: String(port) });
      const { code, output, errors } = await run.ended;
      expect([code, output]).toEqual([1, '']);
      expect(errors).toMatch(oneLine);
      expect(errors).toContain(String(port));
    } finally {
      other.close();
    }
  });

  test('refuses a database of a newer program, in one line', async () => {
    await using folder = await temporaryFolder();
    await mkdir(folder.path, { recursive: true });
    const database = new DatabaseSync(join(folder.path, 'state.db'));
    database.exec('pragma user_version = 9999');
    database.close();
    await using run = startCommand(['--data', folder.path], anywhere);
    const { code, errors } = await run.ended;
    expect(code).toBe(1);
    expect(errors).toMatch(oneLine);
    expect(errors).toContain('9999');
  });

  test('refuses to serve others without a key, in one line', async () => {
    await using run = startCommand(['--host', '0.0.0.0'], anywhere);
    const { code, errors } = await run.ended;
    expect(code).toBe(1);
    expect(errors).toMatch(oneLine);
    expect(errors).toContain('MODELKEEP_API_KEYS');
  });
});

test('the demo makes its models, shows requests with their answers, and does so again on what it has', async () => {
  await using folder = await temporaryFolder();
  const args = ['demo', '--data', folder.path, '--port', '0', '--ports', ''];
  for (const start of ['first', 'second']) {
    await using run = startCommand(args);
    await run.printed(/"models":\[/);
    const [, url] = await run.printed(/at (http:\S+)/);
    const vectors = await embed(url ?? '', ['a cat on a mat', 'the cats like their mats', 'interest rates of the bank']);
    expect(cosine(vectors[0], vectors[1])).toBeGreaterThan(0.7);
    expect(Math.abs(cosine(vectors[0], vectors[2]))).toBeLessThan(0.4);
    run.child.kill('SIGINT');
    const { code, output, errors } = await run.ended;
    expect([start, code, errors]).toEqual([start, 0, '']);
    expect(output.match(/^curl .*$/gm)).toHaveLength(4);
    const answers = output.split('\n').filter((line) => line.startsWith('{'));
    expect(answers.map((answer) => Object.keys(JSON.parse(answer)))).toEqual([
      ['data'],
      ['data'],
      ['embeddings', 'processingTimeMs'],
      ['models'],
    ]);
    expect(output).toContain('the quick brown fox jumps over lazy dog');
  }
});

async function embed(url: string, texts: string[]): Promise<number[][]> {
  const body = JSON.stringify({ name: 'demo/bag-of-words', text: texts });
  const response = await fetch(`${url}/infer_text`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
  return ((await response.json()) as { embeddings: number[][] }).embeddings;
}

/** Of vectors of length 1. */
function cosine(one: readonly number[] = [], other: readonly number[] = []): number {
  return one.reduce((sum, value, index) => sum + value * (other[index] ?? 0), 0);
}

test('a second signal ends a process that is still stopping, at once', async () => {
  const { spawn } = await import('node:child_process');
  const stopSignal = new URL('../../src/cli/stop-signal.ts', import.meta.url);
  const program = `import { listenForStop } from '${stopSignal}'; listenForStop().signal.addEventListener('abort', () => console.log('stopping')); setInterval(() => {}, 1000); console.log('ready');`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const ended = once(child, 'exit');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  await once(child.stdout, 'data');
  child.kill('SIGTERM');
  expect(await ended).toEqual([143, null]);
});
