import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { postJson, type RunningApp, runningApp } from '../support/running-app.ts';
import { startServerProcess } from '../support/server-process.ts';
import { type StandInCollector, startStandInCollector } from '../support/stand-in-collector.ts';
import { goldenFolder, type StandInHub, startStandInHub } from '../support/stand-in-hub.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const name = 'made/tiny';
const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const clientSpan = '00f067aa0ba902b7';

let hub: StandInHub;
let collector: StandInCollector;
let server: RunningApp;

beforeAll(async () => {
  hub = await startStandInHub({ repositories: { [name]: goldenFolder('tiny-bert-st') } });
  collector = await startStandInCollector();
  server = await runningApp({ hubEndpoint: hub.url, traceEndpoint: collector.url, serviceName: 'the-test' });
  const headers = { 'x-request-id': 'the-load' };
  const { status } = await postJson(`${server.url}/load_model`, { name, library: 'sentence_transformers' }, { headers });
  expect(status).toBe(200);
});

afterAll(async () => {
  await server?.[Symbol.asyncDispose]();
  await collector?.[Symbol.asyncDispose]();
  await hub?.[Symbol.asyncDispose]();
});

describe('with a collector', () => {
  it("a request's spans hang together from the client's own to the batch in the runner", async () => {
    const traceparent = `00-${traceId}-${clientSpan}-01`;
    await postJson(`${server.url}/infer_text`, { name, text: ['one', 'two'] }, { headers: { traceparent, 'x-request-id': 'my-request' } });
    const ofTrace = (wanted: string) => collector.span((span) => span.traceId === traceId && span.name === wanted);
    const request = await ofTrace('POST');
    const operation = await ofTrace('query IngrainEmbed');
    const queue = await ofTrace('queue');
    const batch = await ofTrace('batch');
    expect(request).toMatchObject({
      parentSpanId: clientSpan,
      kind: 2,
      service: 'the-test',
      attributes: {
        'http.request.method': 'POST',
        'url.path': '/infer_text',
        'http.response.status_code': 200,
        'modelkeep.request_id': 'my-request',
        'modelkeep.door': 'ingrain-inference',
      },
    });
    expect(operation.parentSpanId).toBe(request.spanId);
    expect(queue).toMatchObject({ parentSpanId: operation.spanId, attributes: { 'modelkeep.model': name } });
    expect(batch).toMatchObject({ parentSpanId: operation.spanId, attributes: { 'modelkeep.model': name, 'modelkeep.batch.size': 2 } });
    const model = await server.app.services.catalogue.require({ name });
    expect(server.app.services.scheduler.processIds(model.id)).toContain(batch.attributes['process.pid']);
    // Two processes' clocks, one machine: the batch lies within its request.
    expect(batch.startMs).toBeGreaterThanOrEqual(request.startMs - 5);
    expect(batch.endMs).toBeLessThanOrEqual(request.endMs + 5);
  });

  it('a task and its steps belong to the request that asked for them', async () => {
    const request = await collector.span(({ attributes }) => attributes['modelkeep.request_id'] === 'the-load');
    const task = await collector.span((span) => span.name === 'task LOAD');
    const step = await collector.span((span) => span.name === 'step LOAD');
    expect(task).toMatchObject({ traceId: request.traceId, failed: false, attributes: { 'modelkeep.task.outcome': 'SUCCEEDED' } });
    expect(step).toMatchObject({ traceId: request.traceId, parentSpanId: task.spanId, failed: false });
  });

  it('a failure is told by its code, and a traceparent that is none begins a trace of its own', async () => {
    const headers = { traceparent: '00-zz-1-01', 'x-request-id': 'a-failure' };
    await postJson(
      `${server.url}/graphql`,
      { query: '{ embed(input: { model: "none", items: [] }) { embeddings { index } } }' },
      { headers },
    );
    const request = await collector.span(({ attributes }) => attributes['modelkeep.request_id'] === 'a-failure');
    expect(request).toMatchObject({ parentSpanId: '', failed: true, attributes: { 'error.type': 'MODEL_NOT_FOUND' } });
  });

  it('a request that its client does not want traced leaves no span', async () => {
    const unsampled = 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa';
    await postJson(`${server.url}/infer_text`, { name, text: 'one' }, { headers: { traceparent: `00-${unsampled}-${clientSpan}-00` } });
    const headers = { 'x-request-id': 'a-later-one' };
    await postJson(`${server.url}/infer_text`, { name, text: 'one' }, { headers });
    await collector.span(({ attributes }) => attributes['modelkeep.request_id'] === 'a-later-one');
    expect(collector.spans.filter((span) => span.traceId === unsampled)).toEqual([]);
  });
});

it('what was not sent yet is sent when the server stops', async () => {
  await using collector = await startStandInCollector();
  await using data = await temporaryFolder();
  const settings = { OTEL_EXPORTER_OTLP_ENDPOINT: collector.url, OTEL_SERVICE_NAME: 'by-its-environment' };
  await using server = await startServerProcess({ DATA: data.path, ...settings });
  await fetch(`${server.url}/live`);
  expect(await server.stop('SIGTERM')).toBe(0);
  const sent = collector.spans.map(({ service, attributes }) => [service, attributes['url.path']]);
  expect(sent).toContainEqual(['by-its-environment', '/live']);
});

it('a collector that is away is said once in the log, and does not hold a server that stops', async () => {
  await using data = await temporaryFolder();
  await using server = await startServerProcess({ DATA: data.path, OTEL_EXPORTER_OTLP_ENDPOINT: 'http://127.0.0.1:9/' });
  const lost = () => server.logged().filter(({ msg }) => msg === 'traces could not be sent');
  await fetch(`${server.url}/live`);
  await vi.waitFor(() => expect(lost()).toMatchObject([{ reason: expect.stringMatching(/ECONNREFUSED|refused|connect|fetch/i) }]), {
    timeout: 20_000,
    interval: 50,
  });
  await fetch(`${server.url}/live`);
  const startedMs = performance.now();
  expect(await server.stop('SIGTERM')).toBe(0);
  expect(performance.now() - startedMs).toBeLessThan(8000);
  expect(lost()).toHaveLength(1);
});
