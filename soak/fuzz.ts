import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { SoakRow } from './part.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const runs = 2000;

/** The tests with random requests and documents, with the whole count and a seed of this run. */
export function fuzz(seed: number): SoakRow {
  const vitest = fileURLToPath(new URL('../node_modules/vitest/vitest.mjs', import.meta.url));
  const files = ['test/server/hard-to-kill-requests.test.ts', 'test/server/hard-to-kill-documents.test.ts'];
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [vitest, 'run', '--root', root, '--config', 'test/vitest.config.ts', ...files],
    { cwd: root, env: { PATH: process.env.PATH, FUZZ_RUNS: String(runs), FUZZ_SEED: String(seed), NO_COLOR: '1' }, encoding: 'utf8' },
  );
  return {
    what: 'malformed requests, documents over HTTP, documents over WebSocket',
    figures: `${runs} of each`,
    complaints: status === 0 ? [] : [`${stdout}\n${stderr}`.slice(-3000)],
  };
}
