import { readFile } from 'node:fs/promises';
import { describe, expect, it, vi } from 'vitest';
import type { Log } from '../../src/log.ts';
import { nobody } from '../../src/scheduler/observer.ts';
import { postJson } from '../support/running-app.ts';
import { createTestBench, failureOf } from '../support/scheduler-support.ts';
import { type ServerProcess, startServerProcess } from '../support/server-process.ts';
import { goldenFolder, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

type Line = Record<string, unknown>;

/** The first line that fits, once it is there. */
function line(lines: () => readonly Line[], fits: (line: Line) => boolean): Promise<Line> {
  return vi.waitFor(
    () => {
      const found = lines().find(fits);
      if (!found)
        throw new Error(
          `not in:\n${lines()
            .map((one) => JSON.stringify(one))
            .join('\n')}`,
        );
      return found;
    },
    { timeout: 15_000, interval: 20 },
  );
}

const loading = `mutation ($repository: String!) { loadModel(input: { source: { repository: $repository }, downloadIfMissing: true }) {
  ... on LoadModelPayload { task { settled(timeoutMs: 20000) { state } } } ... on Error { message } } }`;

/** Loads a model with a request of that id. */
async function load(server: ServerProcess, repository: string, requestId: string): Promise<void> {
  const body = { query: loading, variables: { repository } };
  const answer = await postJson(`${server.url}/graphql`, body, { headers: { 'x-request-id': requestId } });
  expect(answer.body.data.loadModel.task.settled).toEqual({ state: 'SUCCEEDED' });
}

describe('the id of a request', () => {
  it('is the client’s where that is sane, else a new one; the answer and the log have it', async () => {
    await using data = await temporaryFolder();
    await using server = await startServerProcess({ DATA: data.path, LOG_LEVEL: 'debug' });
    for (const given of ['my-request_1', `${'0'.repeat(32)}:1/2@3=+.`]) {
      const response = await fetch(`${server.url}/live`, { headers: { 'x-request-id': given } });
      expect(response.headers.get('x-request-id')).toBe(given);
      expect(await line(server.logged, ({ requestId }) => requestId === given)).toMatchObject({
        path: '/live',
        door: 'health',
        outcome: 'OK',
      });
    }
    for (const given of ['', 'two words', '"quoted"', 'a'.repeat(129)]) {
      const response = await fetch(`${server.url}/nowhere?key=secret`, { headers: { 'x-request-id': given } });
      const own = response.headers.get('x-request-id') ?? '';
      expect(own).toMatch(/^[0-9a-f-]{36}$/);
      expect(await line(server.logged, ({ requestId }) => requestId === own)).toMatchObject({
        path: '/nowhere',
        outcome: 'NOT_FOUND',
        status: 404,
      });
    }
    expect(JSON.stringify(server.logged())).not.toContain('secret');
  });

  it('is in the lines of the task that the request started and of what that does, and in no later ones', async () => {
    const [first, second] = ['made/first', 'made/second'] as const;
    await using hub = await startStandInHub({
      repositories: { [first]: goldenFolder('tiny-bert-st'), [second]: goldenFolder('tiny-bert-st') },
    });
    await using data = await temporaryFolder();
    await using server = await startServerProcess({ DATA: data.path, HF_ENDPOINT: hub.url, LOG_LEVEL: 'info', MAX_LOADED_MODELS: '1' });
    await load(server, first, 'load-first');
    await load(server, second, 'load-second');
    expect(await line(server.logged, ({ msg }) => msg === 'a model is evicted')).toMatchObject({ requestId: 'load-second' });
    const processIds = await runnersOf(server);
    for (const processId of processIds) process.kill(processId, 'SIGKILL');
    const end = await line(server.logged, ({ msg }) => msg === 'a runner ended unexpectedly');
    expect(end).toMatchObject({ model: second });
    expect(end).not.toHaveProperty('requestId');
  });

  it('goes to the runner: what fails there names the request, and what native code writes the requests in hand', async () => {
    const lines: Line[] = [];
    const ids = ['request-1', 'request-2'].values();
    await using bench = createTestBench({
      log: recordingLog(lines),
      observer: { ...nobody, origin: () => ({ requestId: ids.next().value ?? 'none' }) },
    });
    const model = await bench.loaded('failing');
    const failure = await failureOf(bench.embed(model, ['fail']));
    const report = await line(
      () => lines,
      ({ msg }) => msg === 'a runner failed unexpectedly',
    );
    expect(report).toMatchObject({ model: 'failing', requestId: 'request-1', cause: expect.stringContaining('the batch failed') });
    expect(failure).toMatchObject({ code: 'INTERNAL', id: report.errorId });
    await failureOf(bench.embed(model, ['throw']));
    expect(
      await line(
        () => lines,
        ({ requestIds }) => requestIds !== undefined,
      ),
    ).toMatchObject({
      model: 'failing',
      msg: 'a runner wrote to standard error',
      requestIds: ['request-2'],
    });
  });
});

/** Ids of the processes below the server. */
async function runnersOf({ child }: ServerProcess): Promise<number[]> {
  const children = await readFile(`/proc/${child.pid}/task/${child.pid}/children`, 'utf8');
  return children.trim().split(' ').map(Number);
}

/** Keeps what is logged, with what the log's children add. */
function recordingLog(lines: Line[], bindings: Line = {}): Log {
  const write = (members: Line, msg: string) => void lines.push({ ...bindings, ...members, msg });
  const child = (more: Line) => recordingLog(lines, { ...bindings, ...more });
  return { trace: write, debug: write, info: write, warn: write, error: write, fatal: write, child } as unknown as Log;
}
