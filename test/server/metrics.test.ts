import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { query, subscribeWebSocket } from '../support/graphql-client.ts';
import { graphql, postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';

const name = 'made/tiny';
let hub: StandInHub;
let server: RunningApp;

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  server = await runningApp({ hubEndpoint: hub.url });
  const { status } = await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' });
  expect(status).toBe(200);
  await postJson(`${server.url}/infer_text`, { name, text: ['one', 'two', 'three'] });
  await graphql(server.url, embedding, { model: name });
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

const embedding = 'query ($model: String!) { embed(input: { model: $model, items: [{ text: "four" }] }) { embeddings { index } } }';

/** Every sample of a scrape, by its name with its labels. */
async function scrape(accept = 'text/plain'): Promise<Map<string, number>> {
  const response = await fetch(`${server.url}/metrics`, { headers: { accept } });
  expect(response.status).toBe(200);
  const samples = (await response.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return new Map(samples.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ') + 1))]));
}

/** A value that a request just ended may still be about to change. */
async function expectSample(sample: string, value: unknown): Promise<void> {
  await vi.waitFor(async () => expect((await scrape()).get(sample), sample).toEqual(value), { timeout: 10_000, interval: 20 });
}

describe('the metrics that Prometheus reads', () => {
  it('tell times and sizes of each model by door', async () => {
    const samples = await scrape();
    for (const metric of ['request_duration_seconds', 'queue_seconds', 'preprocess_seconds', 'inference_seconds', 'request_items']) {
      expect(samples.get(`modelkeep_model_${metric}_count{model="${name}",door="ingrain-inference"}`), metric).toBe(1);
      expect(samples.get(`modelkeep_model_${metric}_count{model="${name}",door="graphql"}`), metric).toBe(1);
    }
    expect(samples.get(`modelkeep_model_request_items_sum{model="${name}",door="ingrain-inference"}`)).toBe(3);
    expect(samples.get(`modelkeep_model_inference_seconds_sum{model="${name}",door="graphql"}`)).toBeGreaterThan(0);
    expect(samples.get(`modelkeep_batch_size_sum{model="${name}"}`)).toBe(4);
    expect(samples.get(`modelkeep_batch_tokens_sum{model="${name}"}`)).toBeGreaterThan(4);
    expect(samples.get(`modelkeep_batch_duration_seconds_count{model="${name}"}`)).toBe(
      samples.get(`modelkeep_batch_size_count{model="${name}"}`),
    );
  });

  it('tell what is in memory', async () => {
    const samples = await scrape();
    expect(samples.get('modelkeep_loaded_models')).toBe(1);
    expect(samples.get(`modelkeep_model_state{model="${name}",state="READY"}`)).toBe(1);
    expect(samples.get(`modelkeep_model_state{model="${name}",state="FAILED"}`)).toBe(0);
    expect(samples.get(`modelkeep_model_queue_depth{model="${name}"}`)).toBe(0);
    expect(samples.get(`modelkeep_runner_memory_bytes{model="${name}",runner="0"}`)).toBe(samples.get('modelkeep_memory_used_bytes'));
    expect(samples.get('modelkeep_memory_budget_bytes')).toBe(server.app.services.scheduler.memory().budgetBytes);
    expect(samples.get('process_resident_memory_bytes')).toBeGreaterThan(20e6);
    expect(samples.get('modelkeep_event_loop_delay_seconds{quantile="0.99"}')).toBeGreaterThanOrEqual(0);
    expect(samples.get('modelkeep_tasks_finished_total{kind="LOAD",state="SUCCEEDED"}')).toBe(1);
  });

  it('count requests by door and by the code of their failure, whatever the status that a door makes of it', async () => {
    await query(server.url, embedding, { model: 'none' });
    await query(server.url, '{ nothing }');
    await postJson(`${server.url}/infer_text`, { name: 'none', text: 'x' });
    await fetch(`${server.url}/nowhere`);
    await fetch(`${server.url}/live`);
    await expectSample('modelkeep_requests_total{door="graphql",outcome="MODEL_NOT_FOUND"}', 1);
    await expectSample('modelkeep_requests_total{door="graphql",outcome="BAD_REQUEST"}', 1);
    await expectSample('modelkeep_requests_total{door="ingrain-inference",outcome="MODEL_NOT_FOUND"}', 1);
    await expectSample('modelkeep_requests_total{door="ingrain-inference",outcome="NOT_FOUND"}', 1);
    await expectSample('modelkeep_requests_total{door="health",outcome="OK"}', 1);
    const samples = await scrape();
    expect(samples.get('modelkeep_request_duration_seconds_count{door="health"}')).toBe(1);
    expect([...samples.keys()].filter((sample) => sample.includes('none'))).toEqual([]);
  });

  it('count the operations of a WebSocket one by one', async () => {
    for (const model of [name, 'none']) {
      await using results = subscribeWebSocket(server.url, embedding, { model });
      await results.next();
    }
    await expectSample('modelkeep_requests_total{door="graphql-websocket",outcome="OK"}', 1);
    await expectSample('modelkeep_requests_total{door="graphql-websocket",outcome="MODEL_NOT_FOUND"}', 1);
    expect((await scrape()).get(`modelkeep_model_queue_seconds_count{model="${name}",door="graphql-websocket"}`)).toBe(1);
  });

  it('count a runner that was killed', async () => {
    const { catalogue, scheduler } = server.app.services;
    const model = await catalogue.require({ name });
    const [processId] = scheduler.processIds(model.id);
    if (processId === undefined) throw new Error('expected a process');
    process.kill(processId, 'SIGKILL');
    await expectSample(`modelkeep_runner_restarts_total{model="${name}"}`, 1);
    await vi.waitFor(async () => expect(await scheduler.probe(model.id, new AbortController().signal)).toBe(true), { timeout: 15_000 });
  });

  it('come as OpenMetrics too, and as JSON to whoever does not name a text format', async () => {
    const open = await fetch(`${server.url}/metrics`, { headers: { accept: 'application/openmetrics-text;version=1.0.0,*/*;q=0.1' } });
    expect(open.headers.get('content-type')).toContain('application/openmetrics-text');
    expect((await open.text()).trimEnd()).toMatch(/# EOF$/);
    const json = await fetch(`${server.url}/ingrain/metrics`);
    expect(await json.json()).toMatchObject({ modelStats: [{ name }] });
  });

  it('have every name that the dashboard and the document speak of, and the document has every name', async () => {
    const response = await fetch(`${server.url}/metrics`, { headers: { accept: 'text/plain' } });
    const text = await response.text();
    const exposed = [...text.matchAll(/^# TYPE (\S+) (\S+)$/gm)].flatMap(([, metric = '', type]) =>
      type === 'histogram' ? [metric, `${metric}_bucket`, `${metric}_sum`, `${metric}_count`] : [metric],
    );
    const namesIn = (path: string) => new Set(readFileSync(path, 'utf8').match(/\b(?:modelkeep|process|nodejs)_[a-z_]+\b/g));
    for (const path of ['docs/grafana-dashboard.json', 'docs/observability.md']) {
      const used = namesIn(path);
      expect(used.size).toBeGreaterThan(15);
      expect(
        [...used].filter((metric) => !exposed.includes(metric)),
        path,
      ).toEqual([]);
    }
    const described = namesIn('docs/observability.md');
    const families = [...text.matchAll(/^# TYPE (\S+) /gm)].map(([, metric = '']) => metric);
    expect(families.filter((metric) => !described.has(metric))).toEqual([]);
  });
});
