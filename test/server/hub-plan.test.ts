import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from 'vitest';
import { goldenFolder, type StandInLack, startStandInHub } from '../support/stand-in-hub.ts';
import { hubClient } from '../support/stand-in-hub-client.ts';

const name = 'intfloat/e5-small-v2';
const repositories = { [name]: goldenFolder('tiny-bert-st') };
const minimal = { 'config.json': '{"model_type":"bert"}', 'model.safetensors': 'weights' };

describe('planning a download', () => {
  test('pins the commit and lists the needed files with what the hub says about them', async () => {
    await using stand = await startStandInHub({ repositories });
    const plan = await hubClient(stand.url).hub.plan({ repository: `hf-hub:${name}`, revision: 'main' });
    const repository = stand.repositories.get(name);
    expect(plan).toMatchObject({ repository: name, revision: repository?.commit });
    expect(plan.files.map((file) => file.path)).toEqual(
      [...(repository?.files.keys() ?? [])].filter((path) => path !== 'model.safetensors').concat('model.safetensors'),
    );
    for (const file of plan.files) {
      const held = repository?.files.get(file.path);
      const digest = held?.isLfs ? { algorithm: 'sha256', hex: held.sha256 } : { algorithm: 'git-sha1', hex: held?.gitSha1 };
      expect(file).toEqual({ path: file.path, sizeBytes: held?.content.length, digest });
    }
    expect(plan.totalBytes).toBe(plan.files.reduce((sum, file) => sum + (file.sizeBytes ?? 0), 0));
    expect(stand.requests.some((request) => request.url.includes('model.safetensors'))).toBe(false);
  });

  const lacking: StandInLack[][] = [
    ['revision'],
    ['info'],
    ['revision', 'info'],
    ['revision', 'info', 'head'],
    ['tree-at-commit'],
    ['revision', 'info', 'tree-at-commit', 'lfs', 'head', 'linked', 'etag'],
  ];
  test.each(lacking)('works with a hub that lacks %j %j %j %j %j', async (...lacks) => {
    await using stand = await startStandInHub({ repositories, lacks });
    const plan = await hubClient(stand.url).hub.plan({ repository: name });
    expect(plan.revision).toBe(stand.repositories.get(name)?.commit);
    expect(plan.files).toHaveLength(10);
  });

  test('works with a hub that never says which commit main is, and not for another branch', async () => {
    await using stand = await startStandInHub({
      repositories: { [name]: { files: minimal, branches: ['main', 'other'] } },
      lacks: ['revision', 'info', 'commit-header'],
    });
    const { hub } = hubClient(stand.url);
    expect(await hub.plan({ repository: name })).toMatchObject({
      revision: null,
      files: [{ path: 'config.json' }, { path: 'model.safetensors' }],
    });
    await expect(hub.plan({ repository: name, revision: 'other' })).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  });

  test('takes a branch with a slash and a commit hash', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files: minimal, branches: ['main', 'refs/pr/1'] } } });
    const { hub } = hubClient(stand.url);
    const commit = stand.repositories.get(name)?.commit ?? '';
    expect(await hub.plan({ repository: name, revision: 'refs/pr/1' })).toMatchObject({ revision: commit });
    expect(await hub.plan({ repository: name, revision: commit })).toMatchObject({ revision: commit });
    await expect(hub.plan({ repository: name, revision: 'gone' })).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      status: 404,
      message: expect.stringContaining('revision'),
    });
    await expect(hub.plan({ repository: name, revision: '0'.repeat(40) })).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', status: 404 });
  });

  test('reads a list of many pages, and the endpoint may have a path and a slash at its end', async () => {
    const files = { ...minimal, ...Object.fromEntries(Array.from({ length: 25 }, (_, index) => [`data/${index}.txt`, 'x'])) };
    await using stand = await startStandInHub({ repositories: { [name]: { files } }, pageSize: 4 });
    expect((await hubClient(`${stand.url}/`).hub.plan({ repository: name })).files).toHaveLength(2);
    expect(stand.requests.filter((request) => request.url.includes('/tree/')).length).toBeGreaterThan(5);
  });

  test('asks with the token where there is one, and says what to do where there is none', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files: minimal, token: 'secret' } } });
    expect(await hubClient(stand.url, { token: 'secret' }).hub.plan({ repository: name })).toMatchObject({ repository: name });
    const error = await hubClient(stand.url)
      .hub.plan({ repository: name })
      .catch((caught: Error) => caught);
    expect(error).toMatchObject({
      code: 'UPSTREAM_GATED',
      url: `${stand.url}/${name}`,
      message: expect.stringMatching(/does not exist.*private or gated.*HF_TOKEN/),
    });
    await expect(hubClient(stand.url, { token: 'wrong' }).hub.plan({ repository: name })).rejects.toMatchObject({ code: 'UPSTREAM_GATED' });
    await expect(hubClient(stand.url, { token: 'secret' }).hub.plan({ repository: 'nobody/nothing' })).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      status: 404,
      message: expect.stringContaining('nobody/nothing'),
    });
  });

  test('names the page of a gated repository', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files: minimal, gated: true, token: 'secret' } } });
    await expect(hubClient(stand.url).hub.plan({ repository: name })).rejects.toMatchObject({
      code: 'UPSTREAM_GATED',
      url: `${stand.url}/${name}`,
    });
    await expect(hubClient(stand.url, { token: 'other' }).hub.plan({ repository: name })).rejects.toMatchObject({ code: 'UPSTREAM_GATED' });
  });

  test.each(['../evil', '/etc/passwd', 'a/../../b', 'a\\b', 'nul\0', 'C:/x', 'a//b', 'x'.repeat(256), 'Config.json'])(
    'refuses a repository that has a file named %j, and fetches nothing',
    async (path) => {
      await using stand = await startStandInHub({ repositories: { [name]: { files: { ...minimal, [path]: '{}' } } } });
      await expect(hubClient(stand.url).hub.plan({ repository: name })).rejects.toMatchObject({ code: 'INVALID_MODEL_FILE' });
      const fetched = stand.requests.filter((request) => request.url.includes('/resolve/') && !request.url.endsWith('/config.json'));
      expect(fetched).toEqual([]);
    },
  );

  test('refuses a repository of pickles, one without weights, and an architecture that is not built', async () => {
    await using stand = await startStandInHub({
      repositories: {
        'a/pickles': { files: { 'config.json': '{}', 'pytorch_model.bin': 'x' } },
        'a/nothing': { files: { 'README.md': 'x' } },
        'a/other': { files: { 'config.json': '{"architectures":["OtherModel"]}', 'model.safetensors': 'x' } },
      },
    });
    const { hub } = hubClient(stand.url);
    await expect(hub.plan({ repository: 'a/pickles' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      reason: expect.stringContaining('pickle'),
    });
    await expect(hub.plan({ repository: 'a/nothing' })).rejects.toMatchObject({ code: 'UNSUPPORTED_MODEL' });
    const strict = hubClient(stand.url, { isBuiltArchitecture: () => false }).hub;
    await expect(strict.plan({ repository: 'a/other' })).rejects.toMatchObject({
      code: 'UNSUPPORTED_MODEL',
      reason: expect.stringContaining('OtherModel'),
    });
  });

  test('waits as a limited hub asks, five tries in all, and never longer than a minute', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files: minimal } } });
    stand.faults.add({ match: '/tree/', status: 429, headers: { 'retry-after': '7' }, times: 2 });
    stand.faults.add({ match: '/tree/', status: 429, headers: { 'retry-after': '86400' } });
    const { hub, waits } = hubClient(stand.url);
    expect(await hub.plan({ repository: name })).toMatchObject({ repository: name });
    expect(waits).toEqual([7000, 7000, 60_000]);
    stand.faults.add({ match: '/tree/', status: 429, times: 5 });
    await expect(hub.plan({ repository: name })).rejects.toMatchObject({ code: 'UPSTREAM_FAILED', status: 429 });
  });

  test.each([500, 502, 503, 504, 408])('tries again after %d and after a broken connection', async (status) => {
    await using stand = await startStandInHub({ repositories: { [name]: { files: minimal } } });
    stand.faults.add({ match: '/revision/', status });
    stand.faults.add({ match: '/tree/', reset: true });
    stand.faults.add({ match: '/tree/', cutAtByte: 10 });
    const { hub, waits } = hubClient(stand.url);
    expect(await hub.plan({ repository: name })).toMatchObject({ repository: name });
    expect(waits).toEqual([500, 500, 1000]);
  });

  test.each([
    ['not JSON', '<html>', {}],
    ['no list', '{"error":"x"}', {}],
    ['entries without a path', '[{"type":"file"}]', {}],
    ['a next page that is itself', '[]', { link: '</api/models/intfloat/e5-small-v2/tree/main?recursive=true>; rel="next"' }],
    ['too many files', JSON.stringify(Array.from({ length: 10_001 }, (_, index) => ({ type: 'file', path: `f${index}`, size: 1 }))), {}],
  ])('refuses a list that is %s', async (_what, body, headers) => {
    await using stand = await startStandInHub({ repositories: { [name]: { files: minimal } } });
    stand.faults.add({ match: '/tree/', status: 200, body, headers, times: Number.POSITIVE_INFINITY });
    await expect(hubClient(stand.url).hub.plan({ repository: name })).rejects.toMatchObject({ code: 'UPSTREAM_FAILED' });
  });

  test('a page that links elsewhere is checked, and gets no token', async () => {
    await using stand = await startStandInHub({ repositories: { [name]: { files: minimal } } });
    await using other = await startStandInHub();
    const link = { link: `<${other.url}/more>; rel="next"` };
    stand.faults.add({ match: '/tree/', status: 200, body: '[]', headers: link });
    await expect(hubClient(stand.url, { token: 'secret' }).hub.plan({ repository: name })).rejects.toMatchObject({ code: 'UNSAFE_URL' });
    expect(other.requests).toEqual([]);
    stand.faults.add({ match: '/tree/', status: 200, body: '[]', headers: link });
    other.faults.add({
      match: '/more',
      status: 200,
      body: JSON.stringify([
        { type: 'file', path: 'config.json', size: 3 },
        { type: 'file', path: 'model.safetensors', size: 7 },
      ]),
    });
    const plan = await hubClient(stand.url, { token: 'secret', allow: ['127.0.0.1'] }).hub.plan({ repository: name });
    expect(plan.files[1]).toEqual({ path: 'model.safetensors', sizeBytes: 7, digest: null });
    expect(other.requests[0]?.headers.authorization).toBeUndefined();
  });

  test('offline says so before any socket', async () => {
    await using stand = await startStandInHub({ repositories });
    const { hub } = hubClient(stand.url, { offline: true });
    await expect(hub.plan({ repository: name })).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringContaining('HF_HUB_OFFLINE'),
    });
    const plan = { repository: name, revision: null, files: [], totalBytes: null };
    const file = { path: 'config.json', sizeBytes: 1, digest: null };
    await expect(hub.fetchFile(plan, file, '/nowhere/config.json')).rejects.toMatchObject({
      message: expect.stringContaining('HF_HUB_OFFLINE'),
    });
    expect(stand.requests).toEqual([]);
  });

  test('a signal ends the planning', async () => {
    await using stand = await startStandInHub({ repositories });
    const pause = stand.faults.add({ match: '/tree/', pauseAtByte: 0 });
    const canceling = new AbortController();
    const planning = hubClient(stand.url).hub.plan({ repository: name }, canceling.signal);
    await pause.reached;
    canceling.abort();
    await expect(planning).rejects.toMatchObject({ code: 'CANCELED' });
  });

  test('a hub that is not there is named', async () => {
    const server = createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    const { hub, waits } = hubClient(`http://127.0.0.1:${port}`);
    await expect(hub.plan({ repository: name })).rejects.toMatchObject({
      code: 'UPSTREAM_FAILED',
      message: expect.stringContaining(`127.0.0.1:${port}`),
    });
    expect(waits).toHaveLength(4);
  });
});
